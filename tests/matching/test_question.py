"""The one question is the one whose answer would change the order most."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings

from matching.ranking import Catalogue, NeedFacts, ProductFacts, RuleFacts, Weights, rank
from matching.ranking.question import ANSWERS, TOP, change, unknowns
from matching.ranking.scan import Scan

from .test_columns import catalogues, sentences

DAY = date(2026, 11, 25)
PLAIN = {"purposes": ("working_capital",), "summary": "周转"}


def product(key: int, **facts) -> ProductFacts:
    return ProductFacts(**({"key": key, "name": f"{key} 号产品"} | PLAIN | facts))


def need(**facts) -> NeedFacts:
    known = {"on": DAY, "purposes": ("working_capital",), "amount_low": Decimal(500_000),
             "amount_high": Decimal(500_000), "guarantee_kinds": ("credit",)}  # fmt: skip
    return NeedFacts(**(known | facts))


def only(trait: str) -> tuple[RuleFacts, ...]:
    return (RuleFacts("traits_any", values=(trait,), text="条件"),)


def asked(about: NeedFacts, *products: ProductFacts):
    return rank(about, Catalogue(products)).question


def test_nothing_is_asked_where_no_answer_changes_the_order():
    assert asked(need(), product(1), product(2)) is None


def test_trait_that_many_of_the_best_ask_for_goes_before_one_that_few_do():
    many = [product(number, rules=only("high_tech")) for number in range(5)]
    few = product(9, rules=only("exporter"))
    question = asked(need(), *many, few)
    assert (question.field, question.value) == ("traits", "high_tech")
    assert question.text == "您的企业是不是高新技术企业？"


def test_place_is_asked_where_it_parts_the_products():
    places = [product(number, region_codes=(code,)) for number, code in enumerate(("330902", "331123", "330803"))]
    assert asked(need(), *places).field == "regions"


def test_narrower_place_is_asked_within_the_city_that_was_said():
    places = [product(number, region_codes=(code,)) for number, code in enumerate(("330902", "330903"))]
    assert asked(need(regions=("330900",)), *places).field == "regions"
    assert asked(need(regions=("330902",)), *places) is None


@pytest.mark.parametrize(
    ("missing", "facts", "field"),
    [
        ({"amount_low": None, "amount_high": None}, [{"amount_max": Decimal(each)} for each in (10**5, 10**6, 10**7)], "amount_low"),
        ({"guarantee_kinds": ()}, [{"guarantee_kinds": (each,)} for each in ("real_estate", "receivable", "credit")], "guarantee_kinds"),
        ({}, [{"rules": (RuleFacts("years", minimum=Decimal(each)),)} for each in (1, 2, 3)], "years"),
        ({}, [{"rules": (RuleFacts("revenue", minimum=Decimal(each)),)} for each in (10**6, 10**7)], "revenue"),
        ({}, [{"size_classes": (each,)} for each in ("micro", "small", "medium")], "size_class"),
        ({}, [{"industry_codes": (each,)} for each in ("A", "C", "I")], "industry_codes"),
        ({"purposes": ("renewal",)}, [{"purposes": ("renewal",), "kind": each} for each in ("bridging", "loan")], "renewal_agreed"),
    ],
)  # fmt: skip
def test_each_unknown_is_asked_where_it_alone_decides(missing, facts, field):
    products = [product(number, **each) for number, each in enumerate(facts)]
    assert asked(need(**missing), *products).field == field


def test_what_is_known_is_not_asked():
    products = [product(number, rules=only("high_tech")) for number in range(3)]
    assert asked(need(traits={"high_tech": True}), *products) is None
    assert asked(need(traits={"high_tech": False}), *products) is None


def test_change_is_none_for_the_same_order_and_whole_for_others():
    assert change([1, 2, 3], [1, 2, 3]) == 0
    assert change(list(range(TOP)), list(range(TOP, 2 * TOP))) == 1
    assert change([1, 2], []) == 1


def test_change_at_the_top_weighs_more_than_below():
    order = list(range(TOP))
    assert change(order, [1, 0, *order[2:]]) > change(order, [*order[:-2], order[-1], order[-2]]) > 0


@settings(max_examples=60, deadline=None)
@given(catalogues, sentences())
def test_question_is_the_best_of_what_was_tried_and_the_same_each_time(found, about):
    catalogue = Catalogue(found)
    question = rank(about, catalogue).question
    assert question == rank(about, Catalogue(found)).question
    scan = Scan(about, catalogue, Weights.default())
    now = scan.top(10)[0].tolist()
    known = list(unknowns(scan)) if now else []
    expected = {
        (each.question.field, each.question.value): sum(
            chance * change(now, Scan(replace(about, **fields), catalogue, Weights.default()).top(TOP)[0].tolist())
            for chance, fields in each.answers
        ) / sum(chance for chance, _fields in each.answers)
        for each in known
    }  # fmt: skip
    if question is None:
        assert len(known) > 6 or not any(round(each, 9) for each in expected.values())
    elif sum(len(each.answers) for each in known) <= ANSWERS and len(known) <= 6:
        assert round(expected[question.field, question.value], 9) == round(max(expected.values()), 9)
