"""What one process keeps of an index: its columns and names, up to a place in the index's log."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import threading
from collections.abc import Callable, Iterable
from typing import Any

from . import schema
from .columns import Columns
from .storage import Storage

_COLUMNS = "id, tokens, ranges, since, until, date"


class Memory:
    """`with_tables(kind, work)` does `work`, after making the tables that it misses."""

    def __init__(self, storage: Storage, with_tables: Callable[[str | None, Callable[[], Any]], Any]) -> None:
        self.storage = storage
        self.with_tables = with_tables
        self.lock = threading.RLock()
        self.place: tuple[int, str] = (0, "")
        self.kinds: dict[str, Columns] = {}
        self.names: dict[tuple[str, ...], tuple[str, list[str]]] = {}

    def columns(self, kinds: Iterable[str]) -> dict[str, Columns]:
        with self.lock:
            self.refresh()
            return {kind: self.kinds.get(kind) or self._read(kind) for kind in dict.fromkeys(kinds)}

    def _read(self, kind: str) -> Columns:
        sql = f"SELECT {_COLUMNS} FROM search_doc_{schema.checked(kind)}"
        rows = self.with_tables(kind, lambda: self.storage.connection().execute(sql))
        columns = self.kinds[kind] = Columns.of(rows)
        return columns

    def refresh(self) -> None:
        """Follows the log from where this process has read it. A log that no longer knows that place (pruned, rolled
        back, another file) makes everything be read anew."""
        sql = "SELECT seq, token, kind, id FROM search_log WHERE seq >= ? ORDER BY seq LIMIT 5000"
        log = self.with_tables(None, lambda: self.storage.connection().execute(sql, (self.place[0],)).fetchall())
        if log and (log[0][0], log[0][1]) == self.place:
            log = log[1:]
        elif log or self.place != (0, ""):
            self.kinds.clear()
            self.names.clear()
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
