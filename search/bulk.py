"""The order of `ranking` for many packed candidates at once: the same sums in the same order, so the same numbers to the last bit.

`ranking` says what a score is; this says it of two hundred documents in the time that it takes there for ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .analysis import Query
from .engines import Candidate
from .engines.packs import BODY, FIELDS, GRAMS, KEYWORDS, PINYIN, TITLE, Packs
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
    names = [scorer._name(record) for record in candidates.records]  # type: ignore[arg-type]
    scores = [round(score, 4) for score in (total * coverage * coverage + np.array(names)).tolist()]
    ids = [record.id for record in candidates.records]
    order = np.lexsort((-np.array(ids), -np.array(scores))).tolist()
    page = [Scored(ids[place], scores[place], float(coverage[place]), names[place], ()) for place in order[start:stop]]
    return Ranked(page, scores[order[0]])


def _points(scorer: _Scorer, query: Query, packs: Packs) -> dict[int, Floats]:
    """Place of a term → BM25F of each document; terms that none holds are left out."""
    term, cell = packs.hits(query.terms)
    present, row = np.unique(term, return_inverse=True)
    shape = (len(present), len(packs), len(FIELDS))
    counts = np.bincount(row * (shape[1] * shape[2]) + cell, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
    lengths = np.array([record.lengths for record in packs.records], dtype=np.float64)
    keywords, body = (
        level + slope * lengths[:, place] / mean for place, (level, slope, mean) in enumerate(scorer.slopes)
    )
    points: dict[int, Floats] = {}
    for place, own in zip(present.tolist(), counts, strict=True):
        _text, _prefix, idf, is_gram, is_sound = scorer.terms[place]
        weight = WEIGHTS["title"] * own[:, TITLE]
        if is_gram:
            weight += WEIGHTS["grams"] * own[:, GRAMS]
        if is_sound:
            weight += WEIGHTS["pinyin"] * own[:, PINYIN]
        weight += WEIGHTS["keywords"] * own[:, KEYWORDS] / keywords
        weight += WEIGHTS["body"] * own[:, BODY] / body
        points[place] = idf * weight / (weight + SATURATION)
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
