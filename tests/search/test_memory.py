"""What a process keeps of the index follows it, however much has changed and whatever goes meanwhile."""

import sys
from collections.abc import Iterable

import pytest

from search.engines import Ask, Stored
from search.engines.embedded import EmbeddedEngine, memory
from search.engines.embedded.postings import Postings
from search.engines.embedded.storage import FileStorage
from tests.contract.engines import ANALYSER, KIND, entry

EVERYBODY, NOW = frozenset({"public"}), 1_800_000_000.0


@pytest.fixture
def path(tmp_path):
    return lambda: tmp_path / "index.sqlite3"


def found(index: EmbeddedEngine, text: str) -> list[int]:
    ask = Ask(KIND, ANALYSER.query(text), EVERYBODY, NOW, order=("date", True), take=10)
    return list(index.match(ask).ids)


def test_process_that_is_far_behind_sees_the_last_change(path):
    reader, writer = EmbeddedEngine(FileStorage(path)), EmbeddedEngine(FileStorage(path))
    writer.write([entry(1, "潮汐贷")])
    assert found(reader, "潮汐") == [1]
    writer.storage.connection().executemany(
        "INSERT INTO search_log (kind, id, token) VALUES ('other', ?, 'x')", [(each,) for each in range(11_000)]
    )
    writer.write([entry(2, "潮汐保")])
    assert sorted(found(reader, "潮汐")) == [1, 2]


def test_suggestion_that_goes_meanwhile_is_left_out(path):
    class Late(EmbeddedEngine):
        """Somebody takes the document out between finding and showing it."""

        def stored(self, kind: str, ids: Iterable[int]) -> dict[int, Stored]:
            EmbeddedEngine(FileStorage(path)).delete(kind, {1: 2})
            return super().stored(kind, ids)

    index = Late(FileStorage(path))
    index.write([entry(1, "潮汐贷"), entry(2, "潮汐保")])
    assert [each.id for each in index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5)] == [2]


def test_numbers_of_tokens_count_as_memory(path, monkeypatch):
    index = EmbeddedEngine(FileStorage(path))
    monkeypatch.setattr(memory, "PACKED", 100_000)
    for number in range(300):  # one document that is changed again and again
        index.write([entry(1, f"潮汐贷 a{number}b c{number}d e{number}f", version=number)])
        index.match(Ask(KIND, ANALYSER.query("潮汐"), EVERYBODY, NOW))
    packing = index._memory().packing
    assert packing.size + memory.NUMBER * len(packing.numbers) <= 100_000


def test_texts_that_were_asked_for_once_are_not_kept():
    postings, text = Postings(), "潮汐" * 100
    before = sys.getrefcount(text)
    assert [postings.is_new(text), postings.is_new(text)] == [True, False]
    assert sys.getrefcount(text) == before
