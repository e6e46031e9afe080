"""A kind is built anew beside the living one: others read and write all along, and nothing that they change is lost."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from search.engines import Entry
from search.engines.embedded import EmbeddedEngine, filling, writing
from search.engines.embedded.storage import FileStorage
from search.errors import RebuildOutrun, RebuildOvertaken
from tests.contract.engines import KIND, crowd, entry
from tests.search.test_filling import EVERYBODY, NOW, answers

MANY = 20_000
PATIENCE = 2000  # milliseconds that a writer waits for the others


@pytest.fixture
def make(tmp_path):
    return lambda name: EmbeddedEngine(FileStorage(lambda: tmp_path / f"{name}.sqlite3"))


def many(count: int) -> Iterator[Entry]:
    few = crowd(500)
    return (replace(few[number % 500], id=number) for number in range(1, count + 1))


def leftovers(index: EmbeddedEngine) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE name LIKE 'search!___!_%' ESCAPE '!' OR name GLOB 'search_*_[01]_*'"
    tables = [row[0] for row in index.storage.connection().execute(sql)]
    marks = index.storage.connection().execute(
        "SELECT name FROM search_mark WHERE name GLOB '*[01]_*' OR name GLOB 'building*'"
    )
    return [*tables, *(row[0] for row in marks)]


def build(index: EmbeddedEngine, entries: Iterator[Entry], said: Callable[[int], Entry | None]) -> int:
    """As `maintenance` does, `said` telling what the database says of a document."""
    with index.filling(KIND) as fresh:
        fresh.write(entries)
        with fresh.turn():
            changed = {pk: said(pk) for pk in fresh.changed()}
            fresh.mend([each for each in changed.values() if each], {pk: 1 for pk, each in changed.items() if not each})
            return fresh.swap()


class Writer(threading.Thread):
    """Changes one document after the other until it is told to stop, or can not."""

    def __init__(self, index: EmbeddedEngine) -> None:
        super().__init__(daemon=True)
        self.index, self.enough = index, threading.Event()
        self.wrote: dict[int, Entry] = {}
        self.error: BaseException | None = None

    def run(self) -> None:
        self.index.storage.connection().execute(f"PRAGMA busy_timeout = {PATIENCE}")
        number = 0
        try:
            while not self.enough.wait(0.005):
                number += 1
                each = entry(number * 7 % MANY + 1, f"潮汐贷{number}", version=10 + number)
                self.wrote[each.id] = each  # the database says it before the index does
                self.index.write([each])
        except sqlite3.OperationalError as error:
            self.error = error


@pytest.fixture
def writer(make):
    found = Writer(make("shared"))
    yield found
    found.enough.set()
    found.join()


def test_writer_is_never_locked_out_for_long(writer):
    index = writer.index
    index.write(many(500))
    writer.start()
    build(index, (writer.wrote.get(each.id, each) for each in many(MANY)), writer.wrote.get)
    writer.enough.set()
    writer.join()
    assert writer.error is None
    assert index.count(KIND) == MANY
    versions = {each.id: each.version for each in index.held(KIND)}
    assert {pk: versions[pk] for pk in writer.wrote} == {pk: each.version for pk, each in writer.wrote.items()}
    assert len(writer.wrote) > 20
    assert leftovers(index) == []


def test_negative_control_building_in_one_transaction_locks_writers_out(writer):
    def slowly() -> Iterator[Entry]:
        yield from many(2000)
        writer.join(PATIENCE / 1000 + 20)

    writer.index.write(many(1))
    with writer.index.transaction():
        writer.start()
        build(writer.index, slowly(), writer.wrote.get)
    assert "locked" in str(writer.error)


@pytest.mark.parametrize("small", [False, True], ids=["as it is", "in small steps"])
def test_changes_made_meanwhile_are_in_what_was_built(make, monkeypatch, small):
    if small:
        monkeypatch.setattr(writing, "BATCH", 20)
        for name, value in {"THINNED": 30, "MERGED": 2, "PARTS": 4}.items():
            monkeypatch.setattr(filling, name, value)
    entries = sorted(crowd(1200), key=lambda each: each.id)
    database = {each.id: each for each in entries}
    index = make("index")
    index.write(entries[:900])

    def save(each: Entry) -> None:
        database[each.id] = each
        index.write([each])

    def remove(pk: int) -> None:
        del database[pk]
        index.delete(KIND, {pk: 9})

    def read() -> Iterator[Entry]:
        for place, each in enumerate(entries):
            if place == 1100:
                save(entry(3, "潮汐贷", version=5))  # read before
                remove(4)
                remove(1000)  # read before, and not among the living
                save(entry(1190, "朝霞贷", version=5))  # not read yet
                save(entry(2000, "新来贷", version=6))
            yield each

    assert build(index, read(), database.get) == 1199
    other = make("other")
    other.write(sorted(database.values(), key=lambda each: each.id))
    assert answers(index) == answers(other)
    assert leftovers(index) == []
    index.write([entry(5, "潮汐贷", version=7)])
    other.write([entry(5, "潮汐贷", version=7)])
    assert answers(index) == answers(other)


def test_many_changes_at_once_are_followed_one_by_one(make):
    index = make("index")
    index.write(many(10))
    changed = [replace(each, version=4, fingerprint="new") for each in many(writing.ONE_BY_ONE + 200)]

    def read() -> Iterator[Entry]:
        yield from many(writing.ONE_BY_ONE + 200)
        index.write(changed)

    build(index, read(), {each.id: each for each in changed}.get)
    assert {each.fingerprint for each in index.held(KIND)} == {"new"}


def test_readers_see_the_old_until_the_new_is_whole(make):
    index = make("index")
    index.write([entry(1, "潮汐贷")])
    with index.filling(KIND) as fresh:
        fresh.write([entry(1, "朝霞贷"), entry(2, "朝霞贷")])
        assert [each.title for each in index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5)] == ["潮汐贷"]
        assert index.suggest("朝霞", [KIND], EVERYBODY, NOW, 5) == []
        assert index.count(KIND) == 1
        fresh.swap()
        assert [each.id for each in index.suggest("朝霞", [KIND], EVERYBODY, NOW, 5)] == [1, 2]
    assert index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5) == []


def test_of_two_at_once_the_later_wins(make):
    index = make("index")
    index.write([entry(1, "潮汐贷")])
    with pytest.raises(RebuildOvertaken), index.filling(KIND) as first:
        first.write([entry(1, "朝霞贷")])
        assert build(index, iter([entry(1, "晚风贷"), entry(2, "晚风贷")]), lambda pk: None) == 2
        first.swap()
    assert [index.stored(KIND, [pk])[pk].title for pk in (1, 2)] == ["晚风贷", "晚风贷"]
    assert leftovers(index) == []


def test_first_building_of_all_follows_changes(make):
    index = make("index")

    def read() -> Iterator[Entry]:
        yield entry(1, "潮汐贷")
        index.delete(KIND, {1: 2})
        index.write([entry(2, "朝霞贷", version=2)])

    assert build(index, read(), {2: entry(2, "朝霞贷", version=2)}.get) == 1
    assert [each.id for each in index.held(KIND)] == [2]


def note_last_turn(index: EmbeddedEngine, seconds_ago: int) -> None:
    """As if whoever builds had been silent for so long."""
    (token, _space, _at) = index.get_mark(writing.building(KIND)).partition(" ")
    index.set_mark(writing.building(KIND), f"{token} {int(time.time()) - seconds_ago}")


def begun(index: EmbeddedEngine) -> filling.Filling:
    fresh = filling.Filling(index.storage, KIND)
    fresh.begin()
    fresh.write([entry(1, "朝霞贷")])
    return fresh


def test_what_a_killed_building_left_is_taken_away(make, monkeypatch):
    monkeypatch.setattr(filling, "THINNED", 2)
    index = make("index")
    index.write([entry(1, "潮汐贷")])
    begun(index).write(many(9))
    note_last_turn(index, filling.ABANDONED + 1)
    assert index.take_away_abandoned() == [KIND]
    assert leftovers(index) == []
    assert [each.title for each in index.suggest("潮汐", [KIND], EVERYBODY, NOW, 5)] == ["潮汐贷"]


def test_old_tables_of_a_building_killed_after_the_swap_are_taken_away(make):
    index = make("index")
    index.write([entry(1, "潮汐贷")])
    begun(index).swap()
    note_last_turn(index, filling.ABANDONED + 1)
    assert index.take_away_abandoned() == [KIND]
    assert leftovers(index) == []
    assert index.stored(KIND, [1])[1].title == "朝霞贷"


def test_building_without_a_time_is_taken_away(make):
    index = make("index")
    begun(index)
    index.set_mark(writing.building(KIND), "0123456789abcdef")
    assert index.take_away_abandoned() == [KIND]
    assert leftovers(index) == []


def test_living_building_is_left_alone(make):
    index = make("index")
    with index.filling(KIND) as fresh:
        fresh.write([entry(1, "朝霞贷")])
        assert index.take_away_abandoned() == []
        note_last_turn(index, filling.ABANDONED + 1)
        fresh.write([entry(2, "朝霞贷")])  # a turn, after a long silence
        assert index.take_away_abandoned() == []
        assert fresh.swap() == 2
    assert index.count(KIND) == 2


def test_building_that_moves_on_after_it_was_given_up_is_overtaken(make):
    index = make("index")
    index.write([entry(1, "潮汐贷")])
    with pytest.raises(RebuildOvertaken), index.filling(KIND) as fresh:
        fresh.write([entry(1, "朝霞贷")])
        note_last_turn(index, filling.ABANDONED + 1)
        assert index.take_away_abandoned() == [KIND]
        fresh.swap()
    assert leftovers(index) == []
    assert index.stored(KIND, [1])[1].title == "潮汐贷"


def test_giving_up_stops_where_the_mark_has_moved_on(make):
    index = make("index")
    seen = begun(index)._mark()
    note_last_turn(index, 60)
    assert filling.Filling(index.storage, KIND).take_over(seen) is False
    assert leftovers(index) != []


def test_what_clearing_overtook_is_taken_away(make):
    index = make("index")
    begun(index)
    index.clear(KIND)
    assert index.take_away_abandoned() == [KIND]
    assert leftovers(index) == []


def test_nothing_is_taken_away_where_nothing_was_left(make):
    assert make("index").take_away_abandoned() == []


def test_clearing_overtakes(make):
    index = make("index")
    with pytest.raises(RebuildOvertaken), index.filling(KIND) as fresh:
        fresh.write([entry(1, "朝霞贷")])
        index.clear(KIND)
        fresh.swap()
    assert index.count(KIND) == 0


@pytest.mark.parametrize("one", [False, True], ids=["in turns", "within a transaction"])
def test_log_that_was_cut_meanwhile_is_noticed(make, monkeypatch, one):
    monkeypatch.setattr(writing, "LOG_KEPT", 3)
    index = make("index")
    index.write([entry(1, "潮汐贷")])

    def read() -> Iterator[Entry]:
        for number in range(20):
            index.write([entry(1, "潮汐贷", version=number + 2)])
        yield entry(1, "朝霞贷")

    with pytest.raises(RebuildOutrun), index.transaction() if one else nullcontext():
        build(index, read(), lambda pk: None)
    assert index.stored(KIND, [1])[1].title == "潮汐贷"
