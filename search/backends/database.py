"""modelsearch's own database backends, with Chinese in words: FTS5 on SQLite, full text search on PostgreSQL."""

import copy
from typing import Any

from django.db import connection
from modelsearch.query import Phrase, PlainText

from .words import InWords, asked

NOTHING = "qzxqzxqzx"  # looked for when nothing but punctuation was typed


class ChineseIndex:
    """Mixin of an index."""

    def add_items(self, model: Any, items: Any) -> None:
        super().add_items(model, [InWords(each) for each in items])  # type: ignore[misc]


class ChineseQuery:
    """Mixin of a query compiler: what was typed is cut as the index is. A query of punctuation alone finds nothing."""

    query: Any

    def __init__(self, queryset: Any, query: Any, *args: Any, **options: Any) -> None:
        super().__init__(queryset, _in_words(query), *args, **options)  # type: ignore[call-arg]


def _in_words(query: Any) -> Any:
    if isinstance(query, str):
        return asked(query) or NOTHING
    if isinstance(query, Phrase):  # pairs of neighbours: as exact as a phrase, for what is typed
        return PlainText(asked(query.query_string) or NOTHING, operator="and")
    made = copy.copy(query)
    if isinstance(query, PlainText):
        made.query_string = asked(query.query_string) or NOTHING
    for name in ("subquery", "subquery_a", "subquery_b"):
        if hasattr(made, name):
            setattr(made, name, _in_words(getattr(made, name)))
    if hasattr(made, "subqueries"):
        made.subqueries = [_in_words(each) for each in made.subqueries]
    return made


def SearchBackend(params: dict[str, Any]) -> Any:
    """The backend for the default database; `params` as modelsearch documents them."""
    if connection.vendor == "postgresql":
        from .postgres import ChinesePostgresBackend

        return ChinesePostgresBackend({"SEARCH_CONFIG": "simple", **params})
    from .sqlite import ChineseSQLiteBackend

    return ChineseSQLiteBackend(params)
