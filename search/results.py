"""What reads of the index answer with; `queries` gives it."""

from dataclasses import dataclass, field
from typing import Any

from .analysis import Query
from .analysis.highlight import Mark
from .ranking import Scored


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: Any
    count: int
    selected: bool


@dataclass(frozen=True)
class FacetResult:
    name: str
    label: Any
    values: list[FacetValue]


@dataclass(frozen=True)
class Results:
    """`ids`: primary keys of this page in order. `total`: of all pages. `facets` in the order asked for, counted as if
    each facet's own filter were not set. `repairs`: (typed, meant) of typos that were searched for as well. `relaxed`:
    no document held everything that was asked for, these hold most of it. `scores` explains the ids of this page.
    `engine`: which one gave it. `near`: (kind, id) of documents that hold only part of it, best first; asked for with
    `nearly`, and there only beside fewer than ENOUGH results. Counts and facets know nothing of them. `pinned`: which of
    `ids` an editor put first; those that do not hold the words are counted in `total`, not in the facets. `counts`: as in
    Everything, asked for with `counting`."""

    kind: str
    ids: list[int]
    total: int
    facets: list[FacetResult] = field(default_factory=list)
    repairs: list[tuple[str, str]] = field(default_factory=list)
    relaxed: bool = False
    query: Query | None = None
    scores: list[Scored] = field(default_factory=list)
    best: float = 0.0
    engine: str = ""
    near: list[tuple[str, int]] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def facet(self, name: str) -> FacetResult:
        return next(each for each in self.facets if each.name == name)


@dataclass(frozen=True)
class Hit:
    """One result as it is shown. `title` and `summary` are pieces, some marked."""

    kind: str
    id: int
    url: str
    title: list[Mark]
    summary: list[Mark]
    snippet: list[Mark]
    meta: tuple[str, ...]


@dataclass(frozen=True)
class Everything:
    """Results of all kinds, best kind first; kinds without a result are left out. `counts` has every kind that holds
    one, even when only some were asked for. `near`: as in Results, of all kinds."""

    groups: list[Results]
    counts: dict[str, int]
    repairs: list[tuple[str, str]]
    relaxed: bool
    query: Query | None
    near: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())
