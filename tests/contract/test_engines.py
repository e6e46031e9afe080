"""What every engine must answer, checked against a reading of the documents one by one."""

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.analysis import Alternative, Query, Term
from search.engines import Ask, Engine, Entry
from search.engines.base import CANDIDATES
from search.ranking import rank
from search.statistics import Frequencies
from tests.contract.engines import ANALYSER, BODIES, FORMS, KIND, NAMES, PLACES, TOPICS, crowd, entry, fresh

EVERYBODY = frozenset({"public"})
NOW = 1000.0
DOCUMENTS = crowd(600)


@pytest.fixture(scope="module", params=NAMES)
def filled(request, tmp_path_factory) -> Iterator[Engine]:
    with fresh(request.param, tmp_path_factory.mktemp("index")) as engine:
        engine.write(DOCUMENTS)
        yield engine


@pytest.fixture(params=NAMES)
def empty(request, tmp_path) -> Iterator[Engine]:
    with fresh(request.param, tmp_path) as engine:
        yield engine


# The reading one by one


def holds(document: Entry, term: Term) -> bool:
    tokens = document.tokens
    if term.prefix:
        return any(key.startswith(term.text) for key in tokens.pinyin)
    fields = (tokens.title, tokens.grams, tokens.pinyin, tokens.keywords, tokens.body)
    return any(term.text in field for field in fields)


def matches(document: Entry, alternative: Alternative) -> bool:
    return all(holds(document, term) for term in alternative.terms)


def covered(document: Entry, query: Query) -> int:
    return sum(any(matches(document, each) for each in group.alternatives) for group in query.groups)


def open_to(document: Entry, ask: Ask) -> bool:
    return (
        bool(set(document.visibility) & ask.visibility)
        and (document.since is None or document.since <= ask.now)
        and (document.until is None or document.until > ask.now)
    )


def in_range(document: Entry, name: str, bounds) -> bool:
    low, high, unknown = bounds
    value = document.ranges.get(name)
    if value is None:
        return unknown
    return (low is None or value >= low) and (high is None or value <= high)


def expected(ask: Ask, *, without: str = "") -> list[Entry]:
    groups = len(ask.query.groups) if ask.query else 0
    minimum = groups if ask.minimum is None else min(ask.minimum, groups)
    return [
        document
        for document in DOCUMENTS
        if open_to(document, ask)
        and (ask.query is None or covered(document, ask.query) >= minimum)
        and all(set(document.facets[n]) & set(v) for n, v in ask.filters.items() if n != without)
        and all(in_range(document, name, bounds) for name, bounds in ask.ranges.items())
    ]


