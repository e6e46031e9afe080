"""Whatever is typed, the work is bounded: few groups and terms, short questions to either engine, and no exception."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.analysis import Analyser, Names, Query, highlight, snippet
from search.analysis.analyser import LOOSE_GROUPS, QUERY_CHARACTERS, QUERY_GROUPS
from search.engines import Ask
from search.engines.elastic import expression as elastic
from search.engines.embedded.expression import expression, in_names
from search.queries import EVERYBODY, find, find_everywhere, hits, near_hits, near_names, suggest
from tests.factories import ProductFactory
from tests.search.conftest import KIND

ANALYSER = Analyser()
NAMES = Names(
    [*ANALYSER.vocabulary.lexicon, "惠担贷", "民营小微贷", "科技企业贷款风险池贷款", "遂昌县主办行"], ANALYSER.reader
)
CLAUSES = 1000  # Elasticsearch refuses 1,024
SQL_CHARACTERS = 20_000
JSON_CHARACTERS = 200_000

SYNTAX = [
    "' OR 1=1 --", '"; DROP TABLE search_fts_product; --', "UNION SELECT", "%_\\", "/*", "*/", "--", "\\x00",
    '"', '""', "NEAR(", "a NEAR/3 b", "title:", "{title body} :", "^", "*", "AND", "OR", "NOT", "-", "+", "(", ")",
    "~2", "^3", "[a TO z]", "{a TO z}", "/re.*/", "&&", "||", "!", "?", "field:*", "_exists_:x", "\\", "<script>", "{{ 7*7 }}", "${x}",
]  # fmt: skip
WORDS = [
    *sorted(ANALYSER.vocabulary.lexicon)[:400],
    "惠担贷",
    "惠擔貸",
    "ＨＤＤ",
    "huidandai",
    "300万",
    "五十万元",
    "2.65%",
]
EMOJI = st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF)
CONTROL = st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"])
PIECE = st.one_of(
    st.sampled_from(SYNTAX),
    st.sampled_from(WORDS),
    st.text(EMOJI, max_size=8),
    st.text(CONTROL, max_size=8),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=12),
    st.text(max_size=20),
)
TYPED = st.lists(PIECE, max_size=60).flatmap(
    lambda pieces: st.sampled_from(["", " ", "，"]).map(lambda between: between.join(pieces))
)
LONG = [
    "", " ", "\0", "贷" * 10_000, "的" * 10_000, "a" * 10_000, "🏦" * 10_000, "㍿" * 10_000, "ﷺ" * 10_000, "\u202e" * 10_000, "(" * 10_000,
    "贷款 " * 1_000, " ".join(f"t{number}" for number in range(1_000)), " ".join(WORDS * 3), "".join(WORDS), "1万" * 5_000,
    "\ud800惠担贷", "zhuang" * 2_000, "农民过桥担保抵押人才保险外贸" * 900,
]  # fmt: skip


def leaves(clause: Any) -> int:
    """Clauses of a question to Elasticsearch that compare something."""
    if isinstance(clause, dict):
        return sum(
            1 if name in {"term", "terms", "prefix", "range", "exists"} else leaves(value)
            for name, value in clause.items()
        )
    return sum(map(leaves, clause)) if isinstance(clause, list) else 0


def check_bounds(query: Query, groups: int) -> None:
    assert len(query.groups) <= groups
    assert len(query.light) <= QUERY_GROUPS
    assert len(query.text) <= QUERY_CHARACTERS
    assert len(query.terms) <= CLAUSES
    if not query.groups:
        return
    for every in (True, False):
        assert len(in_names(expression(query, every=every))) <= SQL_CHARACTERS
    for minimum in (None, 1, max(len(query.groups) // 2, 1)):
        ask = Ask(kind="product", query=query, visibility=EVERYBODY, now=0, minimum=minimum)
        body = elastic.match(ask, read=True)
        assert leaves(body["query"]) <= CLAUSES
        assert len(json.dumps(body)) <= JSON_CHARACTERS


def check_analysis(typed: str) -> None:
    query = ANALYSER.query(typed, NAMES)
    check_bounds(query, QUERY_GROUPS)
    mended = ANALYSER.mended(query, NAMES)
    check_bounds(mended, QUERY_GROUPS)
    check_bounds(ANALYSER.loosened(mended), LOOSE_GROUPS)
    assert "".join(mark.text for mark in highlight(typed[:500], query.shown, ANALYSER.reader)) == typed[:500]
    assert len(snippet([typed[:5000]], query.shown)) <= 200


@settings(max_examples=200, deadline=None)
@given(typed=TYPED)
def test_analysis_is_bounded_for_any_words(typed):
    check_analysis(typed)


@pytest.mark.parametrize("typed", LONG, ids=range(len(LONG)))
def test_analysis_is_bounded_for_long_words(typed):
    check_analysis(typed)


@pytest.fixture
def two(sample):
    return [ProductFactory(name="惠担贷", summary="随借随还"), ProductFactory(name="OR NOT (贷)", summary='"; --')]


def answer(typed: str) -> None:
    found = find(KIND, typed, facets=["kind"], nearly=True)
    assert len(found.ids) <= 20
    assert found.total + len(found.near) >= len(hits(found)) + len(near_hits(found)) - len(found.pinned)
    find_everywhere(typed, nearly=True)
    assert len(near_names(typed)) <= 3
    assert len(suggest(typed)) <= 8


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(typed='惠担贷" OR title:*')
@given(typed=TYPED)
@pytest.mark.django_db
def test_any_words_are_answered(two, typed):
    answer(typed)


@pytest.mark.parametrize("typed", LONG, ids=range(len(LONG)))
@pytest.mark.django_db
def test_long_words_are_answered(two, typed):
    answer(typed)


@pytest.mark.parametrize("typed", SYNTAX)
@pytest.mark.django_db
def test_syntax_is_what_was_typed(two, typed):
    """No operator changes what the words beside it find."""
    assert find(KIND, f"惠担贷 {typed}", nearly=True).ids[:1] in ([two[0].pk], [two[1].pk])
    assert (
        two[0].pk
        in [pk for _kind, pk in find(KIND, f"惠担贷 {typed}", nearly=True).near] + find(KIND, f"惠担贷 {typed}").ids
    )
