"""What is worked out for many documents at once is what comes out one by one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from search import bulk
from search.analysis import Names
from search.engines import Ask
from search.engines.base import CANDIDATES
from search.engines.embedded import EmbeddedEngine
from search.ranking import rank
from search.statistics import Frequencies
from tests.contract.engines import ANALYSER, KIND, crowd, entry, fresh

QUERIES = [
    "舟山", "贷", "舟山 转贷", "茶叶担保贷款", "随借随还", "zhoushan", "cy dai", "小微企业没有抵押物怎么贷款", "300万 企业 贷款", "过侨资金",
    "取水权质押", "定海船舶修造贷", "知识产权 研发损失险", "贷 贷 贷", "风险池 e贷", "2.65%",
]  # fmt: skip
EVERYBODY = frozenset({"public"})


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Iterator[EmbeddedEngine]:
    with fresh("embedded", tmp_path_factory.mktemp("bulk")) as engine:
        engine.write(crowd(900))
        engine.write([entry(1001, "贷贷贷款 e贷e贷", "贷款 贷款 贷款", keywords=["贷款", "贷款"])])
        yield engine


def asks(text: str) -> Iterator[Ask]:
    query = ANALYSER.query(text, Names(["舟山茶叶贷", "过桥"], ANALYSER.reader))
    for each in (query, ANALYSER.loosened(query)):
        for minimum in (None, 1, 2):
            yield Ask(KIND, each, EVERYBODY, 0.0, minimum=minimum, take=0)


@pytest.mark.parametrize("text", QUERIES)
def test_scores_of_many_are_those_of_each(index, text):
    known = Frequencies(*index.frequencies(KIND, 1000))
    for ask in asks(text):
        found = index.match(ask).candidates
        assert bulk.rank(ask.query, found, known, 0, CANDIDATES).page == rank(ask.query, list(found), known), ask


@pytest.mark.parametrize("text", QUERIES)
def test_small_kind_is_answered_from_memory_as_from_the_table(index, text):
    for ask in asks(text):
        answers = []
        for small in (0, 2000):
            index.small = small
            match = index.match(ask)
            answers.append((match.total, {each.id for each in match.candidates}, index.coverage(ask)))
        assert answers[0] == answers[1], ask


def test_page_is_a_part_of_the_order(index):
    known = Frequencies(*index.frequencies(KIND, 1000))
    ask = next(asks("贷款"))
    found = index.match(ask).candidates
    whole = rank(ask.query, list(found), known)
    assert bulk.rank(ask.query, found, known, 20, 40) == bulk.Ranked(whole[20:40], whole[0].score)


def test_rewritten_document_is_ranked_anew(tmp_path):
    with fresh("embedded", tmp_path) as engine:
        engine.write([entry(1, "舟山茶叶贷"), entry(2, "定海民宿贷")])
        ask = Ask(KIND, ANALYSER.query("贷"), EVERYBODY, 0.0)
        before = bulk.rank(ask.query, engine.match(ask).candidates, Frequencies(), 0, 2).page
        engine.write([replace(entry(1, "贷"), version=2)])
        after = bulk.rank(ask.query, engine.match(ask).candidates, Frequencies(), 0, 2).page
        assert [each.id for each in before] == [2, 1]
        assert [each.id for each in after] == [1, 2]
