"""Where the index lives: in the site's own SQLite database, or beside PostgreSQL in a file of this host."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.db import connections, transaction


class Storage(Protocol):
    inline: bool

    @property
    def identity(self) -> str: ...

    def connection(self) -> sqlite3.Connection: ...

    def transaction(self): ...


class SiteStorage:
    """The site's database: an index row commits or rolls back with the change that it mirrors."""

    inline = True

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    @property
    def identity(self) -> str:
        return str(connections[self.alias].settings_dict["NAME"])

    def connection(self) -> sqlite3.Connection:
        wrapper = connections[self.alias]
        wrapper.ensure_connection()
        return wrapper.connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        # No savepoint: SQLite would hold every page that a rebuild touches twice, in memory. What fails inside takes
        # the whole transaction with it.
        with transaction.atomic(using=self.alias, savepoint=False):
            yield self.connection()


class FileStorage:
    """A file of this host, rebuilt from the database whenever it is missing. One connection a thread."""

    inline = False

    def __init__(self, path: Callable[[], Path]) -> None:
        self._path = path
        self._local = threading.local()

    @property
    def identity(self) -> str:
        return str(self._path())

    def connection(self) -> sqlite3.Connection:
        known: dict[str, sqlite3.Connection] = self._local.__dict__.setdefault("connections", {})
        path = self._path()
        connection = known.get(str(path))
        if connection is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=20, isolation_level=None)
            connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;")
            known[str(path)] = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self.connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