def counts(ask: Ask, facet: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for document in expected(ask, without=facet):
        for value in document.facets[facet]:
            found[value] = found.get(value, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


WORDS = [
    *PLACES,
    *TOPICS,
    *FORMS,
    "担保费",
    "随借随还",
    "过桥",
    "过侨",
    "抵押物",
    "hdd",
    "zhoushan",
    "cydk",
    "2.65",
    "贷",
    "火锅",
]

queries = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda words: ANALYSER.query(" ".join(words)))
asks = st.builds(
    Ask,
    kind=st.just(KIND),
    query=st.none() | queries,
    visibility=st.sampled_from(
        [EVERYBODY, EVERYBODY | {"signed_in"}, EVERYBODY | {"institution:3"}, frozenset({"nobody"})]
    ),
    now=st.sampled_from([0.0, NOW, 3000.0]),
    minimum=st.sampled_from([None, 1, 2, 3]),
    filters=st.dictionaries(
        st.sampled_from(["kind", "region"]),
        st.sampled_from([("loan",), ("loan", "insurance"), ("舟山",), ("舟山", "定海")]),
    ),
    ranges=st.dictionaries(
        st.sampled_from(["amount", "rate"]),
        st.sampled_from([(3.0, None, False), (None, 4.35, True), (5e5, 1e6, False), (2.65, 2.65, False)]),
    ),
    facets=st.just(("kind", "region")),
    order=st.sampled_from([None, ("amount", True), ("rate", False), ("date", True)]),
    spread=st.sampled_from(["", "kind", "region"]),
    skip=st.sampled_from([0, 3]),
    take=st.sampled_from([0, 10]),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ask=asks)
def test_match_is_what_reading_one_by_one_finds(filled, ask):
    found = filled.match(ask)
    wanted = expected(ask)
    assert found.total == len(wanted)
    assert found.facets == {facet: counts(ask, facet) for facet in ask.facets}
    if ask.order is None and ask.query is not None:
        candidates = {each.id for each in found.candidates}
        assert len(candidates) == min(len(wanted), CANDIDATES)
        rest = [each.id for each in reversed(wanted) if each.id not in candidates]
        assert list(found.ids) == rest[ask.skip : ask.skip + ask.take]
        return
    by, descending = ask.order or ("", False)

    def key(document: Entry):
        value = document.date if by == "date" else document.ranges.get(by) if by else 0.0
        return (value is None, (-value if descending else value) if value is not None else 0.0, -document.id)

    ordered = sorted(wanted, key=key)
    if ask.spread:
        ordered = in_turns(ordered, ask.spread)
    assert list(found.ids) == [each.id for each in ordered][ask.skip : ask.skip + ask.take]


def in_turns(documents: list[Entry], facet: str) -> list[Entry]:
    seen: dict[str, int] = {}
    turns = []
    for document in documents:
        value = next(iter(document.facets[facet]), "")
        turns.append(seen.get(value, 0))
        seen[value] = turns[-1] + 1
    return [documents[place] for place in sorted(range(len(documents)), key=lambda place: turns[place])]


@pytest.mark.parametrize("skip", [0, 15, 120, 590, 700])
def test_turns_at_any_depth(filled, skip):
    ask = Ask(
        kind=KIND, query=None, visibility=EVERYBODY | {"signed_in", "institution:3"}, now=NOW, facets=("kind",),
        filters={"kind": ("loan", "insurance")}, order=("rate", False), spread="kind", skip=skip, take=20,
    )  # fmt: skip
    documents = sorted(
        expected(ask), key=lambda each: (each.ranges["rate"] is None, each.ranges["rate"] or 0.0, -each.id)
    )
    assert list(filled.match(ask).ids) == [each.id for each in in_turns(documents, "kind")][skip : skip + 20]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ask=asks.filter(lambda ask: ask.query is not None))
def test_coverage_is_what_reading_one_by_one_finds(filled, ask):
    passing = expected(Ask(**{**_fields(ask), "query": None}))
    found = filled.coverage(ask)
    assert found.best == max((covered(document, ask.query) for document in passing), default=0)
    assert found.groups == tuple(
        any(any(matches(document, each) for each in group.alternatives) for document in passing)
        for group in ask.query.groups
    )


def _fields(ask: Ask) -> dict:
    return {name: getattr(ask, name) for name in Ask.__dataclass_fields__}


def test_those_who_match_by_name_are_ranked_before_the_newest(empty):
    empty.write(
        [entry(1, "取水贷"), *(entry(number, f"别的产品{number}", "取水") for number in range(2, CANDIDATES + 50))]
    )
    query = ANALYSER.query("取水")
    match = empty.match(Ask(kind=KIND, query=query, visibility=EVERYBODY, now=NOW))
    assert match.total == CANDIDATES + 49
    assert len(match.candidates) == CANDIDATES
    assert rank(query, match.candidates, Frequencies())[0].id == 1


def test_order_is_the_same_however_documents_arrived(empty, tmp_path_factory):
    shuffled = DOCUMENTS[:200]
    random.Random(1).shuffle(shuffled)
    empty.write(shuffled)
    with fresh(empty.name, tmp_path_factory.mktemp("other")) as other:
        other.write(DOCUMENTS[:200])
        known = Frequencies(*empty.frequencies(KIND, 1000))
        assert known == Frequencies(*other.frequencies(KIND, 1000))
        for text in ("舟山 贷", "茶叶担保贷款", "随借随还", "zhoushan"):
            query = ANALYSER.query(text)
            ask = Ask(kind=KIND, query=query, visibility=EVERYBODY, now=NOW)
            assert rank(query, empty.match(ask).candidates, known) == rank(query, other.match(ask).candidates, known)


def test_lower_version_is_refused_equal_is_taken(empty):
    def title() -> str:
        return empty.stored(KIND, [1])[1].title

    assert empty.write([entry(1, "第二版", version=5)]) == 1
    assert empty.write([entry(1, "第一版", version=4)]) == 0
    assert title() == "第二版"
    assert empty.write([entry(1, "第三版", version=5)]) == 1
    assert title() == "第三版"


