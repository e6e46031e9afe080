"""One need over the whole catalogue, in numbers: what fits, what nearly does, how well. No words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from .catalogue import Catalogue, Floats, Ints, unpacked
from .factors import Array
from .facts import NeedFacts
from .rules import RULES
from .scoring import DIGITS, PARTS, TERMS, Heard, hear, text
from .weights import Weights

VARIANTS_AT_TOP = 2  # of one institution and one make
CLOSE = 0.92  # what stands in for a further variant must reach this share of its score
WIDER = 3  # times as many looked at as are shown, so that variants can give way
NOTHING: Ints = np.empty(0, dtype=np.int64)
COUNTED = tuple(name for name in TERMS if name in PARTS)


class Scan:
    """`extra`: further terms of the score with the value of every product, for sites that add one."""

    def __init__(
        self,
        need: NeedFacts,
        catalogue: Catalogue,
        weights: Weights,
        extra: Mapping[str, Floats] | None = None,
    ) -> None:
        self.need, self.catalogue, self.weights, self.extra = need, catalogue, weights, extra or {}
        self.traits = frozenset(need.traits.items())

    @cached_property
    def failing(self) -> dict[str, Array]:
        """Rule → the rows that it rules out, one bit each."""
        catalogue, need, traits = self.catalogue, self.need, self.traits
        return {rule.name: catalogue.failing(rule.part, need, traits) for rule in RULES}

    @cached_property
    def fitting(self) -> Ints:
        """The rows that no rule rules out."""
        masks = iter(self.failing.values())
        out = next(masks).copy()
        for mask in masks:
            np.bitwise_or(out, mask, out=out)
        return rows_of(~out, len(self.catalogue))

    @cached_property
    def _once(self) -> Array:
        """The rows that exactly one rule rules out, one bit each."""
        masks = self.failing.values()
        once = np.zeros_like(next(iter(masks)))
        twice = once.copy()
        for mask in masks:
            twice |= once & mask
            once |= mask
        return once & ~twice

    def failing_only(self, rule: str) -> Ints:
        """The rows that this rule alone rules out."""
        found = self.failing[rule] & self._once
        return rows_of(found, len(self.catalogue)) if found.any() else NOTHING

    @cached_property
    def _weighted(self) -> tuple[Floats, Ints]:
        """What each counted term adds for each distinct combination of its columns, one after another, and where to look."""
        weigh = self.weights.terms
        tables = [self.catalogue.table(PARTS[name], self.need, self.traits)[0] for name in COUNTED]
        weighted = np.concatenate([weigh.get(name, 0.0) * table for name, table in zip(COUNTED, tables, strict=True)])
        return weighted, self.catalogue.stacked(tuple(PARTS[name].columns for name in COUNTED))

    def values(self, rows: Ints) -> dict[str, Floats]:
        """Term → its value for each of `rows`."""
        found = {}
        for name in COUNTED:
            table, codes = self.catalogue.table(PARTS[name], self.need, self.traits)
            found[name] = table[codes[rows]]
        found["text"] = self.text(rows)
        return found | {name: column[rows] for name, column in self.extra.items()}

    def text(self, rows: Ints) -> Floats:
        return text(self.need, self.catalogue, rows, self._heard)

    @cached_property
    def _heard(self) -> Heard:
        return hear(self.need, self.catalogue)

    def answered(self, **fields: Any) -> "Scan":
        """The same need with something more known; not its text."""
        other = Scan(replace(self.need, **fields), self.catalogue, self.weights, self.extra)
        other.__dict__["_heard"] = self._heard
        return other

    def scores(self, rows: Ints) -> Floats:
        """The score of each of `rows`: exactly what `scoring.score` makes of `scoring.terms`."""
        weigh = self.weights.terms
        weighted, codes = self._weighted
        found = weighted.take(codes.take(rows, axis=1))
        result = found[0]
        for line in found[1:]:  # one term after another, as `score` adds them
            result += line
        result += weigh.get("text", 0.0) * self.text(rows)
        for name, column in self.extra.items():
            result += weigh.get(name, 0.0) * column[rows]
        result /= sum(weigh.get(name, 0.0) for name in [*COUNTED, "text", *self.extra]) or 1.0
        return np.round(result, DIGITS)

    def top(self, limit: int) -> tuple[Ints, Floats]:
        """The best `limit` rows that fit, variants of one make spread out, with their scores."""
        rows = self.fitting
        scores = self.scores(rows)
        count = limit * WIDER
        while True:
            some, their = best(rows, scores, self.catalogue.place, count)
            picked = diverse(their, self.catalogue.make.rows[some], limit, whole=len(some) == len(rows))
            if picked is not None:
                return some[picked], their[picked]
            count *= 8


def rows_of(bits: Array, count: int) -> Ints:
    return np.flatnonzero(unpacked(bits, count))


def best(rows: Ints, scores: Floats, place: Ints, count: int) -> tuple[Ints, Floats]:
    """The best `count` rows with their scores; of equal ones the first by `place`."""
    if len(rows) > count:
        edge = np.partition(scores, len(rows) - count)[len(rows) - count]
        near = np.flatnonzero(scores >= edge)
        rows, scores = rows[near], scores[near]
    order = np.lexsort((place[rows], -scores))[:count]
    return rows[order], scores[order]


def diverse(scores: Floats, makes: Ints, limit: int, *, whole: bool) -> list[int] | None:
    """Which of these, best first, are shown: of one make no more than two before others that are nearly as good.

    None: more must be looked at to tell, for these are not the `whole`."""
    makes_, scores_ = makes.tolist(), scores.tolist()
    first = makes_[:limit]
    if len(first) == limit and all(first.count(make) <= VARIANTS_AT_TOP for make in set(first)):
        return list(range(limit))
    kept: list[int] = []
    of_make: Counter[int] = Counter()
    waiting: list[int] = []
    for number, make in enumerate(makes_):
        if of_make[make] < limit:  # no more of one make can be shown
            of_make[make] += 1
            waiting.append(number)
    seen: Counter[int] = Counter()
    while waiting and len(kept) < limit:
        pick = waiting[0]
        if seen[makes_[pick]] >= VARIANTS_AT_TOP:
            enough = CLOSE * scores_[pick]
            for other in waiting:
                if scores_[other] < enough:
                    break
                if seen[makes_[other]] < VARIANTS_AT_TOP:
                    pick = other
                    break
            else:
                if not whole:
                    return None
        waiting.remove(pick)
        kept.append(pick)
        seen[makes_[pick]] += 1
    if len(kept) < limit and not whole:
        return None
    return kept
