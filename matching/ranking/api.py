"""`rank`: the one entry of the ranking; `rank_many` for many needs at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .catalogue import Catalogue, Floats, Ints
from .facts import NeedFacts, ProductFacts
from .question import question_of
from .reasons import result_of
from .result import Nearly, Ranking
from .rules import RULES, Rule, change, traits_repairable
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
    """Products that exactly one repairable rule keeps out; what the firm can change itself first, then the best."""
    found: list[tuple[int, float, Rule]] = []
    for in_firms_hands in (True, False):
        if len(found) >= NEARLY:
            break
        rules = [rule for rule in RULES if rule.repairable and rule.in_firms_hands is in_firms_hands]
        rows_of = [_repairable_rows(scan, rule) for rule in rules]
        rows = np.concatenate(rows_of)  # one rule each, so no row twice
        if len(rows):
            of_row = np.zeros(len(scan.catalogue), dtype=np.int64)
            for number, some in enumerate(rows_of):
                of_row[some] = number
            kept, scores = best(rows, scan.scores(rows), scan.catalogue.place, NEARLY)
            found += [
                (row, score, rules[of_row[row]]) for row, score in zip(kept.tolist(), scores.tolist(), strict=True)
            ]
    return tuple(
        Nearly(
            scan.catalogue.products[row],
            rule.name,
            change(rule.name, scan.need, scan.catalogue.products[row], scan.catalogue.profiles[row]),
            rule.in_firms_hands,
            score,
        )
        for row, score, rule in found[:NEARLY]
    )


def _repairable_rows(scan: Scan, rule: Rule) -> Ints:
    rows = scan.failing_only(rule.name)
    if rule.name == "traits" and len(rows):  # some are those of a firm for good
        able = [traits_repairable(scan.need, groups) for groups in scan.catalogue.traits.values]
        rows = rows[np.array(able)[scan.catalogue.traits.rows[rows]]]
    return rows
