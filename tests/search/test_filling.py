"""A kind that is filled at once holds what one holds that was written document by document."""

import sqlite3
from dataclasses import replace

import pytest

from search.engines import Ask
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.storage import FileStorage
from tests.contract.engines import ANALYSER, KIND, crowd, entry

EVERYBODY, NOW = frozenset({"public"}), 1_800_000_000.0
WORDS = ["贷款", "舟山 担保", "茶叶", "zhoushan", "随借随还"]
PREFIXES = ["舟", "zhou", "zs", "茶叶", "担"]


@pytest.fixture
def make(tmp_path):
    return lambda name: EmbeddedEngine(FileStorage(lambda: tmp_path / f"{name}.sqlite3"))


def answers(index: EmbeddedEngine) -> list:
    asks = [
        Ask(kind=KIND, query=ANALYSER.query(text), visibility=EVERYBODY, now=NOW, order=("date", True), take=200)
        for text in WORDS
    ]
    suggested = [index.suggest(prefix, [KIND], EVERYBODY, NOW, 8) for prefix in PREFIXES]
    held = sorted((each.id, each.version, each.fingerprint) for each in index.held(KIND))
    return [
        [(each.total, each.ids) for each in index.matches(asks)],
        suggested,
        held,
        index.count(KIND),
        index.frequencies(KIND, 50),
    ]


def refill(index: EmbeddedEngine, entries) -> int:
    with index.filling(KIND) as filling:
        filling.write(entries)
        return filling.swap()


def test_filled_kind_answers_as_a_written_one(make):
    entries = sorted(crowd(1200), key=lambda each: each.id)
    written, filled = make("written"), make("filled")
    written.write(entries)
    filled.write(entries[:7])
    assert refill(filled, iter(entries)) == 1200
    assert answers(filled) == answers(written)


def test_filled_kind_can_be_changed(make):
    entries = sorted(crowd(60), key=lambda each: each.id)
    index = make("changed")
    refill(index, entries)
    changed = entry(entries[3].id, "潮汐贷", version=9)
    index.write([changed])
    index.delete(KIND, {entries[4].id: 9})
    assert index.count(KIND) == 59
    assert [each.title for each in index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5)] == ["潮汐贷"]
    other = make("other")
    other.write([*entries[:3], changed, *entries[5:]])
    assert answers(index) == answers(other)


def test_document_that_comes_twice_counts_once(make):
    first, second = entry(1, "潮汐贷"), entry(2, "朝霞贷")
    index = make("twice")
    assert refill(index, [first, second, replace(first, title="潮汐贷款")]) == 2
    assert index.count(KIND) == 2
    assert index.stored(KIND, [1])[1].title == "潮汐贷款"


def test_filling_that_fails_leaves_the_old_documents(make):
    def broken():
        yield entry(5, "朝霞贷")
        raise ValueError("half way")

    index = make("broken")
    index.write([entry(1, "潮汐贷")])
    with pytest.raises(ValueError, match="half way"):
        refill(index, broken())
    assert [each.id for each in index.held(KIND)] == [1]
    assert [each.title for each in index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5)] == ["潮汐贷"]
    assert index.suggest("朝霞", [KIND], EVERYBODY, NOW, 5) == []


def test_marks_in_names_are_part_of_their_keys(make):
    index = make("marks")
    titles = ['(o\'neil)"贷"', "c++_贷;1", "a-b{c}|d~贷", "50%@贷\\"]
    index.write([entry(number, title) for number, title in enumerate(titles, 1)])
    for title in titles:
        assert [each.title for each in index.suggest(title[:4], [KIND], EVERYBODY, NOW, 5)] == [title]
    index.delete(KIND, dict.fromkeys(range(1, 5), 1))
    assert [index.suggest(title[:4], [KIND], EVERYBODY, NOW, 5) for title in titles] == [[], [], [], []]


def test_tables_of_an_older_shape_give_way(make):
    index = make("older")
    index.write([entry(1, "潮汐贷")])
    connection: sqlite3.Connection = index.storage.connection()
    connection.execute(f"DROP TABLE search_fts_{KIND}")
    connection.execute(
        f"CREATE VIRTUAL TABLE search_fts_{KIND} USING fts5(title, grams, pinyin, keywords, body,"
        f" content='search_doc_{KIND}', content_rowid='id', tokenize=\"ascii tokenchars '._'\", detail=column)"
    )
    connection.execute("CREATE TABLE search_key (key TEXT)")
    refill(index, [entry(1, "潮汐贷"), entry(2, "朝霞贷")])
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())
    assert "content=''" in tables[f"search_fts_{KIND}"]
    assert "search_key" not in tables
    assert index.count(KIND) == 2
