"""What other weights would change: the first three of each need under both, added up over many needs and groups of firms.

The three are those of `rank`, so what is counted is what people would see. No group of fewer than `FEWEST` enterprises
is told: small ones are put together, with the next larger one where that is still too few."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .api import rank
from .catalogue import Catalogue
from .facts import NeedFacts
from .weights import Weights

TOP = 3
FEWEST = 5  # enterprises in a group that is told
EXAMPLES = 12
REST = "rest"


@dataclass(frozen=True, slots=True)
class Shown:
    """The first three of one need under one set of weights: keys and names in order, the first one's score."""

    keys: tuple[Any, ...]
    names: tuple[str, ...]
    score: float | None
    fits: bool  # one of them misses no wish

    @property
    def first(self) -> Any:
        return self.keys[0] if self.keys else None

    @property
    def first_name(self) -> str:
        return self.names[0] if self.names else ""


@dataclass(frozen=True, slots=True)
class Change:
    before: Shown
    after: Shown

    @property
    def is_first(self) -> bool:
        """Whether another product comes first."""
        return self.before.first != self.after.first

    @property
    def is_top(self) -> bool:
        """Whether other products are among the three, in whatever order."""
        return set(self.before.keys) != set(self.after.keys)


def shown(need: NeedFacts, catalogue: Catalogue, weights: Weights) -> Shown:
    results = rank(need, catalogue, weights, TOP, asking=False).results
    return Shown(
        tuple(each.product.key for each in results),
        tuple(each.product.name for each in results),
        results[0].score if results else None,
        any(not each.fails for each in results),
    )


def compare(need: NeedFacts, catalogue: Catalogue, before: Weights, after: Weights) -> Change:
    return Change(shown(need, catalogue, before), shown(need, catalogue, after))


@dataclass(slots=True)
class Group:
    """Needs of one kind of enterprise."""

    firms: set[Hashable] = field(default_factory=set)
    needs: int = 0
    fits: list[int] = field(default_factory=lambda: [0, 0])  # before, after
    scores: list[float] = field(default_factory=lambda: [0.0, 0.0])
    scored: list[int] = field(default_factory=lambda: [0, 0])
    first: int = 0

    def add(self, firm: Hashable, change: Change) -> None:
        self.firms.add(firm)
        self.needs += 1
        self.first += change.is_first
        for place, each in enumerate((change.before, change.after)):
            self.fits[place] += each.fits
            if each.score is not None:
                self.scores[place] += each.score
                self.scored[place] += 1

    def take_in(self, other: "Group") -> None:
        self.firms |= other.firms
        self.needs += other.needs
        self.first += other.first
        for place in (0, 1):
            self.fits[place] += other.fits[place]
            self.scores[place] += other.scores[place]
            self.scored[place] += other.scored[place]

    def told(self, code: str) -> dict[str, Any]:
        mean = [
            None if not count else round(total / count, 4)
            for total, count in zip(self.scores, self.scored, strict=True)
        ]
        return {
            "code": code,
            "firms": len(self.firms),
            "needs": self.needs,
            "fits": [round(100 * each / self.needs, 1) for each in self.fits],
            "scores": mean,
            "first": round(100 * self.first / self.needs, 1),
        }


class Tally:
    """Adds changes up. `result` is plain data; groups come by dimension, largest first."""

    def __init__(self) -> None:
        self.all = Group()
        self.top = 0
        self.firsts: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        self.names: dict[Any, str] = {}
        self.examples: list[dict[str, Any]] = []
        self.groups: dict[str, dict[str, Group]] = defaultdict(lambda: defaultdict(Group))

    def add(self, ref: Any, firm: Hashable, groups: Mapping[str, str], change: Change) -> None:
        """`ref` finds the need again; `groups`: dimension → code of the group that this need's enterprise is in."""
        self.all.add(firm, change)
        self.top += change.is_top
        for place, each in enumerate((change.before, change.after)):
            if each.keys:
                self.firsts[each.first][place] += 1
                self.names[each.first] = each.first_name
        if change.is_first and len(self.examples) < EXAMPLES:
            self.examples.append({"need": ref, "before": change.before.first_name, "after": change.after.first_name})
        for dimension, code in groups.items():
            self.groups[dimension][code].add(firm, change)

    def result(self) -> dict[str, Any]:
        moved = [
            {"product": key, "name": self.names[key], "before": before, "after": after}
            for key, (before, after) in self.firsts.items()
            if before != after
        ]
        moved.sort(key=lambda row: (-abs(row["after"] - row["before"]), row["name"], str(row["product"])))
        return {
            "needs": self.all.needs,
            "firms": len(self.all.firms),
            "first": self.all.first,
            "top": self.top,
            "moved": moved,
            "examples": self.examples,
            "all": self.all.told("") if len(self.all.firms) >= FEWEST else None,
            "groups": {dimension: told_groups(found) for dimension, found in self.groups.items()},
        }


def told_groups(found: Mapping[str, Group]) -> list[dict[str, Any]]:
    """Those that may be told, largest first; the small ones together as `REST`, or not at all."""
    large = {code: each for code, each in found.items() if len(each.firms) >= FEWEST}
    small = [each for code, each in found.items() if code not in large]
    rest = Group()
    for each in small:
        rest.take_in(each)
    # Otherwise the few could be worked out as what is missing from the whole.
    while rest.needs and len(rest.firms) < FEWEST and large:
        smallest = min(large, key=lambda code: (len(large[code].firms), code))
        rest.take_in(large.pop(smallest))
    rows = [each.told(code) for code, each in sorted(large.items(), key=lambda row: (-row[1].needs, row[0]))]
    if rest.needs and len(rest.firms) >= FEWEST:
        rows.append(rest.told(REST))
    return rows
