"""需求空白: what is found holds against ranking each need with each product bent; nothing shown gives five away."""

import itertools
import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking import Catalogue, NeedFacts, ProductFacts, RuleFacts, rank
from matching.ranking.gaps import LEAST, Asked, Bend, find
from matching.ranking.gaps.bends import without
from matching.ranking.gaps.disclosure import Told, enterprises, hidden, hidden_in_grid
from matching.ranking.gaps.tables import ORDER, readings
from matching.ranking.rules import BY_NAME

from .test_rules import DAY, needs, products

COUNTIES = ("330902", "330903", "331123", "331102")


def asked(facts: list[NeedFacts], firms: int | None = None) -> list[Asked]:
    return [
        Asked(number, number % (firms or 10**9), need, {"region": (*need.regions, "")[0]})
        for number, need in enumerate(facts)
    ]


def bent(product: ProductFacts, bend: Bend) -> ProductFacts:
    """The product as it would be, by the plain meaning of the words."""
    limit = None if bend.limit is None else Decimal(str(bend.limit))
    if bend.rule == "guarantee":
        return (
            replace(product, guarantee_kinds=(*product.guarantee_kinds, bend.code))
            if product.guarantee_kinds
            else product
        )
    if bend.rule == "amount":
        rules = tuple(
            replace(rule, maximum=max(rule.maximum, limit))
            if rule.kind == "amount" and rule.maximum is not None
            else rule
            for rule in product.rules
        )
        top = product.amount_max
        return replace(product, amount_max=None if top is None else max(top, limit), rules=rules)
    if bend.rule == "term":
        return replace(product, term_max=None if product.term_max is None else max(product.term_max, int(limit)))
    if bend.rule == "rate":
        return replace(product, rate_min=None if product.rate_min is None else min(product.rate_min, limit))
    if bend.rule == "region":
        rules = tuple(
            replace(rule, values=(*rule.values, bend.code)) if rule.kind == "region" and rule.values else rule
            for rule in product.rules
        )
        codes = (*product.region_codes, bend.code) if product.region_codes else ()
        return replace(product, region_codes=codes, rules=rules)
    kept = [rule for rule in product.rules if not rule.kind.startswith("traits_")]
    traits = tuple((rule.kind.removeprefix("traits_"), rule.values) for rule in product.rules if rule not in kept)
    left = [RuleFacts(f"traits_{how}", group, text="条件") for how, group in without(bend.code, traits)]
    return replace(product, rules=(*kept, *left))


def fits(need: NeedFacts, catalogue: Catalogue) -> bool:
    return bool(rank(need, catalogue).results)


def named(facts: list[ProductFacts]) -> list[ProductFacts]:
    return [replace(each, key=number) for number, each in enumerate(facts)]


@settings(max_examples=80, deadline=None)
@given(st.lists(needs(), min_size=1, max_size=12), st.lists(products(), min_size=1, max_size=6))
def test_unmet_needs_and_bends_are_those_that_ranking_finds(facts, catalogue_of):
    catalogue = Catalogue(named(catalogue_of))
    found = find(asked(facts), catalogue)
    unmet = [number for number, need in enumerate(facts) if not fits(need, catalogue)]
    assert sorted(each.key for each in found.unmet) == unmet
    for bend, mask in found.bends:
        other = Catalogue([bent(product, bend) for product in catalogue.products])
        helped = {each.key for each, does in zip(found.unmet, mask, strict=True) if does}
        let_in = {each.key for each in found.unmet if fits(each.need, other)}
        assert helped <= let_in, bend
        sure = {key for key in let_in if _is_covered(facts[key], bend)}
        assert sure <= helped, bend


def _is_covered(need: NeedFacts, bend: Bend) -> bool:
    """Whether the bend's own words speak of this need; a guarantee that nobody refused but nobody offered is no help."""
    if bend.rule == "guarantee":
        offers = bend.code in ({"credit", "guarantor"} | set(need.guarantee_kinds)) - set(need.guarantee_refused)
        return offers and (need.amount_low is None or bend.limit is None or need.amount_low <= bend.limit)
    if bend.rule == "traits":
        return need.traits.get(bend.code) is False
    return not (bend.rule == "region" and len(need.regions) > 1)


