"""A kind built anew beside the living one, in tables of its own, and put into its place when it is whole.

SQLite has one writer at a time, so whoever builds takes short turns at it and rests in between as long as a turn took: others
write meanwhile. What they change in the living tables stands in the log; whoever builds reads those documents once more,
the last of them in the turn that swaps the tables. Readers see the old tables until that turn is committed. Of two at once
the later wins.

What is left of a building that was killed is in nobody's way, but no change reaches what it says of people: the next one takes
it away, and before that `take_away_abandoned` does, by the time of the last turn that stands beside the mark.
"""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import lt

from ...errors import RebuildOutrun, RebuildOvertaken
from ..base import Entry
from . import schema
from .storage import Storage
from .writing import Writing, batches, building, documents

THINNED = 4000  # rows taken away, or pages of FTS5, in one turn
MERGED = 500  # pages of FTS5 (4 KB) written in one turn
ABANDONED = 900  # seconds without a turn (one comes with every 500 documents), after which nobody builds any more
PARTS = 200  # of FTS5, at most that many of which are left unjoined; it can hold 2000
FILLING = {"automerge": 0, "crisismerge": 1999, "usermerge": 16}  # parts are joined when we say so
LIVING = {"automerge": 4, "crisismerge": 16, "usermerge": 4}  # as FTS5 has it


@contextmanager
def filling(storage: Storage, kind: str) -> Iterator["Filling"]:
    """Nothing happens to the living tables unless `swap` is called. An error takes away what was built."""
    fresh = Filling(storage, kind)
    fresh.begin()
    try:
        yield fresh
    except BaseException:
        with suppress(Exception):  # what is left over the next one takes away
            fresh.end()
        raise
    with suppress(RebuildOvertaken):  # the next one has begun, and takes away what is left
        fresh.end()


def take_away_abandoned(storage: Storage) -> list[str]:
    """What was left by buildings that were killed, in turns of its own; of which kinds. Who is alive after all is overtaken."""
    taken = []
    for kind, seen in _left(storage.connection()).items():
        if _last_turn(seen) <= time.time() - ABANDONED:
            left = Filling(storage, kind)
            with suppress(RebuildOvertaken):  # the one that has begun takes it away
                if left.take_over(seen):
                    left.end()
                    taken.append(kind)
    return taken


