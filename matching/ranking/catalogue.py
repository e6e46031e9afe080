"""The whole catalogue as numpy columns, built once and shared by every need."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .columns import COMBINED, DECIMAL, WHOLE, Bools, Columns, Combinations, Floats, Ints, sized
from .factors import Array, Factor, Kept, Part
from .facts import NeedFacts, ProductFacts
from .profile import Profile, profile

__all__ = ["Bools", "Catalogue", "Combinations", "Floats", "Ints"]

# From how many changes on building anew is as quick as copying what stays; and how often a factor may grow.
FEW = 64
STALE = 2
NAMED = 3  # characters from which on a name in a sentence means the product


class Catalogue(Columns):
    """Columns over `products`. Immutable: a change makes a new one with `refreshed`.

    `place` breaks ties of the score: it goes by what products say, not by what they are called. Rows are in its order after
    building, and anywhere after `refreshed`.
    """

    KEPT = 8_000_000  # bytes of masks kept: some 5,000 of 10,000 products

    def __init__(
        self, products: Iterable[ProductFacts], _known: Mapping[Any, tuple[ProductFacts, Profile]] = {}
    ) -> None:
        self.products = tuple(sorted(products, key=_order))
        self.profiles = tuple(
            _known[each.key][1] if each.key in _known and _known[each.key][0] == each else profile(each)
            for each in self.products
        )
        self.rows = {product.key: row for row, product in enumerate(self.products)}
        self._columns: dict[str, Any] = {}
        pairs = list(zip(self.products, self.profiles, strict=True))
        for name, read in WHOLE.items():
            self._columns[name] = np.fromiter((read(*pair) for pair in pairs), dtype=np.int64)
        for name, read in DECIMAL.items():
            self._columns[name] = np.fromiter((read(*pair) for pair in pairs), dtype=np.float64)
        for name, read in COMBINED.items():
            self._columns[name] = Combinations(read(*pair) for pair in pairs)
        self.place: Ints = np.arange(len(pairs), dtype=np.int64)
        postings: dict[str, list[int]] = defaultdict(list)
        for row, each in enumerate(self.profiles):
            for word in each.words:
                postings[word].append(row)
        self.postings = {word: np.array(rows, dtype=np.int64) for word, rows in postings.items()}
        self.by_name: dict[str, tuple[int, ...]] = {}
        self.name_lengths: dict[str, tuple[int, ...]] = {}  # first characters → how long names that begin so are
        for row, product in enumerate(self.products):
            self._add_name(product.name, row)
        self._ready({})

    def _ready(self, factors: dict[tuple[str, ...], tuple[Factor, Ints]]) -> None:
        self.__dict__.update(self._columns)
        self._factors = factors
        self._kept = Kept(self.KEPT)
        self._stacked: dict[tuple[tuple[str, ...], ...], Ints] = {}

    def __len__(self) -> int:
        return len(self.products)

    # What is worked out once

    def factor(self, columns: tuple[str, ...]) -> tuple[Factor, Ints]:
        """The distinct combinations of these columns, and which of them each row has."""
        found = self._factors.get(columns)
        if found is None:
            found = self._factors[columns] = Factor.of({name: self._columns[name] for name in columns})
        return found

    def table(self, part: Part, need: NeedFacts, traits: frozenset) -> tuple[Array, Ints]:
        """What `part` says of each distinct combination of its columns, and which of them each row has."""
        factor, codes = self.factor(part.columns)
        key = part.key(need, traits)
        found = factor.kept.get(key)
        if found is None:
            found = factor.kept.put(key, part.work_out(need, factor))
        return found, codes

    def stacked(self, columns: tuple[tuple[str, ...], ...]) -> Ints:
        """For each of these sets of columns a line: which distinct combination each row has, counted on from line to line."""
        found = self._stacked.get(columns)
        if found is None:
            found = np.empty((len(columns), len(self)), dtype=np.int64)
            before = 0
            for line, names in zip(found, columns, strict=True):
                factor, codes = self.factor(names)
                np.add(codes, before, out=line)
                before += len(factor)
            self._stacked[columns] = found
        return found

    def failing(self, part: Part, need: NeedFacts, traits: frozenset) -> Array:
        """The rows that a rule rules out, one bit each."""
        key = part.key(need, traits)
        found = self._kept.get(key)
        if found is None:
            outcomes, codes = self.table(part, need, traits)
            found = self._kept.put(key, packed((outcomes < 0)[codes]))
        return found

    # A change

    @property
    def known(self) -> dict[Any, tuple[ProductFacts, Profile]]:
        """What has been worked out of each product, for another catalogue that holds some of the same."""
        pairs = zip(self.products, self.profiles, strict=True)
        return {product.key: (product, own) for product, own in pairs}

    def refreshed(
        self,
        changed: Iterable[ProductFacts] = (),
        removed: Iterable[Any] = (),
        other: "Catalogue | None" = None,
    ) -> "Catalogue":
        """A new catalogue with `changed` in place of products of the same key and without those of keys `removed`.

        `other`: a catalogue that holds the same changed products already, so that they need not be worked out again."""
        new = {product.key: product for product in changed}
        new = {key: each for key, each in new.items() if key not in self.rows or self.products[self.rows[key]] != each}
        gone = [key for key in dict.fromkeys(removed) if key in self.rows and key not in new]
        if not new and not gone:
            return self
        if len(new) + len(gone) > max(FEW, len(self) // 50):
            kept = {product.key: product for product in self.products}
            for key in gone:
                del kept[key]
            return Catalogue([*(kept | new).values()], self.known | (other.known if other else {}))
        return self._copied(new, gone, other)

    def _copied(self, new: dict[Any, ProductFacts], gone: list[Any], other: "Catalogue | None") -> "Catalogue":
        """Everything that stays is copied or shared; the last row moves to where one is gone."""
        made = Catalogue.__new__(Catalogue)
        products, profiles, rows = list(self.products), list(self.profiles), dict(self.rows)
        touched: dict[str, dict[int, bool]] = defaultdict(dict)  # word → rows that have it now, or have not
        made.by_name, made.name_lengths = dict(self.by_name), dict(self.name_lengths)
        ordered = np.argsort(self.place).tolist() if new else []  # rows by their place
        places = self.place.copy()
        dirty: set[int] = set()

        def drop(row: int) -> None:
            for word in profiles[row].words:
                touched[word][row] = False
            made._drop_name(products[row].name, row)

        def put(row: int, product: ProductFacts, own: Profile) -> None:
            if row == len(products):
                products.append(product)
                profiles.append(own)
            else:
                products[row], profiles[row] = product, own
            rows[product.key] = row
            dirty.add(row)
            for word in own.words:
                touched[word][row] = True
            made._add_name(product.name, row)

        for key, product in new.items():
            row = rows.get(key, len(products))
            if row < len(products):
                drop(row)
                ordered.remove(row)
            before = bisect_left(ordered, _order(product), key=lambda each: _order(products[each]))
            ordered.insert(before, row)
            worked_out = other is not None and key in other.rows and other.products[other.rows[key]] == product
            put(row, product, other.profiles[other.rows[key]] if other and worked_out else profile(product))
        if new:
            places = np.empty(len(products), dtype=np.int64)
            places[ordered] = np.arange(len(ordered))
        for key in gone:
            row, last = rows.pop(key), len(products) - 1
            drop(row)
            dirty.discard(last)
            if row != last:
                drop(last)
                put(row, products[last], profiles[last])
                places[row] = places[last]
            products.pop()
            profiles.pop()
        made.products, made.profiles, made.rows, made.place = (
            tuple(products),
            tuple(profiles),
            rows,
            places[: len(rows)],
        )
        made.postings = self._posted(touched)
        self._written(made, np.array(sorted(dirty), dtype=np.int64))
        return made

    def _posted(self, touched: dict[str, dict[int, bool]]) -> dict[str, Ints]:
        postings, nothing = dict(self.postings), np.empty(0, dtype=np.int64)
        for word, steps in touched.items():
            held = postings.get(word, nothing)
            for row, has in steps.items():
                at = int(np.searchsorted(held, row))
                had = at < len(held) and held[at] == row
                if has and not had:
                    held = np.insert(held, at, row)
                elif had and not has:
                    held = np.delete(held, at)
            if len(held):
                postings[word] = held
            else:
                postings.pop(word, None)
        return postings

    def _written(self, made: "Catalogue", dirty: Ints) -> None:
        """The columns and factors of `made`, whose rows `dirty` are not what they were here."""
        pairs = [(made.products[row], made.profiles[row]) for row in dirty.tolist()]
        made._columns = {}
        for name, read in (WHOLE | DECIMAL).items():
            column = sized(self._columns[name], len(made))
            column[dirty] = [read(*pair) for pair in pairs]
            made._columns[name] = column
        for name, read in COMBINED.items():
            made._columns[name] = self._columns[name].with_rows(dirty, [read(*pair) for pair in pairs], len(made))
        factors = {}
        for names, (factor, codes) in list(self._factors.items()):
            if len(factor) <= STALE * len(made):  # else what is gone fills it: made anew when it is asked for
                factors[names] = factor.with_rows(codes, made._columns, dirty, len(made))
        made._ready(factors)

    def _add_name(self, name: str, row: int) -> None:
        name = name.lower()
        if len(name) < NAMED:
            return
        self.by_name[name] = (*self.by_name.get(name, ()), row)
        lengths = self.name_lengths.get(name[:NAMED], ())
        if len(name) not in lengths:
            self.name_lengths[name[:NAMED]] = tuple(sorted([*lengths, len(name)]))

    def _drop_name(self, name: str, row: int) -> None:
        name = name.lower()
        left = tuple(each for each in self.by_name.get(name, ()) if each != row)
        if left:
            self.by_name[name] = left
        else:
            self.by_name.pop(name, None)


def packed(mask: Bools) -> Array:
    """One bit for each row, in words of 64; the last are filled up with zeros."""
    found = np.packbits(mask)
    result = np.zeros(-(-len(mask) // 64), dtype=np.uint64)
    result.view(np.uint8)[: len(found)] = found
    result.flags.writeable = False
    return result


def unpacked(bits: Array, count: int) -> Bools:
    return np.unpackbits(bits.view(np.uint8), count=count).view(np.bool_)


def _order(product: ProductFacts) -> tuple[str, ...]:
    """What a product says, then whose it is; never what it is called."""
    return (
        product.kind,
        product.summary,
        product.audience,
        product.description,
        product.not_for,
        product.institution,
        _limits(product),
        str(product.key),
    )


def _limits(product: ProductFacts) -> str:
    """Everything else that it states, written out."""
    return repr(
        [
            value
            for field in ProductFacts.__dataclass_fields__
            if field not in {"key", "name"} and (value := getattr(product, field)) not in (None, (), "")
        ]
    )
