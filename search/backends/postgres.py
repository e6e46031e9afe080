"""On PostgreSQL."""

from modelsearch.backends.database.postgres.postgres import (
    PostgresAutocompleteQueryCompiler,
    PostgresIndex,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
)

from .database import ChineseIndex, ChineseQuery


class ChinesePostgresIndex(ChineseIndex, PostgresIndex):
    pass


class ChinesePostgresQueryCompiler(ChineseQuery, PostgresSearchQueryCompiler):
    pass


class ChinesePostgresAutocompleteQueryCompiler(ChineseQuery, PostgresAutocompleteQueryCompiler):
    pass


class ChinesePostgresBackend(PostgresSearchBackend):
    index_class = ChinesePostgresIndex
    query_compiler_class = ChinesePostgresQueryCompiler
    autocomplete_query_compiler_class = ChinesePostgresAutocompleteQueryCompiler
