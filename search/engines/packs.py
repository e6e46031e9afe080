"""Candidates as numbers: what ranking reads of many documents at once, kept in memory from one question to the next.

A token is a number, a document its tokens' numbers field after field. Nothing here is changed once it is made, but for the
table of numbers, which only grows.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ..analysis import Query, Term
from .base import Candidate

FIELDS = ("title", "grams", "pinyin", "keywords", "body")
TITLE, GRAMS, PINYIN, KEYWORDS, BODY = range(len(FIELDS))
OVERHEAD = 500  # bytes of one document besides its texts and numbers


@dataclass(frozen=True, slots=True)
class Packed:
    """`names`, `body`: int32 numbers of the tokens of the first four fields, and of the last. `fields`: how many each of
    them has, as int32."""

    id: int
    name: str
    pinyin: str
    lengths: tuple[int, int]
    names: bytes
    body: bytes
    fields: bytes

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.names) + len(self.body) + len(self.pinyin)


class Numbers(defaultdict[str, int]):
    """Token → its number, given out when first asked for with [] (one step of the interpreter, so threads share it)."""

    def __init__(self) -> None:
        super().__init__(count().__next__)

    def pack(self, candidate: Candidate) -> Packed:
        fields = [getattr(candidate, name).split() for name in FIELDS]
        number = self.__getitem__
        return Packed(
            candidate.id,
            candidate.name,
            candidate.pinyin,
            candidate.lengths,
            array("i", map(number, chain.from_iterable(fields[:BODY]))).tobytes(),
            array("i", map(number, fields[BODY])).tobytes(),
            array("i", map(len, fields)).tobytes(),
        )


class Packs(Sequence[Candidate]):
    """Candidates that may also be ranked together. As single ones they are read only when somebody asks for them so."""

    def __init__(
        self, records: list[Packed], numbers: Numbers, read: Callable[[Sequence[int]], Iterable[Candidate]]
    ) -> None:
        self.records = records
        self.numbers = numbers
        self._read = read
        self._single: tuple[Candidate, ...] | None = None

    def take(self, places: Iterable[int]) -> "Packs":
        return Packs([self.records[place] for place in places], self.numbers, self._read)

    @property
    def single(self) -> tuple[Candidate, ...]:
        if self._single is None:
            self._single = tuple(self._read([record.id for record in self.records]))
        return self._single

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.single)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        return self.single[place]

    def hits(self, terms: Sequence[Term]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the whole-word ones among `terms` stand: for each occurrence the place of the term, and the document's
        place times the number of fields plus the field. As `str.count` has it, of two neighbours alike one counts."""
        stream = self._wanted(terms)[
            np.frombuffer(b"".join([text for record in self.records for text in (record.names, record.body)]), np.int32)
        ]
        found = np.flatnonzero(stream)
        term = stream[found].astype(np.intp) - 1
        cell = np.searchsorted(np.cumsum(self._fields()), found, side="right")
        again = (found[1:] - found[:-1] == 1) & (term[1:] == term[:-1]) & (cell[1:] == cell[:-1])
        if again.any():
            again = np.concatenate([[False], again])
            order = np.arange(len(found))
            kept = (order - np.maximum.accumulate(np.where(again, 0, order))) % 2 == 0
            term, cell = term[kept], cell[kept]
        return term, cell

    def _wanted(self, terms: Sequence[Term]) -> NDArray[np.int16]:
        """For each number of a token, the place of its term plus 1, or 0."""
        numbers = [(place, self.numbers.get(term.text)) for place, term in enumerate(terms) if not term.prefix]
        wanted = np.zeros(len(self.numbers), dtype=np.int16)
        for place, number in numbers:
            if number is not None:
                wanted[number] = place + 1
        return wanted

    def _fields(self) -> NDArray[np.int32]:
        return np.frombuffer(b"".join([record.fields for record in self.records]), dtype=np.int32)

    def reading(self, prefix: str) -> NDArray[np.bool_]:
        """For each document, whether a reading of its title begins so."""
        text = f" {prefix}"
        return np.array([text in record.pinyin for record in self.records], dtype=np.bool_)

    def groups(self, asked: "Asked", *, body: bool) -> NDArray[np.bool_]:
        """For each group of a query and each document, whether it matches; without the texts of `body`, unless told."""
        if body:
            term, cell = self.hits(asked.terms)
            document = cell // len(FIELDS)
        else:
            texts = b"".join([record.names for record in self.records])
            stream = self._wanted(asked.terms)[np.frombuffer(texts, np.int32)]
            found = np.flatnonzero(stream)
            term = stream[found].astype(np.intp) - 1
            ends = np.cumsum(self._fields().reshape(-1, len(FIELDS))[:, :BODY].sum(axis=1))
            document = np.searchsorted(ends, found, side="right")
        holds = np.zeros((len(asked.terms), len(self)), dtype=np.bool_)
        holds[term, document] = True
        for place in asked.prefixes:
            holds[place] = self.reading(asked.terms[place].text)
        absent = set(np.flatnonzero(~holds.any(axis=1)).tolist())
        result = np.zeros((len(asked.groups), len(self)), dtype=np.bool_)
        for number, alternatives in enumerate(asked.groups):
            for places in alternatives:
                if absent.isdisjoint(places):
                    result[number] |= holds[places[0]] if len(places) == 1 else holds[list(places)].all(axis=0)
        return result


class Asked:
    """A query's groups as places among its terms."""

    def __init__(self, query: Query) -> None:
        self.terms = query.terms
        place = {term: number for number, term in enumerate(self.terms)}
        self.prefixes = [number for number, term in enumerate(self.terms) if term.prefix]
        self.groups = [
            list(dict.fromkeys(tuple(place[term] for term in each.terms) for each in group.alternatives))
            for group in query.groups
        ]
