"""What of a product's rules could bend, made from what unmet needs ask for: a guarantee more, a higher sum, a wider place …

A bend is looked at for the products that one rule alone keeps out: it helps a need if at least one of them then fits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.places import covers

from ..catalogue import Catalogue
from ..facts import NeedFacts
from ..names import GUARANTEES, number
from ..rules.base import FAIL
from ..rules.firms import traits_of
from .disclosure import Mask
from .tables import Bits, packed

BENT = ("guarantee", "amount", "term", "region", "traits", "rate")
STEPS = (0.5, 0.8, 1.0)  # of the sums asked for, so many are covered by a step of a ladder


@dataclass(frozen=True, slots=True)
class Bend:
    """`code`: the guarantee, place or trait; `limit`: the highest sum (元), months, or the rate (% a year) it goes to."""

    rule: str
    code: str = ""
    limit: float | None = None

    @property
    def key(self) -> str:
        return ":".join([self.rule, self.code, "" if self.limit is None else number(self.limit)])


class Side:
    """The unmet needs' side: for each of them, what it asks of a bend, and whether one rule alone keeps products out.

    `helps[rule]`: the products (bits) that fail this rule alone and that bending it could let in.
    """

    def __init__(self, needs: list[NeedFacts]) -> None:
        self.needs = needs
        self.amount = floats(need.amount_low for need in needs)
        self.high = floats(need.amount_low if need.amount_high is None else need.amount_high for need in needs)
        self.months = floats(need.term_months for need in needs)
        self.ceiling = floats(need.rate_ceiling for need in needs)
        pledges, codes = _distinct((need.guarantee_kinds, need.guarantee_refused) for need in needs)
        sure = [({"credit", "guarantor"} | set(kinds)) - set(refused) for kinds, refused in pledges]
        self.offers = {kind: np.array([kind in each for each in sure] or [False])[codes] for kind in GUARANTEES}
        self.regions, self.region_of = _distinct(need.regions for need in needs)

    def bends(self, alone: dict[str, Mask]) -> Iterator[tuple[Bend, Mask]]:
        """Every bend with the needs that it would help; `alone[rule]`: where a product fails for that rule only and
        could bend it."""
        for kind in GUARANTEES:
            helped = alone["guarantee"] & self.offers[kind]
            for limit, covered in ladder(self.amount, helped):
                yield Bend("guarantee", kind, limit), covered
        for limit, covered in ladder(self.amount, alone["amount"]):
            yield Bend("amount", "", limit), covered
        for limit, covered in ladder(self.months, alone["term"]):
            yield Bend("term", "", limit), covered
        for limit, covered in ladder(-self.ceiling, alone["rate"]):
            yield Bend("rate", "", None if limit is None else -limit), covered
        for code in sorted({wider for own in self.regions for each in own for wider in (each, f"{each[:4]}00")}):
            inside = np.array([any(covers(code, each) for each in own) for own in self.regions])[self.region_of]
            yield Bend("region", code), alone["region"] & inside
        for rule, mask in sorted(alone.items()):
            if rule.startswith("traits:"):
                yield Bend("traits", rule.removeprefix("traits:")), mask


def ladder(values: npt.NDArray[np.float64], helped: Mask) -> Iterator[tuple[float | None, Mask]]:
    """Steps up to which half, most and all of the helped are covered; who did not say how much is covered by each."""
    known = values[helped & ~np.isnan(values)]
    if not len(known):
        yield None, helped
        return
    for limit in np.unique(np.quantile(known, STEPS, method="inverted_cdf")):
        yield float(limit), helped & ~(values > limit)


def _distinct(values: Iterable[Any]) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """The distinct values, and which of them each has."""
    places: dict[Any, int] = {}
    codes = np.fromiter((places.setdefault(value, len(places)) for value in values), dtype=np.int64)
    return list(places), codes


def floats(values) -> npt.NDArray[np.float64]:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def too_much(rule: str, need: NeedFacts, catalogue: Catalogue) -> Bits:
    """Products of which the highest sum or the longest term is below what the need asks: those a higher cap lets in."""
    if rule == "amount":
        return packed(catalogue.amount_max < _number(need.amount_low))
    return packed(catalogue.term_max < _number(need.term_months))


def _number(value: Decimal | int | None) -> float:
    return np.nan if value is None else float(value)


def dropping(trait: str, need: NeedFacts, catalogue: Catalogue) -> Bits:
    """Products that no longer fail for traits once `trait` is not asked for."""

    def passes(rules: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
        if not any(trait in group for _how, group in rules):
            return False
        return traits_of(need, without(trait, rules)) != FAIL

    table = np.array([passes(rules) for rules in catalogue.traits.values] or [False])
    return packed(table[catalogue.traits.rows])


def without(trait: str, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """One of several that will do stands for the whole condition: it goes with it."""
    kept = []
    for how, group in rules:
        if trait not in group:
            kept.append((how, group))
        elif how == "all" and len(group) > 1:
            kept.append((how, tuple(code for code in group if code != trait)))
    return tuple(kept)