def test_delete_spares_what_is_newer(empty):
    empty.write([entry(1, "甲", version=5), entry(2, "乙", version=5)])
    empty.delete(KIND, {1: 4, 2: 5, 3: 9})
    assert [each.id for each in empty.held(KIND)] == [1]


def test_rewritten_document_loses_its_old_words(empty):
    empty.write([entry(1, "潮汐贷", "渔业"), entry(2, "常青贷")])
    empty.write([entry(1, "朝霞贷", "林业", version=2)])
    for text, wanted in (("潮汐", 0), ("渔业", 0), ("朝霞", 1), ("林业", 1)):
        ask = Ask(kind=KIND, query=ANALYSER.query(text), visibility=EVERYBODY, now=NOW)
        assert empty.match(ask).total == wanted
    assert empty.suggest("潮汐", [KIND], EVERYBODY, NOW, 5) == []


def test_clear_leaves_nothing(empty):
    empty.write(DOCUMENTS[:50])
    empty.clear(KIND)
    assert empty.count(KIND) == 0
    assert empty.match(Ask(kind=KIND, query=None, visibility=EVERYBODY, now=NOW, facets=("kind",))).facets == {
        "kind": {}
    }
    assert empty.suggest("zhoushan", [KIND], EVERYBODY, NOW, 5) == []


def test_kind_never_written_is_empty(empty):
    ask = Ask(kind="never", query=ANALYSER.query("贷"), visibility=EVERYBODY, now=NOW, facets=("kind",))
    assert empty.match(ask).total == 0
    assert empty.coverage(ask).best == 0
    assert empty.stored("never", [1]) == {}
    assert empty.frequencies("never", 5) == (0, {"keywords": 0.0, "body": 0.0}, {})


def test_suggestions_hide_what_the_reader_may_not_open(empty):
    hidden = [entry(number, f"舟山内部贷{number}", visibility=("institution:3",)) for number in range(1, 200)]
    empty.write([*hidden, entry(900, "舟山转贷资金")])
    assert [each.title for each in empty.suggest("zhoushan", [KIND], EVERYBODY, NOW, 5)] == ["舟山转贷资金"]
    assert len(empty.suggest("zhoushan", [KIND], frozenset({"institution:3"}), NOW, 5)) == 5


def test_names_are_public_titles_and_their_mark_changes(empty):
    empty.write([entry(1, "惠擔貸"), entry(2, "内部贷", visibility=("signed_in",))])
    mark, names = empty.names([KIND])
    assert names == ["惠担贷"]
    empty.write([entry(3, "取水贷")])
    assert empty.names([KIND])[0] != mark


def test_names_are_told_from_the_moment_that_they_are_open(empty, monkeypatch):
    now = time.time()
    empty.write(
        [entry(1, "惠擔貸", until=now - 1), entry(2, "新春贷", since=now + 600), entry(3, "明年贷", since=now + 9000)]
    )
    mark, names = empty.names([KIND])
    assert names == ["惠担贷"]
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert empty.names([KIND])[1] == ["惠担贷", "新春贷"]
    assert empty.names([KIND])[0] != mark


def test_transaction_that_fails_leaves_all_as_it_was(tmp_path):
    """The embedded engine's own: Elasticsearch has no transactions, there versions keep order."""
    with fresh("embedded", tmp_path) as empty:
        _fail_in_a_transaction(empty)


def _fail_in_a_transaction(empty: Engine) -> None:
    empty.write([entry(1, "潮汐贷")])
    with pytest.raises(ZeroDivisionError), empty.transaction():
        empty.write([entry(2, "朝霞贷")])
        ask = Ask(kind=KIND, query=None, visibility=EVERYBODY, now=NOW)
        assert empty.match(ask).total == 2
        raise ZeroDivisionError
    assert empty.match(ask).ids == (1,)
    empty.write([entry(3, "常青贷")])
    assert empty.match(ask).ids == (3, 1)


def test_bodies_of_the_crowd_are_all_in_use():
    assert all(any(body in document.body[0] for document in DOCUMENTS) for body in BODIES)
