"""Rules over all needs and all products, as bits: one row of bits (a product each) for each distinct value of a need."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..catalogue import Catalogue
from ..facts import NeedFacts
from ..rules import BY_NAME

Bits = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
ORDER = (
    "kind", "purpose", "region", "industry", "size_class", "traits", "guarantee", "amount", "term", "rate", "years",
    "revenue", "renewal",
)  # fmt: skip


class Limits:
    """Sums stand to the limits of products in few ways: below this one, between these two. Only that counts."""

    def __init__(self, *columns: npt.NDArray[np.float64]) -> None:
        found = np.unique(np.concatenate(columns)) if columns else np.zeros(0)
        self.limits: list[float] = found[~np.isnan(found)].tolist()
        self.known: dict[Any, Hashable] = {None: None}

    def __call__(self, value: Any) -> Hashable:
        if value not in self.known:
            number = float(value)
            self.known[value] = (bisect_left(self.limits, number), bisect_right(self.limits, number))
        return self.known[value]


def readings(catalogue: Catalogue) -> dict[str, Callable[[NeedFacts], Hashable]]:
    """Rule → all that it reads of a need; needs alike in that are judged alike. A test holds it so."""
    asked = {code for rules in catalogue.traits.values for _how, group in rules for code in group}
    amount = Limits(catalogue.amount_min, catalogue.amount_max)
    term = Limits(catalogue.term_min, catalogue.term_max)
    rate = Limits(catalogue.rate)
    years = Limits(catalogue.years_min, catalogue.years_max)
    revenue = Limits(catalogue.revenue_min, catalogue.revenue_max)
    return {
        "kind": lambda need: (
            need.kinds,
            need.kinds_refused,
            need.purposes,
            need.renewal_agreed,
            "no_principal_renewal" in need.repayment_kinds,
        ),
        "purpose": lambda need: (need.purposes, need.renewal_agreed),
        "region": lambda need: need.regions,
        "industry": lambda need: need.industry_codes,
        "size_class": lambda need: (need.size_class, bool(need.traits.get("sole_trader"))),
        "traits": lambda need: tuple(sorted((code, yes) for code, yes in need.traits.items() if code in asked)),
        "guarantee": lambda need: (need.guarantee_kinds, need.guarantee_refused),
        "amount": lambda need: (amount(need.amount_low), amount(need.amount_high)),
        "term": lambda need: term(need.term_months),
        "rate": lambda need: rate(need.rate_ceiling),
        "years": lambda need: years(need.years),
        "revenue": lambda need: revenue(need.revenue),
        "renewal": lambda need: need.renewal_agreed,
    }


def packed(each: npt.NDArray[np.bool_]) -> Bits:
    """Booleans as bits, eight bytes together."""
    size = -(-each.shape[-1] // 64) * 8
    short = np.packbits(each, axis=-1, bitorder="little")
    full = np.zeros((*short.shape[:-1], size), dtype=np.uint8)
    full[..., : short.shape[-1]] = short
    return full.view(np.uint64)


def unpacked(bits: Bits, count: int) -> npt.NDArray[np.uint8]:
    return np.unpackbits(bits.view(np.uint8), axis=-1, bitorder="little")[..., :count]


class Table:
    """One rule: which products fail for each distinct value, and which value each need has."""

    def __init__(self, name: str, reads: Callable[[NeedFacts], Hashable]) -> None:
        self.name, self.reads = name, reads
        self.places: dict[Hashable, int] = {}
        self.examples: list[NeedFacts] = []
        self._codes: list[int] = []

    def add(self, need: NeedFacts) -> None:
        value = self.reads(need)
        place = self.places.setdefault(value, len(self.examples))
        if place == len(self.examples):
            self.examples.append(need)
        self._codes.append(place)

    def close(self, catalogue: Catalogue) -> "Table":
        self.codes: Rows = np.array(self._codes, dtype=np.int64)
        rule = BY_NAME[self.name].over_all
        self.fails: Bits = np.concatenate(
            [np.zeros((0, width(catalogue)), dtype=np.uint64)]
            + [packed(rule(need, catalogue) < 0)[None, :] for need in self.examples]
        )
        self._codes = []
        return self


def width(catalogue: Catalogue) -> int:
    return -(-len(catalogue) // 64)


def merged(tables: list[Table], at_most: int) -> list[tuple[Rows, Bits]]:
    """The same fails in fewer tables: two become one where few pairs of their values occur."""
    left = [
        (each.codes, each.fails) for each in sorted(tables, key=lambda each: len(each.examples)) if each.fails.any()
    ]
    done: list[tuple[Rows, Bits]] = []
    while left:
        codes, fails = left.pop(0)
        while left:
            others, more = left[0]
            pairs, joined = np.unique(codes * len(more) + others, return_inverse=True)
            if len(pairs) > at_most:
                break
            codes, fails = joined, fails[pairs // len(more)] | more[pairs % len(more)]
            left.pop(0)
        done.append((codes, fails))
    return done
