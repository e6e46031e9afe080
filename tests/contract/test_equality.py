"""Generated questions about many documents: both engines give the same ids in the same order, counts and facets.

`CONTRACT_DOCUMENTS` says how many documents (3,000; the cluster run of CI takes 20,000).
"""

import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from search.analysis import Names
from search.answering import Answering
from search.engines import Ask, Engine
from search.ranking import rank
from search.statistics import FREQUENT, Frequencies
from search.widening import relaxed
from tests.contract.engines import ANALYSER, FORMS, KIND, PLACES, TOPICS, crowd, fresh

DOCUMENTS = int(os.environ.get("CONTRACT_DOCUMENTS", "3000"))
QUESTIONS = 300
TYPED = [
    *PLACES, *TOPICS, *FORMS, "随借随还", "过桥", "过侨", "抵压物", "代款", "hdd", "zhoushan", "cydk", "惠擔貸", "２.65",
    "贷", "小微企业", "取水权质押怎么办理", "火锅", "首贷户", "茶叶担保", "船舶修造贷", "潮汐", "担保费 实际用款",
]  # fmt: skip


def questions(count: int, seed: int) -> Iterator[tuple[str, Ask]]:
    chance = random.Random(seed)
    for _number in range(count):
        typed = " ".join(chance.sample(TYPED, chance.choice([0, 1, 1, 2, 2, 3])))
        filters, ranges = {}, {}
        if chance.random() < 0.5:
            filters["kind"] = tuple(chance.sample(["loan", "guarantee", "insurance"], chance.choice([1, 2])))
        if chance.random() < 0.4:
            filters["region"] = tuple(chance.sample(PLACES, chance.choice([1, 3])))
        if chance.random() < 0.3:
            ranges["amount"] = (chance.choice([None, 1e5, 5e5]), chance.choice([None, 1e6]), chance.random() < 0.5)
        if chance.random() < 0.3:
            ranges["rate"] = (None, chance.choice([2.65, 4.35]), chance.random() < 0.5)
        yield (
            typed,
            Ask(
                kind=KIND,
                query=None,
                visibility=frozenset(chance.choice([["public"], ["public", "signed_in"], ["public", "institution:3"]])),
                now=1000.0,
                filters=filters,
                ranges=ranges,
                facets=("kind", "region"),
                order=chance.choice([None, None, ("amount", True), ("rate", False), ("date", True)]),
                spread=chance.choice(["", "", "region"]),
                skip=chance.choice([0, 0, 20, 400]),
            ),
        )


def answer(engine: Engine, typed: str, ask: Ask, known: Names, frequencies: Frequencies):
    """As `search.queries.find` does it: (total, ordered ids, facets)."""
    query = ANALYSER.query(typed, known) if typed else None
    match = engine.match(replace(ask, query=query))
    if query is not None and not match.total:
        query, minimum = relaxed(Answering(engine), ANALYSER.mended(query, known), [ask], {KIND: frequencies})
        if not minimum:
            return 0, [], {}
        match = engine.match(replace(ask, query=query, minimum=minimum))
    ranked = rank(query, match.candidates, frequencies) if query is not None else []
    facets = {name: list(counts.items()) for name, counts in match.facets.items()}
    return match.total, [each.id for each in ranked] + list(match.ids), facets


@pytest.mark.scaled
@pytest.mark.skipif(not settings.ELASTICSEARCH_URL, reason="ELASTICSEARCH_URL names no server")
def test_both_engines_give_the_same_ordered_ids_counts_and_facets(tmp_path):
    documents = crowd(DOCUMENTS, seed=11)
    with fresh("embedded", tmp_path) as near, fresh("elastic", tmp_path) as far:
        assert near.write(documents) == far.write(documents) == DOCUMENTS
        names = near.names([KIND])[1]
        assert far.names([KIND])[1] == names
        known = Names([*names, *ANALYSER.vocabulary.lexicon], ANALYSER.reader)
        frequencies = Frequencies(*near.frequencies(KIND, FREQUENT))
        assert Frequencies(*far.frequencies(KIND, FREQUENT)) == frequencies
        found = 0
        for typed, ask in questions(QUESTIONS, seed=5):
            wanted = answer(near, typed, ask, known, frequencies)
            assert answer(far, typed, ask, known, frequencies) == wanted, (typed, ask)
            found += wanted[0] > 0
            shown = wanted[1][:20]
            assert far.stored(KIND, shown) == near.stored(KIND, shown)
    assert found > QUESTIONS * 0.7
