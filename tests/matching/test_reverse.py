"""One product against all needs says of each pair what ranking that need says."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.costs.core import Tariff
from matching.ranking import Catalogue, NeedFacts, ProductFacts, RuleFacts, Weights, rank
from matching.ranking.names import TRAITS
from matching.ranking.reverse import Needs, fitting

from .test_rules import DAY, INDUSTRIES, needs, products

TEXTS = (
    "",
    "想借 50 万收鲜叶，没有抵押物",
    "科技保险贷想了解一下",
    "我要办科技保贷",
    "养殖户买饲料，随借随还",
    "专利质押研发",
    "DOUBLE 惠农贷 惠农贷",
)
NAMES = ("科技保", "惠农贷", "养殖贷", "某贷", "double")


@st.composite
def spoken_needs(draw):
    """With all that the score reads besides the rules."""
    return replace(
        draw(needs()),
        text=draw(st.sampled_from(TEXTS)),
        days=draw(st.none() | st.sampled_from([5, 90, 91])),
        within_days=draw(st.none() | st.sampled_from([0, 3, 10, 40])),
        revolving=draw(st.none() | st.booleans()),
    )


@st.composite
def spoken_products(draw):
    trait = st.sampled_from(sorted(TRAITS))
    return replace(
        draw(products()),
        name=draw(st.sampled_from(NAMES)),
        summary=draw(st.sampled_from(["", "面向养殖户，可买饲料，随借随还", "专利质押，研发", "高新技术企业信用贷款"])),
        not_for=draw(st.sampled_from(["", "个体工商户", "房地产和养殖"])),
        promised_days=draw(st.none() | st.sampled_from([0, 3, 15, 45])),
        tariffs=tuple(
            Tariff(kind="interest_subsidy", basis="per_year", rate=Decimal(1), trait=draw(trait))
            for _number in range(draw(st.integers(0, 1)))
        ),
    )


def by_ranking(need: NeedFacts, product: ProductFacts, weights: Weights | None = None) -> float | None:
    results = rank(need, Catalogue([product]), weights).results
    return results[0].score if results else None


def the_other_way(product: ProductFacts, facts: list[NeedFacts], weights: Weights | None = None) -> list[float | None]:
    found = fitting(product, Needs(enumerate(facts)), weights)
    scores = dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
    return [scores.get(row) for row in range(len(facts))]


def same(ours: list[float | None], theirs: list[float | None]) -> None:
    assert [each is None for each in ours] == [each is None for each in theirs]
    assert [each for each in ours if each is not None] == pytest.approx(
        [each for each in theirs if each is not None], abs=2e-9, rel=0
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(spoken_needs(), min_size=1, max_size=12), spoken_products())
def test_each_pair_is_judged_as_ranking_judges_it(facts, product):
    same(the_other_way(product, facts), [by_ranking(need, product) for need in facts])


@settings(max_examples=60, deadline=None)
@given(spoken_needs(), spoken_products(), st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_each_pair_is_judged_as_ranking_judges_it_with_other_weights(need, product, numbers):
    weights = Weights("other", dict(zip(Weights.default().terms, map(float, numbers), strict=True)))
    same(the_other_way(product, [need], weights), [by_ranking(need, product, weights)])


def test_traits_and_industries_beyond_the_known_ones_are_judged_alike():
    facts = [
        NeedFacts(on=DAY, traits={"from_the_moon": yes}, industry_codes=(code,))
        for yes in (True, False)
        for code in INDUSTRIES
    ]
    rules = (RuleFacts("traits_all", ("from_the_moon",)), RuleFacts("industry", ("C", "1530")))
    product = ProductFacts(key=1, name="某贷", rules=(*rules, RuleFacts("traits_any", ("from_mars", "from_the_moon"))))
    same(the_other_way(product, facts), [by_ranking(need, product) for need in facts])


def test_needs_below_the_score_asked_for_are_left_out():
    facts = [NeedFacts(on=DAY, purposes=("rnd",)), NeedFacts(on=DAY, purposes=("equipment",))]
    product = ProductFacts(key=1, name="某贷", purposes=("rnd",))
    needs = Needs(enumerate(facts))
    scores = fitting(product, needs).scores
    assert scores[0] > scores[1]
    assert fitting(product, needs, at_least=np.array([scores[0]] * 2)).rows.tolist() == [0]


def test_no_needs_fit_nothing():
    assert fitting(ProductFacts(key=1, name="某贷"), Needs([])).rows.tolist() == []


def test_needs_of_two_days_are_refused():
    facts = [NeedFacts(on=DAY), NeedFacts(on=DAY + timedelta(days=1))]
    with pytest.raises(ValueError, match="one day"):
        Needs(enumerate(facts))
