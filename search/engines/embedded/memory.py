"""What one process keeps of an index: its columns, names and what it has ranked, up to a place in the index's log."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..base import Candidate
from ..packs import Numbers, Packed, Packs
from . import schema
from .columns import Columns
from .storage import Storage

_COLUMNS = "id, tokens, ranges, since, until, date"
PACKED = 64 * 1024 * 1024  # bytes of packed documents and of the numbers; with more than that it begins anew
NUMBER = 150  # bytes of a token and its number
FOLLOWED = 5000  # rows of the log that are read at once
Place = tuple[int, str]


class Told(NamedTuple):
    """Names that everybody may be told; `until`: when there are more of them by the clock."""

    mark: str
    names: list[str]
    until: float


class Packing:
    """Documents that were ranked, and the numbers of their tokens."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.kinds: dict[str, dict[int, Packed]] = {}
        self.size = 0

    def forget(self, kind: str, ids: Iterable[int] | None = None) -> None:
        """These documents of a kind, or all of them."""
        gone = self.kinds.pop(kind, {}).values() if ids is None else self._taken(kind, ids)
        self.size -= sum(record.size for record in gone)

    def _taken(self, kind: str, ids: Iterable[int]) -> list[Packed]:
        held = self.kinds.get(kind, {})
        return [held.pop(each) for each in ids if each in held]


class Memory:
    """`with_tables(kind, work)` does `work`, after making the tables that it misses."""

    def __init__(self, storage: Storage, with_tables: Callable[[str | None, Callable[[], Any]], Any]) -> None:
        self.storage = storage
        self.with_tables = with_tables
        self.lock = threading.RLock()
        self.place: Place = (0, "")
        self.kinds: dict[str, Columns] = {}
        self.names: dict[tuple[str, ...], Told] = {}
        self.packing = Packing()

    def columns(self, kinds: Iterable[str]) -> dict[str, Columns]:
        with self.lock:
            self.refresh()
            return {kind: self.kinds.get(kind) or self._read(kind) for kind in dict.fromkeys(kinds)}

    def unpacked(self, kind: str, ids: Sequence[int]) -> list[int]:
        """Those of `ids` that are not held yet."""
        held = self.packing.kinds.get(kind, {})
        return [each for each in ids if each not in held]

    def packs(
        self, kind: str, ids: Sequence[int], place: Place, read: Callable[[Sequence[int]], Iterable[Candidate]]
    ) -> Packs:
        """Documents as they were at `place` of the log or later, those that are not held read by `read`."""
        packing = self.packing
        held = packing.kinds.get(kind, {})
        if len(found := [record for each in ids if (record := held.get(each)) is not None]) < len(ids):
            here = {record.id: record for record in found}
            fresh = {each.id: packing.numbers.pack(each) for each in read([each for each in ids if each not in here])}
            self._keep(packing, kind, fresh, place)
            here |= fresh
            found = [here[each] for each in ids if each in here]
        return Packs(found, packing.numbers, read)

    def _keep(self, packing: Packing, kind: str, fresh: dict[int, Packed], place: Place) -> None:
        with self.lock:
            if place != self.place or packing is not self.packing:
                return  # what was read may be older than what others have seen since
            packing.kinds.setdefault(kind, {}).update(fresh)
            packing.size += sum(record.size for record in fresh.values())
            if packing.size + NUMBER * len(packing.numbers) > PACKED:
                self.packing = Packing()

    def _read(self, kind: str) -> Columns:
        sql = f"SELECT {_COLUMNS} FROM search_doc_{schema.checked(kind)}"
        rows = self.with_tables(kind, lambda: self.storage.connection().execute(sql))
        columns = self.kinds[kind] = Columns.of(rows)
        return columns

    def refresh(self) -> None:
        """Follows the log from where this process has read it. A log that no longer knows that place (pruned, rolled
        back, another file) makes everything be read anew."""
        sql = f"SELECT seq, token, kind, id FROM search_log WHERE seq >= ? ORDER BY seq LIMIT {FOLLOWED}"
        log = self.with_tables(None, lambda: self.storage.connection().execute(sql, (self.place[0],)).fetchall())
        has_more = len(log) == FOLLOWED
        if log and (log[0][0], log[0][1]) == self.place:
            log = log[1:]
        elif log or self.place != (0, ""):
            self.kinds.clear()
            self.names.clear()
            self.packing = Packing()
            last = self.storage.connection().execute("SELECT seq, token FROM search_log ORDER BY seq DESC LIMIT 1")
            self.place = last.fetchone() or (0, "")
            return
        if not log:
            return
        self.names.clear()
        touched: dict[str, set[int | None]] = {}
        for _seq, _token, kind, row_id in log:
            touched.setdefault(kind, set()).add(row_id)
        for kind, ids in touched.items():
            self.packing.forget(kind, None if None in ids else [each for each in ids if each is not None])
            columns = self.kinds.get(kind)
            if columns is None:
                continue
            if None in ids or len(ids) > 1000:
                del self.kinds[kind]  # read anew when next asked for
                continue
            rows = self.storage.connection().execute(
                f"SELECT {_COLUMNS} FROM search_doc_{schema.checked(kind)} WHERE id IN ({','.join(map(str, ids))})"
            )
            self.kinds[kind] = columns.changed(rows, [each for each in ids if each is not None])
        self.place = (log[-1][0], log[-1][1])
        if has_more:
            self.refresh()
