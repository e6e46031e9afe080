"""What expressions hold is kept in memory: it says the same as FTS5, and nothing that was so before a change."""

import pytest

from search import queries
from search.engines.embedded import EmbeddedEngine, finding, postings
from search.engines.embedded.postings import Postings, mask, packed
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

WORDS = ("周转贷", "周转", "茶叶 周转", "渔船 随借随还", "zhouzhuan", "茶叶周转贷 渔船", "没有这样的词 周转")


@pytest.fixture
def by_postings(sample, monkeypatch):
    """Products enough that not all are ranked, in a kind that is too large to be searched in memory alone."""
    monkeypatch.setattr(finding, "CANDIDATES", 5)
    monkeypatch.setattr(queries, "CANDIDATES", 5)
    engine = queries.engine()
    assert isinstance(engine, EmbeddedEngine)
    monkeypatch.setattr(engine, "small", 0)
    return [
        ProductFactory(
            name=f"{('茶叶', '渔船')[n % 2]}{('周转贷', '担保贷')[n % 3 > 0]}{n}", summary="随借随还，用于周转"
        )
        for n in range(30)
    ]


def found(text: str) -> tuple[list[int], int, list[tuple[str, int]]]:
    results = queries.find("sample", text, limit=30, nearly=True)
    return results.ids, results.total, results.near


def test_answers_are_the_same_the_first_second_and_third_time(by_postings):
    first = {text: found(text) for text in WORDS}
    assert {text: found(text) for text in WORDS} == first
    assert {text: found(text) for text in WORDS} == first
    assert first["周转"][1] == 30


def test_answers_are_the_same_with_and_without_what_is_kept(by_postings, monkeypatch):
    for text in WORDS:
        found(text)
    kept = {text: found(text) for text in WORDS}
    monkeypatch.setattr(Postings, "is_new", lambda self, text: True)
    monkeypatch.setattr(Postings, "get", lambda self, text: None)
    assert {text: found(text) for text in WORDS} == kept


def test_change_of_a_document_is_seen_by_words_that_were_kept(by_postings):
    for _time in range(3):
        assert found("担保")[1] == 20
    changed = by_postings[1]
    changed.name = "渔船抵押贷1"
    changed.save()
    assert (found("担保")[1], changed.pk in found("担保")[0]) == (19, False)
    by_postings[2].delete()
    assert found("担保")[1] == 18


def test_oldest_give_way_when_there_is_no_more_room(monkeypatch):
    bits = packed([0, 9], 10)
    monkeypatch.setattr(postings, "MOST", 2 * (postings.OVERHEAD + 2 + bits.nbytes))
    held = Postings()
    held.put("a", bits)
    held.put("b", bits)
    held.get("a")
    held.put("c", bits)
    assert [text for text in "abc" if held.get(text) is not None] == ["a", "c"]
    assert held.size == postings.MOST


def test_expression_is_new_once():
    held = Postings()
    assert [held.is_new(text) for text in ("a", "b", "a", "b")] == [True, True, False, False]


def test_bits_tell_the_rows_again():
    assert mask(packed([1, 8, 10], 11), 11).nonzero()[0].tolist() == [1, 8, 10]


def test_words_that_are_forgotten_are_asked_for_anew():
    held = Postings()
    held.is_new("a")
    held.put("a", packed([0], 8))
    held.forget()
    assert (held.get("a"), held.is_new("a"), held.size) == (None, True, 0)
