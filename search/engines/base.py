"""The contract between search and an engine: the engine answers *which* documents match, never in which order of worth.

`Ask` goes in, `Match` comes out; scores are made in `search.ranking` from the tokens of the candidates, alike for all
engines. tests/contract/ runs one suite over every engine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from ..analysis import DocumentTokens, Query
from ..analysis.normalise import form

CANDIDATES = 200  # how many documents are ranked; those after them come in static order (newest id first)


@dataclass(slots=True)  # not frozen, which makes it three times slower to make; nobody changes one
class Entry:
    """One document, analysed, as an engine keeps it. Times are POSIX seconds, None is open or unknown.

    `version` orders writes of one document: an engine refuses a lower one than it holds. `fingerprint` tells whether
    the document still says what the database says. `keys` are what suggestions are looked up by.
    """

    kind: str
    id: int
    version: int
    fingerprint: str
    title: str
    summary: str
    url: str
    meta: tuple[str, ...]
    body: tuple[str, ...]
    tokens: DocumentTokens
    keys: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]
    ranges: Mapping[str, float | None]
    visibility: tuple[str, ...]
    since: float | None = None
    until: float | None = None
    date: float | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """`minimum`: how many of the query's groups must match (None or more than there are: all). `filters`: any of the values of each facet.
    `ranges`: name → (low, high, unknown passes), bounds inclusive. `order`: (range name or "date", descending); None is
    by worth with a query and static order without. `spread`: in such an order, a facet whose values take turns. `skip`, `take` cut the ordered ids (without a query, or with
    `order`) or the ids that follow the candidates. `counting`: only the total and the facets are wanted."""

    kind: str
    query: Query | None
    visibility: frozenset[str]
    now: float
    minimum: int | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None, bool]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    order: tuple[str, bool] | None = None
    spread: str = ""
    skip: int = 0
    take: int = 20
    counting: bool = False


def joined(tokens: Iterable[str]) -> str:
    return f" {' '.join(tokens)} "


def name_of(title: str) -> str:
    return " ".join(form(title).split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranking sees of a document: its name in normal form and its tokens per field, each between spaces."""

    id: int
    name: str
    title: str
    grams: str
    pinyin: str
    keywords: str
    body: str
    lengths: tuple[int, int]  # tokens in keywords, in body

    @classmethod
    def of(cls, entry: Entry) -> "Candidate":
        tokens = entry.tokens
        return cls(
            entry.id, name_of(entry.title), joined(tokens.title), joined(tokens.grams), joined(tokens.pinyin),
            joined(tokens.keywords), joined(tokens.body), (len(tokens.keywords), len(tokens.body)),
        )  # fmt: skip

    @property
    def everything(self) -> str:
        return self.title + self.grams + self.pinyin + self.keywords + self.body


@dataclass(frozen=True, slots=True)
class Match:
    """`ids` are the page asked for, or what follows the candidates. `facets` count drill-sideways: each as if its own
    filter were not set."""

    total: int
    ids: tuple[int, ...]
    candidates: Sequence[Candidate]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`best`: the most groups that any one document matches. `groups`: for each group, whether any document does."""

    best: int
    groups: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a result shows, without going to the database."""

    kind: str
    id: int
    title: str
    summary: str
    url: str
    meta: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: str
    id: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Held:
    """What an engine holds of a document, to be compared with the database."""

    id: int
    version: int
    fingerprint: str


class Engine(Protocol):
    """Implementations: `embedded`, `elastic`. What was written is seen by whoever asks after `write` or `delete` returned."""

    name: str

    @property
    def inline(self) -> bool:
        """Writes are part of the database's own transactions: made by the process that made the change."""

    def create(self, kinds: Iterable[str]) -> None:
        """Makes room for kinds ahead of the first document."""

    def write(self, entries: Iterable[Entry]) -> int:
        """Puts documents, older versions than those held ignored; how many were written."""

    def delete(self, kind: str, versions: Mapping[int, int]) -> None:
        """Takes documents out unless a newer version than the one named (id → version) is held."""

    def transaction(self) -> AbstractContextManager[object]:
        """Where an engine can (`embedded`), writes inside are one, and nobody else writes meanwhile."""

    def clear(self, kind: str) -> None: ...

    def match(self, ask: Ask) -> Match: ...

    def matches(self, asks: Sequence[Ask]) -> list[Match]:
        """Several at once."""

    def coverage(self, ask: Ask) -> Coverage:
        """How much of `ask.query` documents match, filters applied."""

    def coverages(self, asks: Sequence[Ask]) -> list[Coverage]: ...

    def stored(self, kind: str, ids: Iterable[int]) -> dict[int, Stored]: ...

    def suggest(
        self, prefix: str, kinds: Iterable[str], visibility: frozenset[str], now: float, limit: int
    ) -> list[Suggestion]:
        """Names that begin with `prefix` first, then in the order of `kinds`, then the shorter ones."""

    def names(self, kinds: Iterable[str]) -> tuple[str, list[str]]:
        """A mark that changes with them, and the titles (normal form) of public documents of these kinds that have begun
        to be open."""

    def held(self, kind: str) -> Iterator[Held]: ...

    def count(self, kind: str) -> int: ...

    def frequencies(self, kind: str, limit: int) -> tuple[int, dict[str, float], dict[str, int]]:
        """Documents, mean length per field, and in how many documents each of the `limit` commonest tokens stands."""

    def get_mark(self, name: str) -> str: ...

    def set_mark(self, name: str, value: str) -> None:
        """A small note kept with the index (the vocabulary it was built with, how far it has followed the outbox)."""
