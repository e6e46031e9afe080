"""A query in FTS5's language. Every token is quoted, so nothing that was typed is ever syntax."""

from ...analysis import Alternative, Group, Query, Term
from .schema import NAMES

MOST = 8  # queries whose expressions are held


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", "") + '"'


def _term(term: Term) -> str:
    return f"pinyin : {quoted(term.text)} *" if term.prefix else quoted(term.text)


def _alternative(alternative: Alternative) -> str:
    terms = [_term(term) for term in alternative.terms]
    return terms[0] if len(terms) == 1 else f"({' AND '.join(terms)})"


def group_expression(group: Group) -> str:
    parts = list(dict.fromkeys(_alternative(each) for each in group.alternatives))
    return f"({' OR '.join(parts)})"


def expression(query: Query, *, every: bool) -> str:
    """All groups (`every`), or any of them."""
    return Sentences().of(query, every=every)


class Sentences:
    """Expressions of a few queries, each written once however often and of however many kinds it is asked."""

    def __init__(self) -> None:
        # A query is kept, so that its id is not given again.
        self._known: dict[tuple[int, bool], tuple[Query, str]] = {}
        self._groups: dict[int, tuple[Query, list[str]]] = {}

    @property
    def is_full(self) -> bool:
        return len(self._groups) >= MOST

    def groups(self, query: Query) -> list[str]:
        known = self._groups.get(id(query))
        if known is None:
            known = self._groups[id(query)] = (query, [group_expression(group) for group in query.groups])
        return known[1]

    def of(self, query: Query, *, every: bool) -> str:
        key = (id(query), every)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (query, (" AND " if every else " OR ").join(self.groups(query)))
        return known[1]


def in_names(text: str) -> str:
    """`text` held by a document's title or keywords alone."""
    return f"{{{' '.join(NAMES)}}} : ({text})"
