"""Tables name the policies that products, rules and tariffs rest on."""

from decimal import Decimal

import pytest

from accounts.models import Policy, Region
from catalogue import tabular
from catalogue.models import EligibilityRule, Product, ProductPolicy, ServiceItem, Tariff
from tests.catalogue.exchange import HEAD, checked, imported, line, told, xlsx
from tests.factories import OutletFactory, ProductFactory

pytestmark = pytest.mark.django_db
LINE = "利息：4.35 % / 年，按借款金额｜年利率"


def policy(number: int, title: str, code: str = "", **more) -> Policy:
    place = Region.objects.get(pk="330000")
    return Policy.objects.create(page_key=number, title=title, number=code, url=f"/p/{number}/", region=place, **more)


@pytest.fixture
def notice(places):
    return policy(1, "关于支持小微企业融资的通知", "浙政办发〔2024〕1号")


def test_line_with_policy_is_read_as_it_is_written():
    for text in (
        "须具备其一的特征：首贷户｜首贷户｜｜通知（浙政办发〔2024〕1号）",
        "其他｜原文 a|b｜来源｜通知",
    ):
        rule, wrong = tabular.read_rule(text)
        assert (tabular.write_rule(rule), wrong) == (text, [])
    assert tabular.read_tariff(f"{LINE}｜来源｜通知")["policy"] == "通知"
    assert tabular.read_tariff("利息：4.35 % / 年，按借款金额|年利率|来源")["source"] == "来源"  # as people type it


@pytest.mark.parametrize(
    "words",
    [
        "浙政办发〔2024〕1号",
        "浙政办发[2024]1号",
        "《关于支持小微企业融资的通知》",
        "关于支持小微企业融资的通知（浙政办发〔2024〕1号）",
    ],
)
def test_new_product_rests_on_what_its_row_names(editor, notice, words):
    own = [*line("惠农贷"), f"其他｜原文｜｜{words}", f"{LINE}｜｜{words}", f"{words}｜第三条"]
    job = imported(editor, xlsx([*HEAD, "准入条件", "资费", "依据的政策"], own))
    assert (told(job), job.counts["applied"]) == ([], 1)
    product = Product.objects.get()
    draft = product.get_latest_revision_as_object()
    for found in (product, draft):
        assert [each.policy for each in found.rules.all()] == [notice]
        assert [each.policy for each in found.tariffs.all()] == [notice]
        assert [(each.policy, each.note) for each in found.policy_links.all()] == [(notice, "第三条")]


def test_policy_that_nobody_knows_or_that_is_named_twice_is_told(editor, notice):
    policy(2, "办法"), policy(3, "办法")
    head = [*HEAD, "准入条件", "依据的政策"]
    job = checked(
        editor,
        xlsx(
            head,
            [*line("甲贷"), "其他｜原文｜｜没有的通知", ""],
            [*line("乙贷"), "", "办法"],
            [*line("丙贷"), "", "浙政办发〔2024〕1号\n关于支持小微企业融资的通知"],
            [*line("丁贷"), "", "｜第三条"],
        ),
    )
    assert [(row, column, reason) for row, column, _value, reason in told(job)] == [
        (2, "准入条件", "没有找到政策“没有的通知”"),
        (3, "依据的政策", "有 2 个政策都叫“办法”，请写文号"),
        (4, "依据的政策", "同一个政策写了两次"),
        (5, "依据的政策", "有一行没有写政策的名称，或与另一行重复"),
    ]


def test_policy_of_a_line_that_stays_is_kept_by_its_key_though_another_is_called_the_same(editor, bank, notice):
    twin = policy(2, "办法")
    product = ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    EligibilityRule.objects.create(product=product, kind="other", text="原文", policy=twin)
    policy(3, "办法")
    job = imported(editor, xlsx(["名称", "准入条件"], ["惠农贷", "其他｜原文改了｜｜办法\n其他｜新的一条"]))
    assert (told(job), job.counts["applied"]) == ([], 1)
    draft = Product.objects.get().get_latest_revision_as_object()
    assert [(each.text, each.policy) for each in draft.rules.all()] == [("原文改了", twin), ("新的一条", None)]


