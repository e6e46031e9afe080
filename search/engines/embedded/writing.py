"""Puts documents into the index and takes them out, many with a statement."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ... import plain
from ..base import Entry, joined, name_of
from . import schema

BATCH = 500
LOG_KEPT = 10_000
ONE_BY_ONE = 1000  # documents of a kind that the log names; of more it says that the kind has changed
_TOKENS = ", ".join(schema.FIELDS)


def batches(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Neighbours of one kind, no document twice."""
    batch: dict[int, Entry] = {}
    kind = ""
    for entry in entries:
        if batch and (entry.kind != kind or entry.id in batch or len(batch) == BATCH):
            yield kind, list(batch.values())
            batch = {}
        kind = entry.kind
        batch[entry.id] = entry
    if batch:
        yield kind, list(batch.values())


def documents(kind: str) -> str:
    """Name of the mark that counts the documents of a kind, so that nobody has to read through them."""
    return f"documents:{schema.checked(kind)}"


def building(kind: str) -> str:
    """Name of the mark that says who builds a kind anew; there as long as somebody does."""
    return f"building:{schema.checked(kind)}"


class Writing:
    """Some writes within one transaction; `finish` notes them for those who follow the log."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.written = 0
        self._changed: dict[str, list[int | None]] = {}
        self._grown: dict[str, int] = {}

    def put(self, kind: str, entries: Sequence[Entry]) -> None:
        held = self._held(kind, (entry.id for entry in entries))
        entries = [entry for entry in entries if entry.id not in held or held[entry.id][0] <= entry.version]
        self._forget(kind, [(entry.id, *held[entry.id][1:]) for entry in entries if entry.id in held])
        self._insert(kind, entries)
        self.written += len(entries)
        self._note(kind, [entry.id for entry in entries], sum(entry.id not in held for entry in entries))

    def add(self, kind: str, entries: Sequence[Entry]) -> None:
        """Puts documents that are not there yet."""
        self._insert(kind, entries)
        self.written += len(entries)
        self._note(kind, [entry.id for entry in entries], len(entries))

    def _insert(self, kind: str, entries: Sequence[Entry]) -> None:
        rows, tokens, keys = [], [], []
        for entry in entries:
            own = [joined(getattr(entry.tokens, field)) for field in schema.FIELDS]
            tokens.append((entry.id, *own))
            rows.append(_row(entry, own))
            if entry.keys:
                keys.append((entry.id, " ".join(entry.keys)))
        put = self.connection.executemany
        put(f"INSERT INTO search_doc_{kind} VALUES ({', '.join('?' * 17)})", rows)
        put(f"INSERT INTO search_fts_{kind} (rowid, {_TOKENS}) VALUES (?, ?, ?, ?, ?, ?)", tokens)
        if keys:
            put(f"INSERT INTO search_told_{kind} VALUES (?, ?)", keys)
            put(f"INSERT INTO search_keys_{kind} (rowid, keys) VALUES (?, ?)", keys)

    def remove(self, kind: str, versions: Mapping[int, int]) -> None:
        held = self._held(kind, versions)
        gone = [(pk, *tokens) for pk, (version, *tokens) in held.items() if version <= versions[pk]]
        self._forget(kind, gone)
        absent = [pk for pk in versions if pk not in held]
        if absent and not self._is_built_anew(kind):  # who builds may have read them before they were gone
            absent = []
        if gone or absent:
            self._note(kind, [*(row[0] for row in gone), *absent], -len(gone))

    def clear(self, kind: str) -> None:
        """Whoever builds it anew is overtaken."""
        schema.renew(self.connection, kind)
        self.connection.execute("INSERT OR REPLACE INTO search_mark VALUES (?, 0)", (documents(kind),))
        self.connection.execute("DELETE FROM search_mark WHERE name = ?", (building(kind),))
        self.note_all(kind)

    def note_all(self, kind: str) -> None:
        self._note(kind, [None], 0)

    def versions(self, kind: str, ids: Iterable[int]) -> dict[int, int]:
        """Of those that are in the index."""
        wanted = ",".join(str(int(each)) for each in ids)
        sql = f"SELECT id, version FROM search_doc_{schema.checked(kind)} WHERE id IN ({wanted})"
        return dict(self.connection.execute(sql).fetchall())

    def finish(self) -> None:
        token = secrets.token_hex(6)  # tells a number that was rolled back and given out again from the first one
        for kind, changed in self._changed.items():
            if not schema.is_kind(kind):
                continue  # nobody reads it yet
            many = len(changed) > ONE_BY_ONE and not self._is_built_anew(kind)
            rows = [None] if None in changed or many else changed
            self.connection.executemany(
                "INSERT INTO search_log (kind, id, token) VALUES (?, ?, ?)", [(kind, row_id, token) for row_id in rows]
            )
        for kind, grown in self._grown.items():
            mark = documents(kind)
            counted = self.connection.execute("UPDATE search_mark SET value = value + ? WHERE name = ?", (grown, mark))
            if grown and not counted.rowcount:
                count = f"SELECT ?, count(*) FROM search_doc_{kind}"
                self.connection.execute(f"INSERT INTO search_mark {count}", (mark,))
        low, high = self.connection.execute(
            "SELECT (SELECT min(seq) FROM search_log), (SELECT max(seq) FROM search_log)"
        ).fetchone()
        if low is not None and high - low > 2 * LOG_KEPT:
            self.connection.execute("DELETE FROM search_log WHERE seq < ?", (high - LOG_KEPT,))

    def _is_built_anew(self, kind: str) -> bool:
        found = self.connection.execute("SELECT 1 FROM search_mark WHERE name = ?", (building(kind),))
        return found.fetchone() is not None

    def _note(self, kind: str, ids: list, grown: int) -> None:
        self._changed.setdefault(kind, []).extend(ids)
        self._grown[kind] = self._grown.get(kind, 0) + grown

    def _held(self, kind: str, ids: Iterable[int]) -> dict[int, tuple]:
        """Version and tokens of those that are in the index."""
        rows = self.connection.execute(
            f"SELECT id, version, {_TOKENS} FROM search_doc_{schema.checked(kind)}"
            f" WHERE id IN ({','.join(str(int(each)) for each in ids)})"
        )
        return {row[0]: row[1:] for row in rows}

    def _forget(self, kind: str, rows: Sequence[tuple]) -> None:
        """`rows`: id and the tokens that it was put with."""
        if not rows:
            return
        ids = [(row[0],) for row in rows]
        take = self.connection.executemany
        take(
            f"INSERT INTO search_fts_{kind} (search_fts_{kind}, rowid, {_TOKENS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            rows,
        )
        take(f"DELETE FROM search_doc_{kind} WHERE id = ?", ids)
        places = ",".join(str(int(row[0])) for row in rows)
        told = self.connection.execute(f"SELECT id, keys FROM search_told_{kind} WHERE id IN ({places})").fetchall()
        if told:
            take(f"INSERT INTO search_keys_{kind} (search_keys_{kind}, rowid, keys) VALUES ('delete', ?, ?)", told)
            take(f"DELETE FROM search_told_{kind} WHERE id = ?", ids)


def _row(entry: Entry, tokens: list[str]) -> tuple:
    equality = [f"{facet}:{value}" for facet, values in entry.facets.items() for value in values]
    equality += [f":{token}" for token in entry.visibility]
    return (
        entry.id,
        entry.version,
        entry.fingerprint,
        *tokens,
        len(entry.tokens.keywords),
        len(entry.tokens.body),
        name_of(entry.title),
        plain.text([entry.title, entry.summary, entry.url, entry.meta, entry.body]),
        plain.text([*dict.fromkeys(equality)]),
        plain.text(entry.ranges if type(entry.ranges) is dict else dict(entry.ranges)),
        entry.since,
        entry.until,
        entry.date,
    )