@settings(max_examples=200, deadline=None)
@given(needs(), needs(), st.lists(products(), min_size=1, max_size=4))
def test_needs_alike_in_what_a_rule_reads_are_judged_alike(one, other, catalogue_of):
    catalogue = Catalogue(named(catalogue_of))
    for name, reads in readings(catalogue).items():
        if reads(one) == reads(other):
            rule = BY_NAME[name].over_all
            assert ((rule(one, catalogue) < 0) == (rule(other, catalogue) < 0)).all(), name


def test_every_rule_but_the_open_day_has_its_place():
    assert set(ORDER) == BY_NAME.keys() - {"open"}


def need(**fields) -> NeedFacts:
    amount = fields.pop("amount", 500_000)
    return NeedFacts(on=DAY, amount_low=Decimal(amount), amount_high=Decimal(amount), **fields)


def receivables(count: int, **fields) -> list[NeedFacts]:
    """Firms that have nothing but their receivables."""
    return [
        need(guarantee_kinds=("receivable",), guarantee_refused=("credit", "guarantor", "real_estate"), **fields)
        for _number in range(count)
    ]


PLEDGE = ProductFacts(key=7, name="抵押贷", amount_max=Decimal(3_000_000), guarantee_kinds=("real_estate",))


def test_a_guarantee_more_brings_needs_with_their_sums():
    found = find(asked(receivables(6, amount=600_000) + receivables(2, amount=640_000)), Catalogue([PLEDGE])).shown()
    assert found["unmet"] == {"needs": 8, "enterprises": 8, "average": 610_000, "total": 4_880_000}
    assert [(each["rule"], each["enterprises"]) for each in found["rules"]] == [("guarantee", 8)]
    assert found["bends"] == [
        {"key": "guarantee:receivable:640000", "rule": "guarantee", "code": "receivable", "limit": 640_000.0,
         "needs": 8, "enterprises": 8, "average": 610_000, "total": 4_880_000,
         "products": [{"product": 7, "enterprises": 8}]}
    ]  # fmt: skip
    assert found["products"] == {"7": [{"bend": "guarantee:receivable:640000", "enterprises": 8}]}


def test_a_product_that_is_closed_gains_by_nothing():
    shut = replace(PLEDGE, valid_to=DAY.replace(year=2020))
    found = find(asked(receivables(8)), Catalogue([shut])).shown()
    assert (found["rules"], found["bends"]) == ([{"rule": "", **found["unmet"]}], [])


def test_needs_of_four_enterprises_are_not_shown_however_many_needs_they_have():
    assert find(asked(receivables(40), firms=4), Catalogue([PLEDGE])).shown()["unmet"] is None
    assert find(asked(receivables(40), firms=5), Catalogue([PLEDGE])).shown()["unmet"]["enterprises"] == 5


def test_an_enterprise_with_needs_in_two_blocks_counts_once():
    found = find(asked(receivables(3000), firms=5), Catalogue([PLEDGE])).shown()
    assert found["products"]["7"] == [{"bend": "guarantee:receivable:500000", "enterprises": 5}]


def test_open_needs_are_not_told_where_few_are_met():
    facts = receivables(8) + [need(guarantee_kinds=("real_estate",)) for _number in range(4)]
    assert find(asked(facts), Catalogue([PLEDGE])).shown()["open"] is None
    facts += [need(guarantee_kinds=("real_estate",))]
    assert find(asked(facts), Catalogue([PLEDGE])).shown()["open"] == {"needs": 13, "enterprises": 13}


def test_open_needs_are_not_told_where_the_few_met_are_of_enterprises_with_unmet_ones():
    facts = receivables(8) + [need(guarantee_kinds=("real_estate",)) for _number in range(2)]
    assert find(asked(facts, firms=8), Catalogue([PLEDGE])).shown()["open"] is None


def test_no_catalogue_leaves_every_need_unmet_by_several_rules():
    found = find(asked(receivables(5)), Catalogue([])).shown()
    assert [(each["rule"], each["needs"]) for each in found["rules"]] == [("", 5)]


def test_no_needs_show_nothing():
    assert find([], Catalogue([PLEDGE])).shown()["unmet"] is None


# What may be told


def figures(found) -> list[np.ndarray]:
    """The needs behind each figure of one population that is shown, by `members`."""
    places = {each.key: row for row, each in enumerate(found.unmet)}
    masks = []
    for keys in found.members().values():
        mask = np.zeros(len(found.unmet), dtype=bool)
        mask[[places[key] for key in keys]] = True
        masks.append(mask)
    return masks


