"""Keys that suggestions are looked up by, in their order."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import heapq
import sqlite3
from collections.abc import Generator, Iterable, Iterator

from . import schema

Key = tuple[str, str, int]  # key, kind, id


def beginning_with(prefix: str, connection: sqlite3.Connection, kinds: Iterable[str]) -> Generator[Key, None, None]:
    """By key, kind and id; read only as far as somebody takes them."""
    yield from heapq.merge(*(_of_kind(kind, prefix, connection) for kind in kinds))


def _of_kind(kind: str, prefix: str, connection: sqlite3.Connection) -> Iterator[Key]:
    sql = f"SELECT term, doc FROM search_prefix_{schema.checked(kind)} WHERE term >= ? AND term < ?"
    try:
        rows = connection.execute(sql, (prefix, prefix + "\U0010ffff"))
    except sqlite3.OperationalError as error:
        if schema.is_missing_table(error):
            return  # nothing was written yet
        raise
    try:
        for key, row_id in rows:
            yield key, kind, row_id
    finally:
        rows.close()
