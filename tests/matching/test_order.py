"""The order: variants of one product give way, equal scores have one order, names have no say."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking import Catalogue, NeedFacts, ProductFacts, RuleFacts, rank
from matching.ranking.scan import CLOSE, VARIANTS_AT_TOP, best, diverse

from .test_columns import catalogues, sentences

DAY = date(2026, 11, 25)
NEED = NeedFacts(on=DAY, purposes=("working_capital",), amount_low=Decimal(500_000), amount_high=Decimal(500_000))


def product(key: int, **facts) -> ProductFacts:
    return ProductFacts(
        **({"key": key, "name": f"{key} 号产品", "purposes": ("working_capital",), "summary": f"{key}"} | facts)
    )


def makes(found) -> list[str]:
    return [each.product.institution for each in found.results]


@pytest.mark.parametrize("variants", [3, 12, 200])
def test_variants_of_one_product_do_not_fill_the_top(variants):
    """However many: two stand first, then the others that are nearly as good."""
    same = [product(number, institution="甲银行", rate_min=Decimal("3.0")) for number in range(variants)]
    others = [product(1000 + number, institution=f"{number} 银行", rate_min=Decimal("3.2")) for number in range(8)]
    found = makes(rank(NEED, Catalogue([*same, *others])))
    assert found[:2] == ["甲银行", "甲银行"]
    assert found[2:] == [each for each in found if each != "甲银行"]
    assert sorted(found[2:]) == sorted(each.institution for each in others)


def test_variants_stay_where_the_others_are_far_worse():
    same = [product(number, institution="甲银行", purposes=("working_capital",)) for number in range(3)]
    other = product(9, institution="乙银行", purposes=("equipment",), rules=(RuleFacts("traits_any", ("exporter",)),))
    assert makes(rank(NEED, Catalogue([*same, other]))) == ["甲银行"] * 3 + ["乙银行"]


def slow(scores: list[float], makes: list[int], limit: int) -> list[int]:
    """The same rule, one by one over everything."""
    waiting, kept, seen = list(range(len(scores))), [], []
    while waiting and len(kept) < limit:
        pick = waiting[0]
        if seen.count(makes[pick]) >= VARIANTS_AT_TOP:
            better = [each for each in waiting
                      if seen.count(makes[each]) < VARIANTS_AT_TOP and scores[each] >= CLOSE * scores[pick]]  # fmt: skip
            pick = better[0] if better else pick
        waiting.remove(pick)
        kept.append(pick)
        seen.append(makes[pick])
    return kept


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1.0, 0.95, 0.9, 0.8, 0.5]), st.integers(0, 3)), min_size=1, max_size=60),
    st.integers(1, 8),
)
def test_spread_out_is_what_the_rule_says(pairs, limit):
    pairs.sort(key=lambda each: -each[0])
    scores, of_make = [score for score, _make in pairs], [make for _score, make in pairs]
    expected = slow(scores, of_make, limit)
    assert diverse(np.array(scores), np.array(of_make), limit, whole=True) == expected
    for some in range(1, len(pairs)):
        found = diverse(np.array(scores[:some]), np.array(of_make[:some]), limit, whole=False)
        assert found in (None, expected)


def test_best_takes_the_first_of_equal_ones():
    rows, scores, place = np.arange(6), np.array([0.5, 0.9, 0.5, 0.5, 0.9, 0.5]), np.array([5, 4, 3, 2, 1, 0])
    assert best(rows, scores, place, 3)[0].tolist() == [4, 1, 5]


@settings(max_examples=60, deadline=None)
@given(catalogues, sentences(), st.randoms(use_true_random=False))
def test_order_is_the_same_however_products_come(found, need, chance):
    mixed = list(found)
    chance.shuffle(mixed)
    assert rank(need, Catalogue(mixed)) == rank(need, Catalogue(found))


def generated(count: int, chance: random.Random) -> list[ProductFacts]:
    """Products with much in common, so that many scores are equal."""
    amounts = [Decimal(each) for each in (100_000, 500_000, 2_000_000)]
    return [
        ProductFacts(
            key=number,
            name=f"产品{number}",
            institution=f"{chance.randint(1, 6)} 银行",
            kind=chance.choice(["loan", "loan", "guarantee", "insurance"]),
            purposes=tuple(chance.sample(["working_capital", "equipment", "agriculture"], chance.randint(1, 2))),
            summary=chance.choice(["茶叶周转", "设备更新", "收购季用款"]),
            region_codes=tuple(chance.choice([[], ["330902"], ["330900"]])),
            amount_max=chance.choice(amounts),
            rate_min=chance.choice([None, Decimal("3.5"), Decimal("4.2")]),
            guarantee_kinds=tuple(chance.sample(["credit", "real_estate", "guarantor"], chance.randint(0, 2))),
            promised_days=chance.choice([None, 3, 7]),
            rules=chance.choice([(), (RuleFacts("traits_any", ("first_loan",), text="首贷户"),)]),
        )
        for number in range(count)
    ]


def test_names_have_no_say_in_the_order():
    """All products renamed: every need has the same results, one by one, with the same scores and reasons."""
    chance = random.Random(6)
    found = generated(300, chance)
    found += [replace(found[number], key=300 + number) for number in range(50)]  # alike in all but the name
    called = [f"新名字{number}号" for number in range(350)]
    chance.shuffle(called)
    before, after = (
        Catalogue(found),
        Catalogue([replace(each, name=name) for each, name in zip(found, called, strict=True)]),
    )
    for number in range(60):
        need = NeedFacts(
            on=DAY,
            text=chance.choice(["茶叶合作社要周转", "想更新设备", "收购季差钱，产品不限", ""]),
            purposes=(chance.choice(["working_capital", "equipment", "agriculture"]),),
            amount_low=Decimal(10_000 * (number + 1)),
            amount_high=Decimal(10_000 * (number + 1)),
            regions=tuple(chance.choice([[], ["330902"]])),
            traits=chance.choice([{}, {"first_loan": True}]),
        )
        old, new = rank(need, before), rank(need, after)
        assert [(each.product.key, each.score, each.reasons) for each in old.results] == [
            (each.product.key, each.score, each.reasons) for each in new.results
        ]
        assert [each.product.key for each in old.nearly] == [each.product.key for each in new.nearly]
        assert old.question == new.question
