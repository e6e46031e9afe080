"""On SQLite."""

from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteAutocompleteQueryCompiler,
    SQLiteIndex,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)

from .database import ChineseIndex, ChineseQuery


class ChineseSQLiteIndex(ChineseIndex, SQLiteIndex):
    pass


class ChineseSQLiteQueryCompiler(ChineseQuery, SQLiteSearchQueryCompiler):
    pass


class ChineseSQLiteAutocompleteQueryCompiler(ChineseQuery, SQLiteAutocompleteQueryCompiler):
    pass


class ChineseSQLiteBackend(SQLiteSearchBackend):
    index_class = ChineseSQLiteIndex
    query_compiler_class = ChineseSQLiteQueryCompiler
    autocomplete_query_compiler_class = ChineseSQLiteAutocompleteQueryCompiler