def _left(connection: sqlite3.Connection) -> dict[str, str]:
    """Kinds that are being built or were, each with its mark; "" where a kind was emptied meanwhile, which takes the mark."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'search_doc_[01]_*'").fetchall()
    marks = connection.execute("SELECT name, value FROM search_mark WHERE name GLOB 'building:*'").fetchall()
    kinds = dict.fromkeys((name.removeprefix("search_doc_")[len(schema.FRESH) :] for (name,) in tables), "")
    return kinds | {name.partition(":")[2]: value for name, value in marks}


def _last_turn(mark: str) -> int:
    """0 where no time is noted."""
    return int(mark.partition(" ")[2] or 0)


class Filling:
    """`place`: how the new tables are called, as if it were a kind. All that writes raises RebuildOvertaken when another has
    begun meanwhile."""

    def __init__(self, storage: Storage, kind: str) -> None:
        self.storage, self.kind = storage, schema.checked(kind)
        self.place, self.old = schema.FRESH + kind, schema.OLD + kind
        self.written = 0
        self._token = secrets.token_hex(8)
        self._changed: dict[int, None] = {}
        self._seen = self._last = self._parts = 0
        self._took = self._since = 0.0

    def begin(self) -> None:
        with self.storage.transaction() as connection:
            schema.create(connection, self.kind)
            connection.execute("INSERT OR REPLACE INTO search_mark VALUES (?, ?)", (building(self.kind), self._mark()))
            (self._seen,) = connection.execute("SELECT coalesce(max(seq), 0) FROM search_log").fetchone()
        self._take_away()
        with self.turn() as connection:
            schema.create(connection, self.place)
            connection.execute("INSERT OR REPLACE INTO search_mark VALUES (?, 0)", (documents(self.place),))
            self._tune(connection, FILLING)

    def take_over(self, seen: str) -> bool:
        """Only to `end`: from whoever has the mark `seen`, unless it has moved on."""
        name, mark = building(self.kind), self._mark()
        with self.storage.transaction() as connection:
            if seen:
                sql = "UPDATE search_mark SET value = ? WHERE name = ? AND value = ?"
                done = connection.execute(sql, (mark, name, seen))
            else:
                done = connection.execute("INSERT OR IGNORE INTO search_mark VALUES (?, ?)", (name, mark))
        return bool(done.rowcount)

    def _mark(self) -> str:
        return f"{self._token} {int(time.time())}"

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """A transaction, for as short as can be; after a rest as long as the one before."""
        rest = self._took - (time.monotonic() - self._since)
        if rest > 0 and not self.storage.connection().in_transaction:
            time.sleep(rest)
        with self.storage.transaction() as connection:
            began = time.monotonic()
            # A write, so that it waits for the lock here and not half way; and it tells that somebody is still building.
            ours = connection.execute(
                "UPDATE search_mark SET value = ? WHERE name = ? AND value GLOB ?",
                (self._mark(), building(self.kind), f"{self._token} *"),
            )
            if not ours.rowcount:
                raise RebuildOvertaken(self.kind)
            yield connection
        self._since = time.monotonic()
        self._took = self._since - began

    def write(self, entries: Iterable[Entry]) -> int:
        """All documents, in the order of their ids (others are taken, and take longer); how many."""
        for _kind, batch in batches(entries):
            with self.turn() as connection:
                self._put(connection, batch)
                self._look(connection)
            self._parts += 1
            if self._parts % PARTS == 0:
                self._merge(MERGED)
        if self._parts > 1:
            self._merge(-MERGED)
        return self.written

    def changed(self) -> list[int]:
        """Documents that others have changed in the living tables, and that were not mended since."""
        with self.turn() as connection:
            self._look(connection)
        return list(self._changed)

    def mend(self, entries: Sequence[Entry], gone: Mapping[int, int]) -> None:
        """What these documents, read after `changed` named them, say now; `gone`: id → version of those that are no more."""
        with self.turn() as connection:
            ids = [*(each.id for each in entries), *gone]
            for pk in ids:
                self._changed.pop(pk, None)
            self._look(connection)  # changed once more since they were read
            writing = Writing(connection)
            least = self._least(writing, ids)
            for each in entries:
                each.version = max(each.version, least.get(each.id, 0))
            writing.put(self.place, entries)
            writing.remove(self.place, {pk: max(version, least.get(pk, 0)) for pk, version in gone.items()})
            writing.finish()

    def swap(self) -> int:
        """In a turn in which `changed` named nothing, or all that it named was mended: from its end on readers see the new
        tables. How many documents."""
        with self.turn() as connection:
            self._tune(connection, LIVING)
            schema.swap(connection, self.kind)
            counted = connection.execute("SELECT value FROM search_mark WHERE name = ?", (documents(self.place),))
            count = int(counted.fetchone()[0])
            connection.execute("INSERT OR REPLACE INTO search_mark VALUES (?, ?)", (documents(self.kind), count))
            writing = Writing(connection)
            writing.note_all(self.kind)
            writing.finish()
        return count

    def end(self) -> None:
        """Takes away what is not used: the old tables, or the new ones that have not become the living ones."""
        self._take_away()
        with self.turn() as connection:
            names = building(self.kind), documents(self.place)
            connection.execute("DELETE FROM search_mark WHERE name IN (?, ?)", names)

    def _put(self, connection: sqlite3.Connection, batch: Sequence[Entry]) -> None:
        writing = Writing(connection)
        ids = [self._last, *(entry.id for entry in batch)]
        if all(map(lt, ids, ids[1:])):
            writing.add(self.place, batch)
        else:
            writing.put(self.place, batch)
        writing.finish()
        self._last = max(ids)
        self.written += writing.written

    def _look(self, connection: sqlite3.Connection) -> None:
        """Reads on in the log."""
        (lowest,) = connection.execute("SELECT min(seq) FROM search_log").fetchone()
        if lowest is not None and lowest > self._seen + 1:
            raise RebuildOutrun(self.kind)
        sql = "SELECT seq, kind, id FROM search_log WHERE seq > ? ORDER BY seq"
        for seq, kind, row_id in connection.execute(sql, (self._seen,)).fetchall():
            self._seen = seq
            if kind == self.kind:
                if row_id is None:
                    raise RebuildOutrun(self.kind)
                self._changed[row_id] = None

    def _least(self, writing: Writing, ids: Sequence[int]) -> dict[int, int]:
        """The versions of documents that are in the living tables or in the new ones."""
        found = writing.versions(self.place, ids)
        for pk, version in writing.versions(self.kind, ids).items():
            found[pk] = max(version, found.get(pk, 0))
        return found

    def _merge(self, pages: int) -> None:
        """Joins parts of the same size (`pages` below 0: all of them), some pages in a turn."""
        for name in (f"search_fts_{self.place}", f"search_keys_{self.place}"):
            amount, more = pages, True
            while more:
                with self.turn() as connection:
                    before = connection.total_changes
                    connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)", (amount,))
                    more = connection.total_changes - before > 1
                    self._look(connection)
                amount = abs(pages)

    def _tune(self, connection: sqlite3.Connection, settings: Mapping[str, int]) -> None:
        for name in (f"search_fts_{self.place}", f"search_keys_{self.place}"):
            for setting in settings.items():
                connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES (?, ?)", setting)

    def _take_away(self) -> None:
        for place in (self.place, self.old):
            more = bool(schema.tables(self.storage.connection(), place))
            while more:
                with self.turn() as connection:
                    more = schema.thin(connection, place, THINNED)
                    if not more:
                        schema.drop(connection, place)
