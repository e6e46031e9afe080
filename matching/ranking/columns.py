"""What rules and terms read of products: one numpy column for each thing, whichever products stand in the rows."""

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .facts import ProductFacts
from .names import GUARANTEES, KINDS, PURPOSES, REPAYMENTS, SIZES, TRAITS, bits
from .profile import Profile

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
KIND_PLACES = {code: place for place, code in enumerate(KINDS)}


class Combinations:
    """A column of few distinct values: the values, and for each row which of them it has."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.places: dict[Any, int] = {}
        places = self.places
        self.rows: Ints = np.fromiter((places.setdefault(value, len(places)) for value in values), dtype=np.int64)
        self.values = tuple(places)

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, rows: Ints) -> Self:
        """The same values for other rows."""
        return self._made(self.rows[rows], self.places, self.values)

    def with_rows(self, rows: Ints, values: list[Any], length: int) -> Self:
        """A copy of `length` rows in which `rows` have `values`."""
        places = self.places
        if any(value not in places for value in values):
            places = dict(places)
            for value in values:
                places.setdefault(value, len(places))
        codes = sized(self.rows, length)
        codes[rows] = [places[value] for value in values]
        return self._made(codes, places, tuple(places) if places is not self.places else self.values)

    @classmethod
    def _made(cls, rows: Ints, places: dict[Any, int], values: tuple[Any, ...]) -> Self:
        made = cls.__new__(cls)
        made.rows, made.places, made.values = rows, places, values
        return made


def sized(column: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """A copy of `length` rows; those beyond the end hold anything."""
    copy = np.empty(length, dtype=column.dtype)
    shared = min(length, len(column))
    copy[:shared] = column[:shared]
    return copy


class Columns:
    """The columns by name. The whole catalogue has all of them, a `Factor` the few that it is made of."""

    kind: Ints  # place in KINDS; -1: none of them
    purposes: Ints  # one bit for each code, as in `names.bits`
    guarantees: Ints
    repayments: Ints
    sizes: Ints
    amount_min: Floats  # NaN: not limited, not stated
    amount_max: Floats
    years_min: Floats
    years_max: Floats
    revenue_min: Floats
    revenue_max: Floats
    rate: Floats
    term_min: Floats
    term_max: Floats
    promised_days: Floats
    valid_from: Ints  # ordinal days
    valid_to: Ints
    helped: Ints
    told_traits: Ints
    told_purposes: Ints
    told_guarantees: Ints
    told_repayments: Ints
    barred_traits: Ints
    regions: Combinations
    industries: Combinations
    traits: Combinations
    told_industries: Combinations
    told_groups: Combinations
    barred_industries: Combinations
    make: Combinations  # what variants of one product share

    def __len__(self) -> int:
        raise NotImplementedError


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)


Reader = Callable[[ProductFacts, Profile], Any]
WHOLE: dict[str, Reader] = {
    "kind": lambda product, _profile: KIND_PLACES.get(product.kind, -1),
    "purposes": lambda product, _profile: bits(product.purposes, PURPOSES),
    "guarantees": lambda product, _profile: bits(product.guarantee_kinds, GUARANTEES),
    "repayments": lambda product, _profile: bits(product.repayment_kinds, REPAYMENTS),
    "sizes": lambda _product, profile: bits(profile.sizes, SIZES),
    "valid_from": lambda product, _profile: product.valid_from.toordinal() if product.valid_from else 0,
    "valid_to": lambda product, _profile: product.valid_to.toordinal() if product.valid_to else 2**40,
    "helped": lambda _product, profile: bits(profile.helped, TRAITS),
    "told_traits": lambda _product, profile: bits(profile.told_traits, TRAITS),
    "told_purposes": lambda _product, profile: bits(profile.told_purposes, PURPOSES),
    "told_guarantees": lambda _product, profile: bits(profile.told_guarantees, GUARANTEES),
    "told_repayments": lambda _product, profile: bits(profile.told_repayments, REPAYMENTS),
    "barred_traits": lambda _product, profile: bits(profile.barred_traits, TRAITS),
}
DECIMAL: dict[str, Reader] = {
    "amount_min": lambda _product, profile: _number(profile.amount_min),
    "amount_max": lambda _product, profile: _number(profile.amount_max),
    "years_min": lambda _product, profile: _number(profile.years_min),
    "years_max": lambda _product, profile: _number(profile.years_max),
    "revenue_min": lambda _product, profile: _number(profile.revenue_min),
    "revenue_max": lambda _product, profile: _number(profile.revenue_max),
    "rate": lambda _product, profile: _number(profile.rate),
    "term_min": lambda product, _profile: _number(product.term_min),
    "term_max": lambda product, _profile: _number(product.term_max),
    "promised_days": lambda product, _profile: _number(product.promised_days),
}
COMBINED: dict[str, Reader] = {
    "regions": lambda _product, profile: profile.regions,
    "industries": lambda _product, profile: profile.industries,
    "traits": lambda _product, profile: profile.traits,
    "told_industries": lambda _product, profile: profile.told_industries,
    "told_groups": lambda _product, profile: profile.told_groups,
    "barred_industries": lambda _product, profile: profile.barred_industries,
    "make": lambda product, _profile: (
        product.institution, product.kind, frozenset(product.purposes), frozenset(product.guarantee_kinds),
    ),
}  # fmt: skip
