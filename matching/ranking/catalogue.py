"""The whole catalogue as numpy columns, built once and shared by every need."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .facts import ProductFacts
from .names import GUARANTEES, KINDS, PURPOSES, REPAYMENTS, SIZES, TRAITS, bits
from .profile import Profile, profile

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Combinations:
    """A column of few distinct values: the values, and for each row which of them it has."""

    def __init__(self, values: Iterable[Any]) -> None:
        places: dict[Any, int] = {}
        self.rows: Ints = np.fromiter((places.setdefault(value, len(places)) for value in values), dtype=np.int64)
        self.values = tuple(places)


class Catalogue:
    """Columns over `products`. Immutable: a change makes a new one with `refreshed`.

    The order of `products` breaks ties of the score; it goes by what products say, not by what they are called.
    """

    def __init__(
        self, products: Iterable[ProductFacts], _known: Mapping[Any, tuple[ProductFacts, Profile]] = {}
    ) -> None:
        self.products = tuple(sorted(products, key=_order))
        self.profiles = tuple(
            _known[each.key][1] if each.key in _known and _known[each.key][0] is each else profile(each)
            for each in self.products
        )
        self._columns()

    def __len__(self) -> int:
        return len(self.products)

    def refreshed(self, changed: Iterable[ProductFacts] = (), removed: Iterable[Any] = ()) -> "Catalogue":
        """A new catalogue with `changed` in place of products of the same key and without those of keys `removed`."""
        known = {product.key: (product, each) for product, each in zip(self.products, self.profiles, strict=True)}
        kept = {product.key: product for product in self.products}
        for key in removed:
            kept.pop(key, None)
        kept.update({product.key: product for product in changed})
        return Catalogue(kept.values(), known)

    def _columns(self) -> None:
        products, profiles = self.products, self.profiles
        kinds = {code: place for place, code in enumerate(KINDS)}
        self.kind: Ints = _ints(kinds.get(each.kind, -1) for each in products)
        self.purposes: Ints = _ints(bits(each.purposes, PURPOSES) for each in products)
        self.guarantees: Ints = _ints(bits(each.guarantee_kinds, GUARANTEES) for each in products)
        self.repayments: Ints = _ints(bits(each.repayment_kinds, REPAYMENTS) for each in products)
        self.sizes: Ints = _ints(bits(each.sizes, SIZES) for each in profiles)
        self.amount_min, self.amount_max = (
            _floats(each.amount_min for each in profiles),
            _floats(each.amount_max for each in profiles),
        )
        self.years_min, self.years_max = (
            _floats(each.years_min for each in profiles),
            _floats(each.years_max for each in profiles),
        )
        self.revenue_min, self.revenue_max = (
            _floats(each.revenue_min for each in profiles),
            _floats(each.revenue_max for each in profiles),
        )
        self.rate = _floats(each.rate for each in profiles)
        self.term_min, self.term_max = (
            _floats(each.term_min for each in products),
            _floats(each.term_max for each in products),
        )
        self.promised_days = _floats(each.promised_days for each in products)
        self.valid_from: Ints = _ints(each.valid_from.toordinal() if each.valid_from else 0 for each in products)
        self.valid_to: Ints = _ints(each.valid_to.toordinal() if each.valid_to else 2**40 for each in products)
        self.regions = Combinations(each.regions for each in profiles)
        self.industries = Combinations(each.industries for each in profiles)
        self.traits = Combinations(each.traits for each in profiles)
        self.helped: Ints = _ints(bits(each.helped, TRAITS) for each in profiles)
        self.told_traits: Ints = _ints(bits(each.told_traits, TRAITS) for each in profiles)
        self.told_purposes: Ints = _ints(bits(each.told_purposes, PURPOSES) for each in profiles)
        self.told_guarantees: Ints = _ints(bits(each.told_guarantees, GUARANTEES) for each in profiles)
        self.told_repayments: Ints = _ints(bits(each.told_repayments, REPAYMENTS) for each in profiles)
        self.barred_traits: Ints = _ints(bits(each.barred_traits, TRAITS) for each in profiles)
        self.told_industries = Combinations(each.told_industries for each in profiles)
        self.barred_industries = Combinations(each.barred_industries for each in profiles)
        postings: dict[str, list[int]] = defaultdict(list)
        for row, each in enumerate(profiles):
            for word in each.words:
                postings[word].append(row)
        self.postings = {word: np.array(rows, dtype=np.int64) for word, rows in postings.items()}
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for row, product in enumerate(products):
            if len(product.name) > 2:
                self.by_name[product.name.lower()].append(row)


def _order(product: ProductFacts) -> tuple[str, ...]:
    return (
        product.kind,
        product.summary,
        product.audience,
        product.description,
        product.institution,
        product.name,
        str(product.key),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[Any]) -> Floats:
    return np.fromiter((np.nan if value is None else float(value) for value in values), dtype=np.float64)
