"""The order of `ranking` for many packed candidates at once: the same sums in the same order, so the same numbers to the last bit.

`ranking` says what a score is; this says it of two hundred documents in the time that it takes there for ten.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from .analysis import Query
from .engines import Candidate
from .engines.packs import BODY, FIELDS, GRAMS, KEYWORDS, PINYIN, TITLE, Packed, Packs
from .ranking import SATURATION, WEIGHTS, Scored, _Scorer
from .ranking import rank as rank_singly
from .statistics import Frequencies

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """Some places of an order. `best`: the score of its very first."""

    page: list[Scored]
    best: float


def rank(query: Query, candidates: Sequence[Candidate], known: Frequencies, start: int, stop: int) -> Ranked:
    """Places `start` to `stop` of the order in which `ranking.rank` puts them."""
    if not candidates:
        return Ranked([], 0.0)
    if not isinstance(candidates, Packs):
        ranked = rank_singly(query, candidates, known)
        return Ranked(ranked[start:stop], ranked[0].score)
    scorer = _Scorer(query, known)
    coverage, total = _total(scorer, _points(scorer, query, candidates), len(candidates))
    names = _names(scorer, candidates.records)
    scores = [round(score, 4) for score in (total * coverage * coverage + np.array(names)).tolist()]
    ids = [record.id for record in candidates.records]
    order = np.lexsort((-np.array(ids), -np.array(scores))).tolist()
    page = [Scored(ids[place], scores[place], float(coverage[place]), names[place]) for place in order[start:stop]]
    return Ranked(page, scores[order[0]])


def _names(scorer: _Scorer, records: Sequence[Packed]) -> list[float]:
    """What each document's name adds. Most share nothing with what was asked for, which one look at all of them tells."""
    names = [record.name for record in records]
    text = "\n".join(names)
    lengths = [len(name) + 1 for name in names]
    starts = list(accumulate(lengths, initial=0))
    shortest = min(lengths) - 1
    asked = [each for each in scorer.names if each]
    touched: set[int] = set()
    for part in {*scorer.triples, *asked}:
        found = text.find(part)
        while found >= 0:
            place = bisect_right(starts, found) - 1
            touched.add(place)
            found = text.find(part, starts[place + 1])
    for each in asked:
        if len(each) >= shortest:
            touched.update([place for place, name in enumerate(names) if name in each])
    for sound in scorer.sounds:
        touched.update([place for place, record in enumerate(records) if sound in record.pinyin])
    bonus = [0.0] * len(names)
    for place in touched:
        bonus[place] = scorer._name(records[place])  # type: ignore[arg-type]
    return bonus


def _points(scorer: _Scorer, query: Query, packs: Packs) -> dict[int, Floats]:
    """Place of a term → BM25F of each document; terms that none holds are left out."""
    term, cell = packs.hits(query.terms)
    present, row = np.unique(term, return_inverse=True)
    shape = (len(present), len(packs), len(FIELDS))
    cells = np.bincount(row * (shape[1] * shape[2]) + cell, minlength=shape[0] * shape[1] * shape[2])
    counts = np.ascontiguousarray(cells.reshape(shape).transpose(2, 0, 1))
    lengths = np.array([record.lengths for record in packs.records], dtype=np.float64)
    keywords, body = (
        level + slope * lengths[:, place] / mean for place, (level, slope, mean) in enumerate(scorer.slopes)
    )
    places = present.tolist()
    idf, is_gram, is_sound = (
        np.array([scorer.terms[place][part] for place in places], dtype=np.float64)[:, None] for part in (2, 3, 4)
    )
    weight = WEIGHTS["title"] * counts[TITLE]
    weight += WEIGHTS["grams"] * is_gram * counts[GRAMS]
    weight += WEIGHTS["pinyin"] * is_sound * counts[PINYIN]
    weight += WEIGHTS["keywords"] * counts[KEYWORDS] / keywords
    weight += WEIGHTS["body"] * counts[BODY] / body
    points = dict(zip(places, idf * weight / (weight + SATURATION), strict=True))
    for place in scorer.prefixes:
        held = packs.reading(query.terms[place].text)
        if held.any():
            points[place] = held * (scorer.terms[place][2] * WEIGHTS["pinyin"] / (WEIGHTS["pinyin"] + SATURATION))
    return points


def _total(scorer: _Scorer, points: dict[int, Floats], length: int) -> tuple[Floats, Floats]:
    """(coverage, sum of what the groups bring) of each document."""
    total, covered = np.zeros(length), np.zeros(length)
    for _typed, worth, alternatives in scorer.groups:
        best = None
        for places, weight, _why in alternatives:
            if any(place not in points for place in places):
                continue
            value = points[places[0]]
            if len(places) > 1:
                alive = value > 0
                for place in places[1:]:
                    value = value + points[place]
                    alive &= points[place] > 0
                value = np.where(alive, value, 0.0)
            value = value * (weight / len(places))
            best = value if best is None else np.maximum(best, value)
        if best is not None:
            total += best
            covered += np.where(best > 0, worth, 0.0)
    return covered / scorer.total, total
