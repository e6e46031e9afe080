"""Warnings while a product is written, and the example cost of the form as it stands: nothing is refused, nothing stored."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from wagtail.admin.panels import FieldPanel, InlinePanel, PublishingPanel

from accounts.roles import Role
from catalogue.cms.products import ProductViewSet
from catalogue.contradictions import contradictions
from catalogue.models import EligibilityRule, LendingRate, Product, Tariff
from tests.factories import RegionFactory, user_with

from .cms import address, client_of, form, house

pytestmark = pytest.mark.django_db
D, TODAY = Decimal, date(2026, 11, 25)


def product(**fields) -> Product:
    return Product(**{"kind": "loan", "as_of": date(2026, 11, 1)} | fields)


def fee(**fields) -> Tariff:
    return Tariff(**{"kind": "guarantee_fee", "basis": "per_year", "rate": D("0.5")} | fields)


def rule(kind: str, *values: str, **fields) -> EligibilityRule:
    return EligibilityRule(kind=kind, values=list(values), **fields)


def found(one=None, rules=(), tariffs=()) -> list[tuple[str, str]]:
    told = contradictions(one or product(), list(rules), list(tariffs), TODAY)
    return [(each.field, each.text) for each in told]


def test_sound_product_is_not_warned_of():
    one = product(amount_max=D(500_000), rate_min=D(3), rate_max=D(4), valid_to=date(2026, 12, 31))
    rows = [
        fee(kind="interest", rate=D("3.5")),
        fee(cap_amount=D(500_000)),
        fee(kind="fee_subsidy", basis="share", rate=D(50)),
    ]
    rules = [rule("traits_any", "startup", "growth"), rule("years", minimum=D(1)), rule("amount", maximum=D(500_000))]
    assert found(one, rules, rows) == []


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({"valid_to": date(2026, 11, 24)}, [("valid_to", "截止日已过，发布后公众看不到。")]),
        ({"as_of": date(2025, 11, 24)}, [("as_of", "资料已超过一年，请核对是否还有效。")]),
        ({"as_of": date(2026, 12, 1)}, [("as_of", "资料日期在将来。")]),
        ({"as_of": date(2026, 12, 31)}, []),
    ],
)
def test_dates_that_have_passed(fields, warned):
    assert found(product(**fields)) == warned


def test_ranges_that_are_upside_down_are_told_all_at_once():
    one = product(amount_min=D(900_000), amount_max=D(500_000), rate_min=D(4), rate_max=D(3), term_min=12, term_max=12)
    assert found(one) == [
        ("amount_max", "最高额度不能低于最低额度。"),
        ("rate_max", "最高利率不能低于最低利率。"),
    ]


def test_stated_rate_beside_the_lpr():
    LendingRate.objects.create(basis="lpr_1y", rate=D("3.00"), valid_from=date(2026, 1, 20), source="测试公告")
    fields = {"rate_basis": "lpr_1y", "spread_min": 50}
    assert found(product(**fields, rate_min=D("3.5"))) == []
    warned = [("rate_min", "按LPR（1 年期） 折合是 3.5%，和这里写的不一样。")]
    assert found(product(**fields, rate_min=D("3.45"))) == warned


def test_lpr_that_is_not_known():
    ((name, text),) = found(product(rate_basis="lpr_5y", spread_min=0))
    assert (name, text[:20]) == ("rate_basis", "平台还没有这个品种的 LPR 报价，页面"[:20])


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ({}, {}, True),
        ({"trait": "startup"}, {"trait": "growth"}, False),
        ({"valid_to": date(2026, 6, 30)}, {"valid_from": date(2026, 7, 1)}, False),
        ({"valid_to": date(2026, 7, 1)}, {"valid_from": date(2026, 7, 1)}, True),
        ({"regions": ["330800"]}, {"regions": ["330803"]}, True),
        ({"regions": ["330803"]}, {"regions": ["330902"]}, False),
        ({"regions": ["330803"]}, {}, True),
        ({}, {"kind": "service_fee"}, False),
    ],
)
def test_same_fee_for_the_same_firm_place_and_time(first, second, twice):
    warned = found(tariffs=[fee(**first), fee(**second)])
    assert [name for name, _text in warned if name.endswith("kind")] == (["tariffs-1-kind"] if twice else [])


@pytest.mark.parametrize(
    ("rows", "warned"),
    [
        ([fee(valid_to=date(2026, 1, 1))], ["tariffs-0-valid_to"]),
        ([fee(cap_amount=D(600_000))], ["tariffs-0-cap_amount"]),
        ([fee(), fee(kind="fee_subsidy", basis="share", rate=D(120))], ["tariffs-1-rate"]),
        ([fee(kind="interest", rate=D(3)), fee(kind="interest_subsidy", rate=D(4))], ["tariffs-1-rate"]),
        ([fee(kind="interest", rate=D(9))], ["tariffs-0-rate"]),
        ([fee(kind="fee_subsidy", basis="share", rate=D(50))], ["tariffs-0-kind"]),
        ([None, fee(valid_to=date(2026, 1, 1))], ["tariffs-1-valid_to"]),
    ],
)
def test_tariffs_that_do_not_fit(rows, warned):
    one = product(amount_max=D(500_000), rate_min=D(3), rate_max=D(4))
    assert [name for name, _text in found(one, tariffs=rows)] == warned


@pytest.mark.parametrize(
    ("rules", "warned"),
    [
        ([rule("traits_all", "startup", "growth")], ["rules-0-values"]),
        ([rule("traits_all", "sole_trader"), rule("traits_all", "high_tech")], ["rules-0-values", "rules-1-values"]),
        ([rule("traits_all", "sole_trader"), rule("traits_any", "high_tech", "tech_sme")], ["rules-1-values"]),
        ([rule("traits_all", "sole_trader"), rule("traits_any", "high_tech", "private")], []),
        ([rule("size_class", "medium")], ["rules-0-values"]),
        ([rule("years", minimum=D(3)), rule("years", maximum=D(2))], ["rules-1-minimum"]),
        ([rule("amount", minimum=D(600_000))], ["rules-0-minimum"]),
        ([None, rule("amount", minimum=D(600_000))], ["rules-1-minimum"]),
    ],
)
def test_rules_that_no_firm_can_meet(rules, warned):
    one = product(amount_max=D(500_000), size_classes=["small", "micro"])
    assert [name for name, _text in found(one, rules)] == warned


# The address that the form asks


@pytest.fixture
def bank():
    return house("东海银行")


def tariff(number: int = 0, **fields) -> dict:
    row = {"kind": "guarantee_fee", "basis": "per_day_used", "rate": "0.5", "text": "担保费", "ORDER": number + 1}
    return {f"tariffs-{number}-{name}": value for name, value in (row | fields).items()}


def figures(user, data: dict, pk: int | None = None):
    url = f"/cms/catalogue/figures/{pk}/" if pk else "/cms/catalogue/figures/"
    return client_of(user).post(url, data)


def test_example_is_computed_from_the_unsaved_form(bank):
    data = form(bank.institution, amount_max="500000", valid_to="2026-01-01", **tariff())
    data["tariffs-TOTAL_FORMS"] = 1
    answer = figures(bank.editor, data, bank.product.pk).json()
    assert "2,500.00" in answer["html"]
    assert "没有写利息" in answer["html"]
    assert [each["field"] for each in answer["warnings"]] == ["valid_to"]
    assert Product.objects.get(pk=bank.product.pk).tariffs.count() == 0


def test_example_of_a_new_product_names_firms_with_traits(bank):
    data = form(bank.institution, name="", summary="", **tariff())
    data |= tariff(1, kind="fee_subsidy", basis="share", rate="60", trait="growth", text="补贴 60%")
    data["tariffs-TOTAL_FORMS"] = 2
    html = figures(bank.editor, data).json()["html"]
    assert [text in html for text in ("一般企业", "5,000.00", "成长期", "2,000.00")] == [True] * 4


def test_rate_that_follows_from_the_lpr_counts_in_the_example(bank):
    LendingRate.objects.create(basis="lpr_1y", rate=D("3.00"), valid_from=date(2026, 1, 20), source="测试公告")
    data = form(bank.institution, rate_basis="lpr_1y", spread_min="50", **tariff())
    data["tariffs-TOTAL_FORMS"] = 1
    html = figures(bank.editor, data).json()["html"]
    assert [text in html for text in ("35,000.00", "40,000.00", "折合年化 4%")] == [True] * 3


def test_upside_down_ranges_of_the_form_are_told_while_typing_and_refused_in_our_words(bank):
    wrong = {"amount_min": "900000", "amount_max": "500000", "rate_min": "4", "rate_max": "3"}
    data = form(bank.institution, name=bank.product.name, slug=bank.product.slug, **wrong)
    told = figures(bank.editor, data, bank.product.pk).json()["warnings"]
    assert [each["field"] for each in told] == ["amount_max", "rate_max"]
    page = client_of(bank.editor).post(address("edit", bank.product.pk), data | {"action-submit": "1"})
    assert dict(page.context["form"].errors) == {
        "amount_max": ["最高额度不能低于最低额度。"],
        "rate_max": ["最高利率不能低于最低利率。"],
    }


def test_half_typed_row_is_left_out(bank):
    data = form(bank.institution, **tariff(rate="0."), **{"rules-0-kind": "years", "rules-0-text": "三年"})
    data |= {"tariffs-TOTAL_FORMS": 1, "rules-TOTAL_FORMS": 1, "tariffs-0-rate": "零点五"}
    answer = figures(bank.editor, data)
    assert (answer.status_code, answer.json()["warnings"]) == (200, [])


def test_figures_of_foreign_product_are_missing(bank):
    other = house("西山银行")
    assert figures(other.editor, form(other.institution), bank.product.pk).status_code == 404
    assert figures(user_with(Role.EDITOR), form(other.institution)).status_code == 404


def test_places_of_a_tariff_become_codes_and_unknown_ones_are_refused():
    RegionFactory(code="330803", name="衢江区", full_name="浙江省衢州市衢江区")
    row = fee(text="担保费", regions=["衢江区", "330803"])
    row.clean()
    assert row.regions == ["330803"]
    with pytest.raises(ValidationError) as refused:
        fee(regions=["330803", "亚特兰蒂斯"]).clean()
    assert refused.value.message_dict == {"regions": ["不认识“亚特兰蒂斯”，请写名称或代码。"]}


def asked(panel) -> Iterator[FieldPanel]:
    """The fields that a panel asks for, those of its rows too."""
    if isinstance(panel, FieldPanel):
        yield panel
    inside = [panel.child_edit_handler] if isinstance(panel, InlinePanel) else getattr(panel, "children", [])
    for each in inside:
        if not isinstance(each, PublishingPanel):  # Wagtail's own
            yield from asked(each)


def test_every_field_of_the_form_is_explained():
    handler = ProductViewSet().get_edit_handler()
    declared = handler.get_form_class().base_fields
    told = {
        f"{each.model.__name__}.{each.field_name}": each.help_text
        or each.db_field.help_text
        or (each.model is Product and declared[each.field_name].help_text)
        for each in asked(handler)
    }
    assert [name for name, text in told.items() if not text] == []
    assert len(told) > 50


def test_form_carries_the_panel_and_its_script(bank):
    page = client_of(bank.editor).get(f"/cms/snippets/catalogue/product/edit/{bank.product.pk}/").content.decode()
    assert f'data-figures="/cms/catalogue/figures/{bank.product.pk}/"' in page
    assert "js/product-figures" in page
