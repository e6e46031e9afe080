"""Few distinct values make a whole catalogue cheap.

A rule or a term reads a few columns. Over 10,000 products these hold some hundred distinct combinations (`Factor`), so it is
worked out for those, kept by what the need says, and spread over the rows when it is asked for.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .columns import Columns, Combinations, Ints, sized
from .facts import NeedFacts

Array = npt.NDArray[Any]


class Kept:
    """What has been worked out, by key: about `limit` bytes, twice that at most.

    Two generations in place of a list of uses: what was not asked for while the younger one filled up is dropped with the
    older. Threads may share it: at worst something is worked out twice.
    """

    EACH = 200  # what one entry costs besides its array

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._young: dict[Any, Array] = {}
        self._old: dict[Any, Array] = {}
        self._size = 0

    def get(self, key: Any) -> Array | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Any, value: Array) -> Array:
        if self._size > self.limit:
            self._old, self._young, self._size = self._young, {}, 0
        self._young[key] = value
        self._size += value.nbytes + self.EACH
        return value

    @property
    def size(self) -> int:
        return sum(each.nbytes + self.EACH for kept in (self._young, self._old) for each in list(kept.values()))


class Part:
    """A rule or a term: what it reads of the need (`asks`) and of products (`columns`), and how it is worked out.

    While it is worked out it sees nothing else of either, so that what is kept can never depend on something undeclared.
    """

    def __init__(
        self, name: str, over: Callable[[NeedFacts, Any], Array], asks: tuple[str, ...], columns: tuple[str, ...]
    ) -> None:
        self.name, self.over, self.asks, self.columns = name, over, asks, columns
        plain = tuple(field for field in asks if field != "traits")
        self._plain: Callable[[NeedFacts], Any] = attrgetter(*plain) if plain else lambda need: ()
        self._by_traits = "traits" in asks

    def key(self, need: NeedFacts, traits: frozenset) -> Any:
        """All that it depends on of the need; `traits` are those of the need."""
        said = self._plain(need)
        return (self, said, traits) if self._by_traits else (self, said)

    def work_out(self, need: NeedFacts, columns: Columns) -> Array:
        found = self.over(_only(need, self.asks), columns)
        found.flags.writeable = False
        return found


class _Only:
    """A need that shows a few of its fields; asking for another is an AttributeError."""

    __slots__ = tuple(NeedFacts.__dataclass_fields__)


def _only(need: NeedFacts, fields: tuple[str, ...]) -> NeedFacts:
    shown = _Only()
    for field in fields:
        setattr(shown, field, getattr(need, field))
    return cast(NeedFacts, shown)


class Factor(Columns):
    """The distinct combinations of some columns. Immutable: a new combination makes a new factor."""

    LIMIT = 2_000_000  # bytes kept of what has been worked out, for each factor

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns
        self.__dict__.update(columns)
        self._length = len(next(iter(columns.values())))
        self.kept = Kept(self.LIMIT)

    def __len__(self) -> int:
        return self._length

    @classmethod
    def of(cls, columns: dict[str, Any]) -> "tuple[Factor, Ints]":
        """The distinct combinations of the rows of `columns`, and which of them each row has."""
        codes: Ints = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
        for column in columns.values():
            raw = column.rows if isinstance(column, Combinations) else column
            _values, places = np.unique(raw, return_inverse=True)
            # counted anew each time, so that they stay below the number of rows
            _values, codes = np.unique(codes * (len(_values) + 1) + places, return_inverse=True)
        _values, first, codes = np.unique(codes, return_index=True, return_inverse=True)
        return cls({name: _at(column, first) for name, column in columns.items()}), codes.astype(np.int64)

    def with_rows(self, codes: Ints, columns: dict[str, Any], rows: Ints, length: int) -> "tuple[Factor, Ints]":
        """After a change of `rows` of the catalogue whose columns are `columns` now and `length` long."""
        codes, factor = sized(codes, length), self
        for row in rows.tolist():
            same = np.ones(len(factor), dtype=np.bool_)
            for name, own in factor.columns.items():
                column = columns[name]
                if isinstance(own, Combinations):
                    # both count the same values in the same order, the catalogue's perhaps some more
                    same &= own.rows == column.rows[row]
                else:
                    value = column[row]
                    same &= np.isnan(own) if value != value else own == value  # noqa: PLR0124 - NaN
            found = np.flatnonzero(same)
            if not len(found):
                factor = factor._with(columns, row)
                found = np.array([len(factor) - 1])
            codes[row] = found[0]
        return factor, codes

    def _with(self, columns: dict[str, Any], row: int) -> "Factor":
        one = np.array([row])
        longer: dict[str, Any] = {}
        for name, own in self.columns.items():
            if isinstance(own, Combinations):
                column = columns[name]
                longer[name] = Combinations._made(
                    np.concatenate([own.rows, column.rows[one]]), column.places, column.values
                )
            else:
                longer[name] = np.concatenate([own, columns[name][one]])
        return Factor(longer)


def _at(column: Any, rows: Ints) -> Any:
    return column.at(rows) if isinstance(column, Combinations) else column[rows]
