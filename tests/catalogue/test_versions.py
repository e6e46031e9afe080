"""What two versions say differently, in words, and the public history made of that."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Region
from catalogue import actions, versions
from catalogue.models import EligibilityRule, Product, Tariff
from tests.factories import IndustryFactory, InstitutionFactory, RegionFactory

from .cms import client_of, house

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def bank():
    return house("东海银行")


def changed(bank, change) -> list[tuple[str, str, str]]:
    """What `change(draft)` makes of the published product."""
    draft = Product.objects.get(pk=bank.product.pk).get_latest_revision_as_object()
    change(draft)
    draft.save_revision(user=bank.editor)
    found = versions.unpublished(Product.objects.get(pk=bank.product.pk))
    return [(each.label, each.old, each.new) for each in found]


def fields(**values):
    def change(draft):
        for name, value in values.items():
            setattr(draft, name, value)

    return change


def test_nothing_changed_is_no_difference(bank):
    assert changed(bank, lambda draft: None) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"amount_max": D("500000.00")}, ("最高额度（元）", "", "500,000")),
        ({"kind": "guarantee"}, ("类别", "贷款", "担保")),
        ({"purposes": ["rnd", "startup"]}, ("用途", "", "研发与成果转化、创业起步")),
        ({"login_required": True}, ("登录后可见", "否", "是")),
        ({"rate_basis": "lpr_1y", "spread_min": -10}, ("利率依据", "", "LPR（1 年期）")),
        ({"summary": "周转快"}, ("一句话介绍", "周转", "周转快")),
    ],
)
def test_field_is_told_by_its_name_and_words(bank, values, told):
    assert changed(bank, fields(**values))[0] == told


def test_places_industries_and_partners_are_told_by_name(bank):
    RegionFactory(code="330803", name="衢江区", full_name="浙江省衢州市衢江区")
    IndustryFactory()
    partner = InstitutionFactory(name="东海担保")

    def change(draft):
        draft.regions = Region.objects.filter(pk="330803")
        draft.partners = [partner]
        draft.industry_codes = ["1530"]

    assert changed(bank, change) == [
        ("适用行业", "", "精制茶加工"),
        ("合作机构", "", "东海担保"),
        ("适用地区", "", "浙江省衢州市衢江区"),
    ]


def with_rows(bank) -> None:
    def change(draft):
        draft.rules.add(EligibilityRule(kind="traits_any", values=["first_loan"], text="首贷户"))
        draft.tariffs.add(Tariff(kind="guarantee_fee", basis="per_day_used", rate=D("0.5"), text="担保费 0.5%"))

    changed(bank, change)
    Product.objects.get(pk=bank.product.pk).latest_revision.publish()


def test_new_rows_are_told_with_all_they_say(bank):
    def change(draft):
        draft.tariffs.add(
            Tariff(
                kind="service_fee", basis="per_day", rate=D("0.02"), steps=[{"from_day": 6, "rate": "0.05"}],
                trait="private", text="按天收", source="公告",
            )
        )  # fmt: skip

    assert changed(bank, change) == [
        (
            "资费（新增）",
            "",
            "项目 服务费；计算方式 % / 天，可以分段；数值（%） 0.02；分段 第 6 天起 0.05；仅限特征 民营企业；原文 按天收；来源 公告",
        )
    ]


def test_changed_row_is_told_by_its_changed_cells_only(bank):
    with_rows(bank)

    def change(draft):
        row = draft.tariffs.get()
        row.rate = D("0.4")
        draft.tariffs = [row]

    assert changed(bank, change) == [("资费“担保费 0.5%” · 数值（%）", "0.5", "0.4")]


def test_removed_row_is_told(bank):
    with_rows(bank)
    assert changed(bank, lambda draft: setattr(draft, "rules", [])) == [
        ("准入条件（删去）", "条件 须具备其一的特征；限定为 首贷户；原文 首贷户", "")
    ]


def test_row_saved_anew_with_another_key_is_no_difference(bank):
    with_rows(bank)

    def change(draft):
        draft.tariffs = [Tariff(kind="guarantee_fee", basis="per_day_used", rate=D("0.50000"), text="担保费 0.5%")]

    assert changed(bank, change) == []


def test_every_column_is_compared_or_known_to_be_inside():
    """A column added later must not be invisible to reviewers."""
    rows = {name for model in versions.ROWS.values() for name in (each.name for each in model._meta.concrete_fields)}
    product = {each.name for each in Product._meta.get_fields() if not each.auto_created}
    stated = (product | rows) - versions.INSIDE - {"_revisions", "_workflow_states"}
    told = set()
    blank = {"institution": 0}
    for name in sorted(stated):
        model = next(
            (each for each in (Product, *versions.ROWS.values()) if name in {f.name for f in each._meta.get_fields()}),
            Product,
        )
        column = model._meta.get_field(name)
        assert versions.Comparison([blank]).words(column, None) == ""
        told.add(name)
    assert told == stated
    assert versions.INSIDE & {"rate_min", "amount_max", "text", "rate", "values", "regions"} == set()


def test_long_text_shows_what_was_struck_out_and_put_in():
    one = versions.Difference(
        "说明", "按季付息，到期一次还清本金，可以展期一次", "按月付息，到期一次还清本金，可以展期一次"
    )
    assert [text for struck, text in one.old_parts if struck] == ["季"]
    assert [text for added, text in one.new_parts if added] == ["月"]


def test_short_value_is_shown_as_a_whole_without_marks():
    one = versions.Difference("最高额度（元）", "500000", "800000")
    assert (one.old_parts, one.new_parts) == ([(False, "500000")], [(False, "800000")])


def publish(bank, **values) -> None:
    changed(bank, fields(**values))
    product = Product.objects.get(pk=bank.product.pk)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    actions.approve_many([product], bank.supervisor)


def test_history_numbers_what_was_public_and_leaves_drafts_out(bank):
    publish(bank, amount_max=D("500000.00"))
    publish(bank, summary="周转快")
    changed(bank, fields(summary="秘密的改动"))
    found = versions.published(bank.product)
    assert [(each.number, each.first, each.labels) for each in found] == [
        (3, False, ["一句话介绍"]),
        (2, False, ["最高额度（元）"]),
        (1, True, []),
    ]
    assert [each.number for each in versions.published(bank.product, limit=2)] == [3, 2]


def by_the_clock(bank, **moments) -> None:
    """What an editor sets and both posts pass: when it goes up and when it comes down."""
    product = Product.objects.get(pk=bank.product.pk)
    draft = product.get_latest_revision_as_object()
    for name, moment in moments.items():
        setattr(draft, name, moment)
    draft.save_revision(user=bank.editor)
    actions.submit(Product.objects.get(pk=product.pk), bank.editor)
    actions.approve_many([product], bank.reviewer)
    actions.approve_many([product], bank.supervisor)


def test_history_says_when_it_was_taken_down_as_set_and_put_up_as_set(bank):
    start = timezone.now()
    by_the_clock(bank, expire_at=start + timedelta(hours=1))
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        call_command("publish_scheduled", verbosity=0)
        assert Product.objects.get(pk=bank.product.pk).live is False
        by_the_clock(bank, go_live_at=start + timedelta(hours=3), expire_at=None, summary="又办了")
    with time_machine.travel(start + timedelta(hours=4), tick=False):
        call_command("publish_scheduled", verbosity=0)
        assert Product.objects.get(pk=bank.product.pk).live is True
        found = versions.published(Product.objects.get(pk=bank.product.pk))
        assert [(each.number, each.labels, each.ended is not None, each.expired) for each in found] == [
            (3, ["一句话介绍"], False, False),
            (2, [], True, True),
            (1, [], False, False),
        ]
        assert found[1].ended == start + timedelta(hours=2)
        assert versions.published(bank.product, limit=2) == found[:2]
        page = Client().get(f"/products/{bank.product.slug}/history/").content.decode()
        assert "按期下架" in page


def test_history_says_when_somebody_took_it_down(bank):
    product = Product.objects.get(pk=bank.product.pk)
    product.unpublish(user=bank.reviewer)
    product.get_latest_revision().publish()
    found = versions.published(Product.objects.get(pk=product.pk))
    assert [(each.number, each.ended is not None, each.expired) for each in found] == [
        (2, False, False),
        (1, True, False),
    ]


def test_history_pages_name_no_person_and_no_draft(bank):
    publish(bank, amount_max=D("500000.00"))
    changed(bank, fields(summary="秘密的改动"))
    product = Product.objects.get(pk=bank.product.pk)
    for url in (product.get_absolute_url(), f"{product.get_absolute_url()}history/"):
        page = Client().get(url).content.decode()
        assert "最高额度（元）" in page
        assert "500,000" in page
        assert [name for name in ("秘密的改动", bank.editor.name, bank.reviewer.name) if name in page] == []


def test_history_of_a_hidden_product_is_missing(bank):
    Product.objects.get(pk=bank.product.pk).unpublish()
    assert Client().get(f"/products/{bank.product.slug}/history/").status_code == 404


def test_history_asks_as_often_for_one_change_as_for_three(bank, django_assert_num_queries):
    publish(bank, amount_max=D("500000.00"))
    with django_assert_num_queries(1):
        versions.published(bank.product)
    for amount in (600000, 700000):
        publish(bank, amount_max=D(amount))
    with django_assert_num_queries(1):
        versions.published(bank.product)


def test_editor_with_a_draft_reads_the_public_page(bank):
    assert client_of(bank.editor).get(bank.product.get_absolute_url()).status_code == 200
