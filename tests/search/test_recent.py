"""What was answered a moment ago is not worked out again, unless anything has changed."""

import pytest
from django.utils.translation import override

from search import recent
from search.engines import local, remote
from search.words import changed
from tests.contract.engines import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    if remote() is not None:
        pytest.skip("only what the embedded engine answers is kept")
    local().write([entry(1, "舟山茶叶贷")])
    recent.forget()
    yield []
    recent.forget()


def ask(made: list, asked: str = "q=贷&page=1") -> None:
    recent.answer(asked, lambda: made.append(asked) or {})


def test_the_same_question_is_answered_once(made):
    ask(made)
    ask(made)
    assert made == ["q=贷&page=1"]


def test_another_question_or_language_is_another_answer(made):
    ask(made)
    ask(made, "q=贷&page=2")
    with override("en"):
        ask(made)
    assert made == ["q=贷&page=1", "q=贷&page=2", "q=贷&page=1"]


def test_change_of_the_index_is_seen_at_once(made):
    ask(made)
    local().write([entry(2, "定海民宿贷")])
    ask(made)
    assert len(made) == 2


def test_change_of_the_words_is_seen_at_once(made):
    ask(made)
    changed()
    ask(made)
    assert len(made) == 2


def test_answer_is_forgotten_by_the_clock(made, monkeypatch):
    monkeypatch.setattr(recent, "SECONDS", 0.0)
    ask(made)
    ask(made)
    assert len(made) == 2
