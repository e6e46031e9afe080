"""The tables of the index. They are no Django models: their shape follows the registry, not migrations.

Per kind `search_doc_<kind>` (what is shown, filtered and ranked) and `search_fts_<kind>` (FTS5 over its token columns,
external content). For all kinds `search_key` (prefixes to suggest by), `search_log` (what changed, in order, for the
columns in memory) and `search_mark` (notes).
"""

import sqlite3

from ...registry import KIND

FIELDS = ("title", "grams", "pinyin", "keywords", "body")
NAMES = ("title", "grams", "pinyin", "keywords")

SHARED = """
CREATE TABLE IF NOT EXISTS search_key (
    key TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS search_key_document ON search_key (kind, id);
CREATE TABLE IF NOT EXISTS search_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id INTEGER, token TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS search_mark (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
PER_KIND = """
CREATE TABLE IF NOT EXISTS search_doc_{kind} (
    id INTEGER PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    title TEXT NOT NULL, grams TEXT NOT NULL, pinyin TEXT NOT NULL, keywords TEXT NOT NULL, body TEXT NOT NULL,
    keywords_length INTEGER NOT NULL, body_length INTEGER NOT NULL, name TEXT NOT NULL,
    shown TEXT NOT NULL, tokens TEXT NOT NULL, ranges TEXT NOT NULL, since REAL, until REAL, date REAL
);
CREATE VIRTUAL TABLE IF NOT EXISTS search_fts_{kind} USING fts5(
    title, grams, pinyin, keywords, body,
    content='search_doc_{kind}', content_rowid='id', tokenize="ascii tokenchars '._'", detail=column
);
CREATE VIRTUAL TABLE IF NOT EXISTS search_words_{kind} USING fts5vocab('search_fts_{kind}', 'row');
"""


def checked(kind: str) -> str:
    """`kind` goes into table names."""
    if not KIND.fullmatch(kind):
        raise ValueError(f"search: a kind is lower-case letters, digits and _, not {kind!r}")
    return kind


def create(connection: sqlite3.Connection, kind: str | None = None) -> None:
    """Statement by statement: `executescript` would commit the caller's transaction."""
    for statement in (SHARED + (PER_KIND.format(kind=checked(kind)) if kind else "")).split(";"):
        if statement.strip():
            connection.execute(statement)


def is_missing_table(error: sqlite3.OperationalError) -> bool:
    return "no such table: search_" in str(error) or "no such table: main.search_" in str(error)
