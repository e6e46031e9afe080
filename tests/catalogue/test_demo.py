"""The demo holds every product of the six cases with what they state, and nothing twice."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.models import Institution
from catalogue import demo
from catalogue.models import Outlet, Product, ServiceItem

pytestmark = pytest.mark.django_db

NAMED = {
    7: {"应急转贷资金", "小微贷", "无还本续贷"},
    8: {"科技企业贷款风险池贷款", "创投股权与私募基金份额报价转让", "母基金（产投融服务中心）"},
    9: {"拨投联动", "天使基金"},
    10: {"科技保", "科创投", "科融保贷款"},
    11: {"惠担贷", "民营小微贷", "农担贷", "衢担贷"},
    12: {"遂亩保", "科创贷", "取水贷", "人才贷", "首贷户贴息贷款", "想创就创创业贷款"},
}
STATED = {  # what the source states of each, wherever the page says it
    "huidandai": ["28 笔", "2824.5 万元", "91.5 万元", "54%", "0.5%", "2500 元/年", "6.85 元/天", "588 户", "4.7 亿元", "100 万元"],
    "yingji-zhuandai": ["500 万元", "2000 万元", "8‰", "6‰", "减半", "不超过 1 天", "1 日到账", "5000 万元", "254 家", "423 笔", "11.15 亿元",
                        "466 家", "663 次", "1592 笔", "5.9 亿元", "17.9 亿元", "管理办法与操作细则", "按责代偿", "专款专用", "减半收取", "个性化转贷方案", "年均增长 25%", "约为 32%", "1 家增加到 7 家"],
    "fengxianchi-daikuan": ["10 亿元", "100 余家", "4.7 亿元"],
    "fene-zhuanrang": ["7 个项目"],
    "mujijin": ["5 亿元", "395 家"],
    "botou-liandong": ["40%、40%、20%", "14 个项目", "4200 万元", "超 2 亿元", "5000 万元", "30%", "50%", "4000 万元", "高层次", "高估值", "高站位", "同股同价", "适当收益", "水循环", "结题停止投入", "5 年 2 亿元"],
    "tianshi-jijin": ["1 亿元"],
    "kejibao": ["18 类", "90%", "60%", "54 家", "3.1 亿元"],
    "kechuangtou": ["1341", "10 亿元", "8 个项目", "5.25 亿元"],
    "kerongbao": ["1 次登录", "近三年"],
    "nongdandai": ["粮食、中药材、茶叶等 13 个特色产业"],
    "shoudai-tiexi": ["1000 万元", "2.65%", "宜商愿景基金"],
    "chuangye-daikuan": ["7.73 亿元", "14 名"],
    "rencaidai": ["0.2 个百分点"],
}  # fmt: skip


@pytest.fixture
def loaded():
    call_command("load_reference", verbosity=0)
    demo.load()


def words(product: Product) -> str:
    return " ".join(
        [product.summary, product.audience, product.description, product.rate_note, product.steps]
        + [rule.text for rule in product.rules.all()]
        + [tariff.text for tariff in product.tariffs.all()]
    )


def test_demo_is_complete_and_honest(loaded):
    for case, names in NAMED.items():
        assert set(Product.objects.filter(source__endswith=f"案例 {case}").values_list("name", flat=True)) == names
    missing = {
        slug: [figure for figure in figures if figure not in words(Product.objects.get(slug=slug))]
        for slug, figures in STATED.items()
    }
    assert {slug: figures for slug, figures in missing.items() if figures} == {}

    # Numbers as data: these and no other. A rate or amount that the source does not state stays null.
    numbers = {
        product.slug: (product.amount_min, product.amount_max, product.rate_min, product.rate_max, product.term_max)
        for product in Product.objects.all()
        if product.amount_max is not None or product.rate_min is not None or product.term_max is not None
    }
    assert numbers == {
        "yingji-zhuandai": (None, Decimal(20_000_000), None, None, None),
        "shoudai-tiexi": (None, Decimal(10_000_000), Decimal("2.65"), Decimal("2.65"), None),
    }
    tariffs = {
        (tariff.product.slug, tariff.kind, tariff.basis, tariff.rate, tariff.trait)
        for product in Product.objects.all()
        for tariff in product.tariffs.all()
    }
    assert tariffs == {
        ("huidandai", "guarantee_fee", "per_day_used", Decimal("0.5"), ""),
        ("yingji-zhuandai", "service_fee", "per_month", Decimal("0.6"), ""),
        ("yingji-zhuandai", "fee_subsidy", "share", Decimal(50), "private"),
        ("yingji-zhuandai", "fee_subsidy", "share", Decimal(50), "sole_trader"),
        ("kejibao", "fee_subsidy", "share", Decimal(90), "startup"),
        ("kejibao", "fee_subsidy", "share", Decimal(60), "growth"),
        ("shoudai-tiexi", "interest", "per_year", Decimal("2.65"), "first_loan"),
    }
    for product in Product.objects.all():
        product.full_clean()
        assert product.live
        assert product.purposes
        for row in [*product.rules.all(), *product.tariffs.all()]:
            row.full_clean()
    private = Product.objects.filter(login_required=True).values_list("slug", flat=True)
    assert set(private) == {"fene-zhuanrang", "mujijin"}


def test_demo_loaded_again_doubles_nothing_and_keeps_edits(loaded):
    Product.objects.filter(slug="huidandai").update(summary="改过的介绍")
    Institution.objects.filter(slug="zhoushan-gsl").update(phone="12345")
    before = [model.objects.count() for model in (Product, Institution, ServiceItem, Outlet)]
    demo.load()
    assert [model.objects.count() for model in (Product, Institution, ServiceItem, Outlet)] == before
    assert Product.objects.get(slug="huidandai").summary == "改过的介绍"
    assert Institution.objects.get(slug="zhoushan-gsl").phone == "12345"


def test_fifteen_minutes_from_a_landmark_can_be_tried_and_all_of_it_says_it_is_fictional(loaded, client):
    from catalogue.models import Landmark

    places = Landmark.objects.all()
    assert [each.name.startswith("虚构") and "不是真实地点" in each.source for each in places] == [True] * 3
    placed = Outlet.objects.filter(latitude__isnull=False)
    assert [each.is_demo and each.name.startswith("虚构") for each in placed] == [True] * 12
    for place in places:
        answer = client.get("/outlets/", {"from": place.pk}).context["answer"]
        assert 0 < len(answer.rows) < 12
        assert len(answer.rows) + answer.beyond == 12
