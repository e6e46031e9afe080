"""When too few documents hold everything that was asked for: what to do without, and what holds part of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

from . import bulk, statistics
from .analysis import Analyser, Query
from .analysis.query import Group
from .answering import Answering
from .engines import Ask, Candidate
from .engines.base import CANDIDATES
from .engines.packs import Packs
from .ranking import Scored
from .statistics import Frequencies

ENOUGH = 10  # fewer results than that are followed by what holds only part of the words
NEAR = 0.1  # of the worth of all parts, below which a document is not near; of long sentences, of what the best one has
LEAST = 0.02  # … and of any
LEFT = 0.65  # of the worth of what was asked for, which must be left of it


def relaxed(
    index: Answering, query: Query, asks: Sequence[Ask], frequencies: Mapping[str, Frequencies] | None = None
) -> tuple[Query, int]:
    """The query less what no document holds, and how many of its groups one must match: nearly as many as the best one
    does. 0 when even that one has too little of what was asked for, or when what is left of the query says little of it
    (农商行 螃蟹 without 螃蟹): then what holds part of it (`nearly`) is the better answer.

    A lone character beside real words (the 贷 of an unknown 潮汐贷) is too little to be an answer.
    """
    asked = query
    weighty = [group for group in query.groups if len(group.text) > 1]
    query = query.only(tuple(weighty) or query.groups)
    coverages = index.coverages([replace(ask, query=query) for ask in asks])
    held = [any(each.groups[place] for each in coverages) for place in range(len(query.groups))]
    query = query.only(tuple(group for group, flag in zip(query.groups, held, strict=True) if flag))
    best = max((each.best for each in coverages), default=0)
    if not best or best < ceil(len(query.groups) * 0.4):
        return query, 0
    if frequencies is None:
        frequencies = {ask.kind: statistics.frequencies(ask.kind) for ask in asks}
    # Letters that nothing holds say nothing of what is wanted: 惠担贷 AND.
    rarity = {
        group: _rarity(group.text, frequencies)
        for group in asked.groups
        if group in query.groups or not group.text.isascii()
    }
    is_little = sum(rarity[group] for group in query.groups) < LEFT * sum(rarity.values())
    return query, 0 if is_little else ceil(best * 0.7)


def _rarity(text: str, frequencies: Mapping[str, Frequencies]) -> float:
    """In all kinds together."""
    documents = sum(each.documents for each in frequencies.values())
    return Frequencies(
        documents, {}, {text: max(sum(each.words.get(text, 0) for each in frequencies.values()), 1)}
    ).idf(text)


def nearly(
    index: Answering,
    analyser: Analyser,
    asks: Sequence[Ask],
    query: Query,
    found: set[tuple[str, int]],
    frequencies: Mapping[str, Frequencies],
) -> list[tuple[str, Scored]]:
    """(kind, document) that hold part of what was asked for, best first, where fewer than ENOUGH hold all of it (`found`).

    First what holds the rarest word that was typed; then from half of the parts down to one, four questions at the most."""
    room = ENOUGH - len(found)
    if room <= 0:
        return []
    counts = _counts(query, frequencies)
    held = {group: count for group, count in counts.items() if count}
    loosened = analyser.loosened(query, {group.text for group in counts.keys() - held.keys()})
    parts = len(loosened.groups)
    questions = [(loosened, minimum) for minimum in sorted({ceil(parts / 2), ceil(parts / 4), 1}, reverse=True)]
    if held and parts > 1:
        rarest = min(held, key=lambda group: (held[group], group.text))
        questions.insert(0, (query.only((rarest,)), 1))
    near: dict[tuple[str, int], Scored] = {}
    ranked: dict[str, set[int]] = {ask.kind: set() for ask in asks}  # what is found again scores the same again
    for question, minimum in questions:
        matches = index.matches(
            [replace(ask, query=question, minimum=minimum, facets=(), skip=0, take=0) for ask in asks]
        )
        near |= {
            (ask.kind, scored.id): scored
            for ask, match in zip(asks, matches, strict=True)
            for scored in bulk.rank(
                loosened, _others(match.candidates, ranked[ask.kind]), frequencies[ask.kind], 0, CANDIDATES
            ).page
            if scored.coverage >= LEAST and (ask.kind, scored.id) not in found
        }
        enough = _enough(near.values())
        if question is loosened and sum(each.coverage >= enough for each in near.values()) >= room:
            break
    ordered = sorted(near.items(), key=lambda each: (-each[1].score, each[0][0], -each[0][1]))
    return [(kind, scored) for (kind, _id), scored in ordered if scored.coverage >= enough][:room]


def _others(candidates: Sequence[Candidate], known: set[int]) -> Sequence[Candidate]:
    """Those that are not yet among `known`; now they are."""
    if isinstance(candidates, Packs):
        fresh = [place for place, record in enumerate(candidates.records) if record.id not in known]
        known.update([record.id for record in candidates.records])
        return candidates.take(fresh)
    others = [each for each in candidates if each.id not in known]
    known.update([each.id for each in others])
    return others


def _enough(near: Iterable[Scored]) -> float:
    """Of a sentence in which hardly a word is known, even the best document holds little."""
    return min(NEAR, 0.5 * max((each.coverage for each in near), default=0.0))


def _counts(query: Query, frequencies: Mapping[str, Frequencies]) -> dict[Group, int]:
    """How many documents, at the most, hold each group that is more than a character."""
    return {
        group: sum(
            min((known.words.get(term.text, 0) for term in each.terms), default=0)
            for each in group.alternatives
            for known in frequencies.values()
        )
        for group in query.groups
        if len(group.text) > 1
    }
