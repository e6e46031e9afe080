"""`rank`: the one entry of the ranking; `rank_many` for many needs at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .catalogue import Catalogue, Floats, Ints
from .facts import NeedFacts, ProductFacts
from .question import question_of
from .reasons import result_of
from .result import Nearly, Ranking
from .rules import BY_NAME, RULES, change, traits_repairable
from .scan import NOTHING, Scan, best
from .weights import Weights

NEARLY = 5


def rank(
    need: NeedFacts,
    catalogue: Catalogue,
    weights: Weights | None = None,
    limit: int = 10,
    *,
    extra: Mapping[str, Floats] | None = None,
    asking: bool = True,
) -> Ranking:
    """The best `limit` products that no hard rule rules out, best first; the same input gives the same order.

    `extra`: further terms of the score, each with the value of every product. `asking`: whether the one question is sought.
    """
    weights = weights or Weights.default()
    if not len(catalogue) or limit < 1:
        return Ranking((), considered=len(catalogue), weights_version=weights.version)
    return _ranking(Scan(need, catalogue, weights, extra), limit, asking=asking)


def _ranking(scan: Scan, limit: int, *, asking: bool) -> Ranking:
    rows, scores = scan.top(limit)
    values = scan.values(rows)
    return Ranking(
        tuple(
            result_of(
                scan.need,
                scan.catalogue,
                int(row),
                float(scores[number]),
                {name: float(column[number]) for name, column in values.items()},
                scan.weights,
            )
            for number, row in enumerate(rows)
        ),
        nearly=_nearly(scan),
        question=question_of(scan, rows) if asking else None,
        considered=len(scan.catalogue),
        weights_version=scan.weights.version,
    )


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What fits one of many needs, best first, as `rank` orders it; reasons are worked out when they are asked for."""

    scan: Scan
    rows: Ints
    scores: Floats
    limit: int

    @property
    def need(self) -> NeedFacts:
        return self.scan.need

    @property
    def products(self) -> list[ProductFacts]:
        return [self.scan.catalogue.products[row] for row in self.rows.tolist()]

    def ranking(self, *, asking: bool = False) -> Ranking:
        """The same with its words; with `asking` it is what `rank` returns."""
        return _ranking(self.scan, self.limit, asking=asking)


def rank_many(
    needs: Iterable[NeedFacts], catalogue: Catalogue, weights: Weights | None = None, limit: int = 10
) -> Iterator[Shortlist]:
    """One shortlist for each need, in their order; reads `needs` one by one and keeps none."""
    weights = weights or Weights.default()
    for need in needs:
        scan = Scan(need, catalogue, weights)
        rows, scores = scan.top(limit) if len(catalogue) and limit > 0 else (NOTHING, np.empty(0))
        yield Shortlist(scan, rows, scores, limit)


def _nearly(scan: Scan) -> tuple[Nearly, ...]:
    """Products that exactly one repairable rule keeps out; what the firm can change itself first."""
    need, catalogue = scan.need, scan.catalogue
    found: list[tuple[bool, float, int, int, str]] = []
    for rule in RULES:
        rows = scan.failing_only(rule.name) if rule.repairable else NOTHING
        if rule.name == "traits" and len(rows):  # some are those of a firm for good
            able = [traits_repairable(need, groups) for groups in catalogue.traits.values]
            rows = rows[np.array(able)[catalogue.traits.rows[rows]]]
        if not len(rows):
            continue
        for row, score in zip(*best(rows, scan.scores(rows), catalogue.place, NEARLY), strict=True):
            found.append((not rule.in_firms_hands, -float(score), int(catalogue.place[row]), int(row), rule.name))
    return tuple(
        Nearly(
            catalogue.products[row],
            name,
            change(name, need, catalogue.products[row], catalogue.profiles[row]),
            BY_NAME[name].in_firms_hands,
            -minus,
        )
        for _hands, minus, _place, row, name in sorted(found)[:NEARLY]
    )