def made_up(seed: int, count: int) -> tuple[list[Asked], Catalogue]:
    chance = random.Random(seed)
    facts = [
        need(
            amount=chance.choice((100_000, 300_000, 800_000, 2_000_000, 9_000_000)),
            regions=(chance.choice(COUNTIES),),
            guarantee_kinds=(chance.choice(("receivable", "inventory", "order")),),
            guarantee_refused=("credit", "guarantor", "real_estate"),
            traits={"high_tech": chance.random() < 0.3},
            term_months=chance.choice((None, 12, 36, 60)),
        )
        for _number in range(count)
    ]
    made = [
        ProductFacts(
            key=number,
            name=f"贷{number}",
            region_codes=(chance.choice(COUNTIES),),
            guarantee_kinds=(chance.choice(("receivable", "real_estate")),),
            amount_max=Decimal(chance.choice((300_000, 1_000_000))),
            term_max=chance.choice((12, 24)),
            rules=(RuleFacts("traits_all", ("high_tech",)),) if chance.random() < 0.4 else (),
        )
        for number in range(12)
    ]
    return asked(facts, firms=max(3, count // 2)), Catalogue(made)


@pytest.mark.parametrize("seed", range(8))
def test_no_difference_of_two_shown_figures_is_of_fewer_than_five(seed):
    found = find(*made_up(seed, 60 + 25 * seed))
    masks = figures(found)
    assert len(masks) > 2
    for one, other in itertools.combinations(masks, 2):
        if not (other & ~one).any() or not (one & ~other).any():
            assert not 0 < enterprises(found.owners, one ^ other) < LEAST


@pytest.mark.parametrize("seed", range(8))
def test_parts_hidden_from_a_view_are_not_the_whole_less_the_rest(seed):
    found = find(*made_up(seed, 60 + 25 * seed))
    shown = found.shown()
    whole = {each["key"]: each["needs"] for each in shown["bends"]}
    column = np.array([each.places["region"] for each in found.unmet])
    for bend, mask in found.told:
        visible = {
            place
            for place, view in shown["views"]["region"].items()
            if bend.key in {each["key"] for each in view["bends"]}
        }
        rest = mask & ~np.isin(column, sorted(visible))
        assert not 0 < enterprises(found.owners, rest) < LEAST
        assert bend.rule == "region" or len(set(column[rest])) != 1 or rest.sum() == mask.sum()
        told = sum(view["needs"] for value in visible for view in shown["views"]["region"][value]["bends"] if view["key"] == bend.key)  # fmt: skip
        assert told + rest.sum() == whole[bend.key]
    for value, view in shown["views"]["region"].items():
        for each in view["bends"]:
            mask = next(mask for bend, mask in found.told if bend.key == each["key"])
            others = (column == value) & ~mask
            assert not 0 < enterprises(found.owners, others) < LEAST


def test_a_part_too_small_takes_the_next_smallest_with_it():
    owners = np.arange(30)
    parts = [owners < 3, (owners >= 3) & (owners < 10), owners >= 10]
    assert hidden(parts, owners) == {0, 1}
    assert hidden([owners < 12, owners >= 12], owners) == set()


def test_a_small_cell_hides_another_of_its_row_and_of_its_column():
    rows, columns, owners = (
        np.repeat([0, 0, 1, 1], [3, 9, 8, 10]),
        np.repeat([0, 1, 0, 1], [3, 9, 8, 10]),
        np.arange(30),
    )
    assert hidden_in_grid(rows, columns, owners, {0, 1}, {0, 1}) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_step_of_a_ladder_that_adds_two_enterprises_is_not_told():
    told = Told(np.arange(20))
    assert told.tell(np.arange(20) < 20)
    assert told.tell(np.arange(20) < 12)
    assert not told.tell(np.arange(20) < 10)
    assert told.tell(np.arange(20) < 7)


@pytest.mark.parametrize("seed", range(8))
def test_a_bend_and_a_part_of_the_whole_never_differ_by_fewer_than_five(seed):
    found = find(*made_up(seed, 60 + 25 * seed))
    column = np.array([each.places["region"] for each in found.unmet])
    for value in found.shown()["views"]["region"]:
        for _bend, mask in found.told:
            if not (mask & (column != value)).any():
                assert not 0 < enterprises(found.owners, (column == value) & ~mask) < LEAST
