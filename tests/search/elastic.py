"""Elasticsearch under the tests of search, where `ELASTICSEARCH_URL` names a server: it answers, and is empty before each."""

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from search.engines import remote
from search.engines.elastic import ElasticEngine
from search.models import Change, EngineState
from search.registry import types

needs_elasticsearch = pytest.mark.skipif(not settings.ELASTICSEARCH_URL, reason="ELASTICSEARCH_URL names no server")
_made: dict[str, set[str]] = {}
_numbers: dict[str, int] = {}  # the last one of the outbox that a server has seen, per prefix


def ready(*kinds: str) -> ElasticEngine:
    """The site's engine, with an empty index for each kind, in use."""
    index = remote()
    assert index is not None
    prefix = index.names_of.prefix
    if prefix not in _made:
        index.drop()  # what a run that was killed left behind
    made = _made.setdefault(prefix, set())
    wanted = {*kinds, *(each.kind for each in types())}
    index.create(sorted(wanted - made))
    made |= wanted
    _go_on_from(_numbers.get(prefix, 0))
    now = timezone.now()
    EngineState.objects.update_or_create(
        pk="elastic", defaults={"usable": True, "since": now, "retry_at": now, "failures": 0, "reason": ""}
    )
    return index


def _go_on_from(number: int) -> None:
    """SQLite takes numbers back with a rollback, so each test would begin with the same; a site never sends any that
    could still be rolled back, and Elasticsearch refuses what is older than what it has held or deleted."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [Change._meta.db_table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [Change._meta.db_table, number])


def _last_number() -> int:
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [Change._meta.db_table])
        return cursor.fetchone()[0]


def empty(index: ElasticEngine) -> None:
    """Takes out all documents; the transaction that wrote them is rolled back."""
    prefix = index.names_of.prefix
    _numbers[prefix] = max(_last_number(), _numbers.get(prefix, 0))
    kinds = sorted(_made[prefix])
    lines = [
        line
        for kind in kinds
        for line in ({"index": index.names_of.read(kind)}, {"size": 10_000, "_source": False, "version": True})
    ]
    for kind, answer in zip(kinds, index.writer.msearch(searches=lines)["responses"], strict=True):
        if "error" in answer:
            _made[prefix].discard(kind)  # a test took the index away
        elif hits := answer["hits"]["hits"]:
            index.delete(kind, {int(hit["_id"]): hit["_version"] for hit in hits})


def drop_all() -> None:
    if _made and (index := remote()) is not None:
        index.drop()
        _made.clear()
