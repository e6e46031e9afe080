"""Why results stand where they stand: how the query was read, what matched, each part of the score."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import queries, statistics, words
from .analysis import DocumentTokens, Query
from .building import entry
from .engines import Candidate
from .ranking import Scored, Share, rank, shares
from .registry import get

WAYS: dict[str, str | Promise] = {
    "word": _("原词"),
    "parts": _("拆开的字词"),
    "pinyin": _("拼音"),
    "synonym": _("同义词"),
    "related": _("相关词"),
    "repair": _("错字改正"),
    "near": _("其中一部分"),
}
FIELDS: dict[str, str | Promise] = {
    "title": _("名称"),
    "grams": _("名称中的字"),
    "pinyin": _("名称的拼音"),
    "keywords": _("关键词"),
    "body": _("正文"),
}


@dataclass(frozen=True)
class Explained:
    """One result. `score` = sum of the shares' points × coverage² + `scored.name`."""

    id: int
    title: str
    pinned: bool
    scored: Scored
    shares: list[Share]
    tokens: DocumentTokens


@dataclass(frozen=True)
class Explanation:
    kind: str
    query: Query
    total: int
    relaxed: bool
    results: list[Explained]


def explain(kind: str, q: str, tokens: frozenset[str], limit: int = 10) -> Explanation:
    """The first `limit` results of `find`, as `tokens` may see them, with the documents analysed anew."""
    found = queries.find(kind, q, tokens=tokens, limit=limit)
    if found.query is None or not found.query.groups:
        return Explanation(kind, words.current().query(q), found.total, found.relaxed, [])
    document_type, known = get(kind), statistics.frequencies(kind)
    results = []
    objects = {obj.pk: obj for obj in document_type.queryset().filter(pk__in=found.ids)}
    for pk in found.ids:
        if pk not in objects:
            continue
        made = entry(document_type, objects[pk], 0, words.current())
        candidate = Candidate.of(made)
        (scored,) = rank(found.query, [candidate], known)
        shown = shares(found.query, candidate, known)
        results.append(Explained(pk, made.title, pk in found.pinned, scored, shown, made.tokens))
    return Explanation(kind, found.query, found.total, found.relaxed, results)
