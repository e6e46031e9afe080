"""A catalogue after a change is the catalogue built anew, and what is kept of it is what would be worked out."""

from dataclasses import fields, replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking import Catalogue, NeedFacts, ProductFacts, rank, rank_many
from matching.ranking.factors import Kept, Part
from matching.ranking.rules import RULES, outcomes
from matching.ranking.scoring import PARTS, score, terms
from matching.ranking.weights import Weights

from .test_rules import DAY, needs, products

WORDS = ("茶叶周转", "船舶修造设备", "没有抵押也能借", "海归博士创业", "粮食收购季用款", "用于到期转贷", "")
SENTENCES = ("茶叶合作社要周转", "修船厂买设备，首贷户", "某贷甲怎么办", "研发损失", "")


@st.composite
def texts(draw):
    return replace(
        draw(products()),
        name=draw(st.sampled_from(["某贷", "某贷甲", "某贷乙", "惠农贷"])),
        institution=draw(st.sampled_from(["甲银行", "乙银行"])),
        summary=draw(st.sampled_from(WORDS)),
        audience=draw(st.sampled_from(WORDS)),
        not_for=draw(st.sampled_from(["", "个体户", "船舶修造"])),
        promised_days=draw(st.sampled_from([None, 1, 5])),
    )


catalogues = st.lists(texts(), min_size=1, max_size=12).map(
    lambda found: [replace(each, key=number) for number, each in enumerate(found)]
)


@st.composite
def sentences(draw):
    return replace(
        draw(needs()),
        text=draw(st.sampled_from(SENTENCES)),
        days=draw(st.sampled_from([None, 10])),
        within_days=draw(st.sampled_from([None, 3])),
        revolving=draw(st.sampled_from([None, True, False])),
    )


@settings(max_examples=60, deadline=None)
@given(
    catalogues,
    st.lists(st.tuples(st.integers(0, 14), st.none() | texts()), max_size=6),
    st.lists(sentences(), min_size=1, max_size=3),
)
def test_refreshed_ranks_as_built_anew(found, steps, asked):
    catalogue, held = Catalogue(found), {each.key: each for each in found}
    for need in asked:
        rank(need, catalogue)  # so that there is something kept to go wrong
    for key, changed in steps:
        if changed is None:
            catalogue = catalogue.refreshed(removed=[key])
            held.pop(key, None)
        else:
            product = replace(changed, key=key)
            catalogue = catalogue.refreshed([product])
            held[key] = product
    anew = Catalogue(held.values())
    assert [rank(need, catalogue) for need in asked] == [rank(need, anew) for need in asked]
    assert {key: catalogue.products[row] for key, row in catalogue.rows.items()} == held
    assert sorted(catalogue.products, key=lambda each: catalogue.place[catalogue.rows[each.key]]) == list(anew.products)


@settings(max_examples=60, deadline=None)
@given(catalogues, st.lists(sentences(), min_size=1, max_size=4))
def test_what_is_kept_is_what_the_whole_catalogue_says(found, asked):
    catalogue = Catalogue(found)
    for need in asked * 2:
        kept = outcomes(need, catalogue)
        for rule in RULES:
            assert kept[rule.name].tolist() == rule.over_all(need, catalogue).tolist(), rule.name
        values = terms(need, catalogue)
        for name, part in PARTS.items():
            assert values[name].tolist() == part.over(need, catalogue).tolist(), name


@settings(max_examples=60, deadline=None)
@given(catalogues, st.lists(sentences(), min_size=1, max_size=8))
def test_many_are_ranked_as_each(found, asked):
    catalogue = Catalogue(found)
    for need, short in zip(asked, rank_many(asked, catalogue), strict=True):
        alone = rank(need, Catalogue(found))
        assert [each.key for each in short.products] == [each.product.key for each in alone.results]
        assert short.scores.tolist() == [each.score for each in alone.results]
        assert short.ranking(asking=True) == alone


@settings(max_examples=60, deadline=None)
@given(catalogues, sentences())
def test_result_has_the_documented_score_and_no_rule_against_it(found, need):
    catalogue = Catalogue(found)
    whole, weights = terms(need, catalogue), Weights.default()
    scores = score(whole, weights.terms)
    fails = np.any([each < 0 for each in outcomes(need, catalogue).values()], axis=0)
    results = {each.product.key: each for each in rank(need, catalogue, weights, 100).results}
    assert results.keys() == {each.key for each, out in zip(catalogue.products, fails, strict=True) if not out}
    for key, result in results.items():
        row = catalogue.rows[key]
        assert result.score == scores[row]
        assert result.terms == {name: values[row] for name, values in whole.items()}


def test_every_part_reads_fields_that_a_need_has():
    known = {field.name for field in fields(NeedFacts)}
    assert [part.name for part in [*PARTS.values(), *(rule.part for rule in RULES)] if set(part.asks) - known] == []


def test_part_that_reads_what_it_does_not_declare_is_found_out():
    part = Part("sly", lambda need, columns: np.full(len(columns), float(need.days or 0)), ("regions",), ("kind",))
    catalogue = Catalogue([ProductFacts(key=1, name="某贷")])
    need = NeedFacts(on=DAY)
    with pytest.raises(AttributeError, match="days"):
        catalogue.table(part, need, frozenset())


def test_kept_is_bounded():
    kept = Kept(10_000)
    for number in range(1000):
        kept.put(number, np.zeros(100))
    assert kept.size <= 2 * (10_000 + 1000)
    assert kept.get(0) is None
    assert kept.get(999) is not None


def test_kept_keeps_what_is_asked_for():
    kept = Kept(10_000)
    kept.put("asked", np.ones(1))
    for number in range(1000):
        kept.put(number, np.zeros(100))
        assert kept.get("asked") is not None, number


def test_amounts_break_ties_before_names():
    """Two that differ in an amount that nobody asked for keep their order whatever they are called."""
    small, large = (
        ProductFacts(key=key, name=name, summary="周转", amount_max=Decimal(amount))
        for key, name, amount in ((1, "乙", 100_000), (2, "甲", 200_000))
    )
    swapped = [replace(small, name="甲"), replace(large, name="乙")]
    need = NeedFacts(on=DAY)
    assert [each.product.key for each in rank(need, Catalogue([small, large])).results] == [
        each.product.key for each in rank(need, Catalogue(swapped)).results
    ]