def test_tariff_table_names_policies_and_without_that_column_keeps_them(editor, bank, notice):
    product = ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    Tariff.objects.create(
        product=product,
        kind="interest",
        basis="per_year",
        rate=Decimal("4.35"),
        text="年利率",
        policy=notice,
        source="甲",
    )
    head = ["产品名称", "项目", "计算方式", "数值（%）", "原文"]
    first = ["惠农贷", "利息", "% / 年，按借款金额", "4.35", "年利率"]
    assert checked(editor, xlsx(head, first), "tariffs").counts == {"unchanged": 1, "rows": 1}
    job = imported(
        editor,
        xlsx(head, first, ["惠农贷", "担保费", "% 一次性", "0.5", "担保费"]),
        "tariffs",
    )
    assert job.counts["changed"] == 1
    draft = product.__class__.objects.get().get_latest_revision_as_object()
    assert [(each.kind, each.policy, each.source) for each in draft.tariffs.all()] == [
        ("interest", notice, "甲"),
        ("guarantee_fee", None, ""),
    ]
    job = checked(editor, xlsx([*head, "依据的政策"], [*first, "没有的"]), "tariffs")
    assert told(job) == [(2, "依据的政策", "没有的", "没有找到政策“没有的”")]


def test_product_that_came_with_policies_can_be_taken_back(editor, notice):
    from catalogue.exchange import actions
    from tests.queue import drain

    own = [*line("惠农贷"), "浙政办发〔2024〕1号"]
    job = imported(editor, xlsx([*HEAD, "依据的政策"], own))
    actions.undo(job, by=editor)
    drain()
    job.refresh_from_db()
    assert (job.state, Product.objects.count(), ProductPolicy.objects.count()) == ("undone", 0, 0)


def test_service_items_are_imported_and_kept_where_an_outlet_offers_them(editor, bank):
    from catalogue.exchange import actions
    from tests.queue import drain

    head = ["名称", "类别", "怎么办", "网上办理地址"]
    job = imported(
        editor,
        xlsx(
            head,
            ["企业开户", "基础事项", "带上执照\n到柜台", "https://bank.example/a"],
            ["上门收集资料", "增值", "", ""],
        ),
        "services",
    )
    items = ServiceItem.objects.order_by("pk")
    assert [(each.name, each.group, each.institution, each.step_list) for each in items] == [
        ("企业开户", "basic", bank, ["带上执照", "到柜台"]),
        ("上门收集资料", "value_added", bank, []),
    ]
    OutletFactory(institution=bank).services.add(items[0])
    actions.undo(job, by=editor)
    drain()
    job.refresh_from_db()
    assert [each.name for each in ServiceItem.objects.all()] == ["企业开户"]
    assert job.rows.get(fate="kept").reason == "已被使用：网点"
    bad = checked(editor, xlsx(head, ["甲", "别的", "", "不是网址"]), "services")
    assert {(column, value) for _row, column, value, _reason in told(bad)} == {("类别", "别的")}


def test_outlet_given_in_the_coordinates_of_a_map_service_is_kept_in_wgs84(editor):
    """The published pair of Beijing, see test_datum."""
    head = ["名称", "所在地", "纬度", "经度", "坐标系"]
    rows = [["甲", "330902", 39.91335, 116.38405, "GCJ-02（高德、腾讯）"], ["乙", "330902", 39.91196, 116.37782, ""]]
    job = imported(editor, xlsx(head, *rows), "outlets")
    assert told(job) == []
    from catalogue.models import Outlet

    assert (
        list(Outlet.objects.order_by("name").values_list("latitude", "longitude"))
        == [(Decimal("39.91196"), Decimal("116.37782"))] * 2
    )
    assert checked(editor, xlsx(head, *rows), "outlets").counts == {"unchanged": 2, "rows": 2}
