"""The tables of the index. They are no Django models: their shape follows the registry, not migrations.

Per kind `search_doc_<kind>` (what is shown, filtered and ranked) and `search_fts_<kind>` (FTS5 over its token columns,
which keeps no text of its own: the tokens stand in `search_doc_<kind>`) and `search_keys_<kind>` (FTS5 over the keys to
suggest by, whose text is in `search_told_<kind>`; `search_prefix_<kind>` is the list of keys in order). For all kinds `search_log` (what changed, in order, for
the columns in memory) and `search_mark` (notes). A kind that is being built anew, and one that was replaced, have the same
tables under the names of `FRESH` and `OLD`, which no kind can have (`filling`).
"""

# ruff: noqa: S608 — table names need a kind, which `checked` lets through only as plain letters

import sqlite3
from string import punctuation

from ...registry import KIND

FIELDS = ("title", "grams", "pinyin", "keywords", "body")
NAMES = ("title", "grams", "pinyin", "keywords")
FRESH, OLD = "0_", "1_"  # before the name of a kind, which begins with a letter

# Keys are apart by spaces alone. In FTS5's writing: a text in single quotes inside one in double quotes.
_MARKS = "".join(mark * 2 if mark in "'\"" else mark for mark in punctuation)
SHARED = (
    """CREATE TABLE IF NOT EXISTS search_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id INTEGER, token TEXT NOT NULL
)""",
    "CREATE TABLE IF NOT EXISTS search_mark (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)
PER_KIND = {
    "search_doc": """CREATE TABLE {name} (
    id INTEGER PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    title TEXT NOT NULL, grams TEXT NOT NULL, pinyin TEXT NOT NULL, keywords TEXT NOT NULL, body TEXT NOT NULL,
    keywords_length INTEGER NOT NULL, body_length INTEGER NOT NULL, name TEXT NOT NULL,
    shown TEXT NOT NULL, tokens TEXT NOT NULL, ranges TEXT NOT NULL, since REAL, until REAL, date REAL
)""",
    "search_fts": """CREATE VIRTUAL TABLE {name} USING fts5(
    title, grams, pinyin, keywords, body,
    content='', columnsize=0, tokenize="ascii tokenchars '._'", detail=column
)""",
    "search_words": "CREATE VIRTUAL TABLE {name} USING fts5vocab('search_fts_{kind}', 'row')",
    "search_told": "CREATE TABLE {name} (id INTEGER PRIMARY KEY, keys TEXT NOT NULL)",
    "search_keys": f"""CREATE VIRTUAL TABLE {{name}} USING fts5(
    keys, content='', columnsize=0, tokenize="ascii tokenchars '{_MARKS.replace("{", "{{").replace("}", "}}")}'", detail=none
)""",
    "search_prefix": "CREATE VIRTUAL TABLE {name} USING fts5vocab('search_keys_{kind}', 'instance')",
}


VIEWS = ("search_words", "search_prefix")  # hold nothing


def is_kind(place: str) -> bool:
    """And not what is being built for one, or was replaced."""
    return not place.startswith((FRESH, OLD))


def checked(kind: str) -> str:
    """`kind` goes into table names."""
    if not KIND.fullmatch(kind if is_kind(kind) else kind[len(FRESH) :]):
        raise ValueError(f"search: a kind is lower-case letters, digits and _, not {kind!r}")
    return kind


def create(connection: sqlite3.Connection, kind: str | None = None) -> None:
    """Makes the tables that are missing. Statement by statement: `executescript` would commit the caller's transaction."""
    for statement in SHARED:
        connection.execute(statement)
    if kind:
        known = tables(connection, kind)
        for name, statement in _wanted(kind).items():
            if name not in known:
                connection.execute(statement)


def renew(connection: sqlite3.Connection, kind: str) -> None:
    """Empty tables for a kind; those of another shape, which an older version of search made, give way to new ones."""
    known = tables(connection, kind)
    for name, statement in _wanted(kind).items():
        if name in known and known[name].replace(f'"{name}"', name, 1) != statement:  # a renamed one is in quotes
            connection.execute(f"DROP TABLE {name}")
    connection.execute("DROP TABLE IF EXISTS search_key")  # where keys of all kinds stood once
    create(connection, kind)
    connection.execute(f"INSERT INTO search_fts_{kind} (search_fts_{kind}) VALUES ('delete-all')")
    connection.execute(f"INSERT INTO search_keys_{kind} (search_keys_{kind}) VALUES ('delete-all')")
    connection.execute(f"DELETE FROM search_doc_{kind}")
    connection.execute(f"DELETE FROM search_told_{kind}")


def swap(connection: sqlite3.Connection, kind: str) -> None:
    """The tables that were built become those of the kind, and these the old ones."""
    for place in (kind, FRESH + kind):
        for part in VIEWS:
            connection.execute(f"DROP TABLE IF EXISTS {part}_{place}")
    known = tables(connection, kind)
    for name, statement in _wanted(kind).items():
        part = name.removesuffix(f"_{kind}")
        if part in VIEWS:
            connection.execute(statement)
        else:
            if name in known:
                connection.execute(f"ALTER TABLE {name} RENAME TO {part}_{OLD}{kind}")
            connection.execute(f"ALTER TABLE {part}_{FRESH}{kind} RENAME TO {name}")
    connection.execute("DROP TABLE IF EXISTS search_key")  # where keys of all kinds stood once


def thin(connection: sqlite3.Connection, place: str, rows: int) -> bool:
    """Takes some rows out of a large table that nobody reads, which would take long to drop; whether there was one."""
    known = tables(connection, place)
    for part, key, lowest in (("doc", "", 0), ("told", "", 0), ("fts", "_data", 10), ("keys", "_data", 10)):
        name = f"search_{part}_{place}"  # up to 10 FTS5 keeps what it says of itself
        if name in known:
            end = f"SELECT id FROM {name}{key} WHERE id > {lowest} ORDER BY id LIMIT 1 OFFSET {rows}"
            if found := connection.execute(end).fetchone():
                connection.execute(f"DELETE FROM {name}{key} WHERE id > {lowest} AND id < ?", found)
                return True
    return False


def drop(connection: sqlite3.Connection, place: str) -> None:
    known = tables(connection, place)
    for name in sorted(known, key=lambda name: not name.startswith(VIEWS)):  # these lean on the others
        connection.execute(f"DROP TABLE {name}")


def _wanted(kind: str) -> dict[str, str]:
    return {
        f"{part}_{checked(kind)}": statement.format(name=f"{part}_{kind}", kind=kind)
        for part, statement in PER_KIND.items()
    }


def tables(connection: sqlite3.Connection, kind: str) -> dict[str, str]:
    names = ", ".join(f"'{name}'" for name in _wanted(kind))
    return dict(connection.execute(f"SELECT name, sql FROM sqlite_master WHERE name IN ({names})"))


def is_missing_table(error: sqlite3.OperationalError) -> bool:
    return "no such table: search_" in str(error) or "no such table: main.search_" in str(error)
