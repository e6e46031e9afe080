"""Elasticsearch: the whole request beside the same question asked by the bare client, and bulk writing beside the client's own.

Needs `ELASTICSEARCH_URL`; prints nothing without. `elastic.request` stands beside the bare `_search`,
`elastic.request.allowed` beside what was promised: 1.5 × that + 5 ms. `elastic.bulk`: the same documents, ready to be
sent, by our writer and by `elasticsearch.helpers.bulk`, each into a new index with the same mapping and settings, in turns.
"""

import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from math import ceil
from typing import Any

from django.conf import settings
from django.core.management import call_command

from tests.perf.search import QUERIES, database, declare, make, timed

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "10000"))
BULK = int(os.environ.get("BENCH_BULK", str(min(DOCUMENTS, 100_000))))
PART = 10_000  # documents that are held at once
ROUNDS = 15


def run() -> Iterator[dict]:
    if not settings.ELASTICSEARCH_URL:
        return
    # A server that shares two cores with what loads them is to answer, however late: nothing else is measured here.
    settings.ELASTICSEARCH_TIMEOUT = 30.0
    call_command("migrate", verbosity=0)
    from search import circuit, maintenance
    from search.engines import remote
    from search.outbox import suspended
    from search.registry import unregister

    circuit.SLOW_SECONDS = 30.0
    document_type = declare()
    index = remote()
    assert index is not None
    try:
        make(DOCUMENTS, random.Random(20261124))
        base = {"n": DOCUMENTS, "engine": index.name, "database": database()}
        with suspended():
            maintenance.rebuild(engine_name="embedded")  # completes and repairs what is typed
            begin = time.perf_counter()
            if not maintenance.heal():
                raise RuntimeError("Elasticsearch does not answer")
            rate = DOCUMENTS / (time.perf_counter() - begin)
        yield base | {"bench": "elastic.rebuild", "value": round(rate), "unit": "documents/s"}
        yield from bulk(base | {"n": BULK}, index, document_type)
        yield from requests(base, index, document_type)
    finally:
        unregister(document_type.kind)
        index.drop()


def bulk(base: dict, index: Any, document_type: Any) -> Iterator[dict]:
    """A few thousand at a time: analysed first, then written by each, whose turn it is to be first changing."""
    from elasticsearch.helpers import bulk as plainly

    from search.building import entries
    from search.engines.elastic.bulk import put
    from search.words import analyser

    objects = document_type.queryset().order_by("pk").iterator(chunk_size=1000)
    made = entries(document_type, islice(objects, BULK), 1, analyser(), {})
    took = {"ours": 0.0, "client": 0.0}
    with index.rebuilding("bench_ours") as ours, index.rebuilding("bench_client"):
        bare = index.names_of.next("bench_client")
        turn = 0
        while part := list(islice(made, PART)):
            ready = [{**put(each), "_index": bare, "version_type": "external_gte"} for each in part]

            def by_client(ready: list[dict] = ready) -> None:
                plainly(index.writer, ready)

            def by_us(part: list = part) -> None:
                if ours.write(part) != len(part):
                    raise RuntimeError("not all were written")

            ways = [("client", by_client), ("ours", by_us)]
            for name, way in ways if turn % 2 else reversed(ways):
                begin = time.perf_counter()
                way()
                took[name] += time.perf_counter() - begin
            turn += 1
    rates = {name: BULK / seconds for name, seconds in took.items()}
    yield base | {
        "bench": "elastic.bulk", "value": round(rates["ours"]), "unit": "documents/s", "floor": round(rates["client"]),
        "ratio": round(rates["ours"] / rates["client"], 2),
    }  # fmt: skip


def requests(base: dict, index: Any, document_type: Any) -> Iterator[dict]:
    """Per query the median; the figure is the mean over queries, so that costly ones weigh as they do in life."""
    from tests.perf.browser import Browser

    browser = Browser()
    whole, grouped, raw = [], [], []
    for text in QUERIES:
        raw.append(statistics.median(timed(question(text, index, document_type), ROUNDS)))
        whole.append(statistics.median(timed(partial(browser.get, q=text, type=document_type.kind), ROUNDS)))
        grouped.append(statistics.median(timed(partial(browser.get, q=text), ROUNDS)))
    floor = statistics.mean(raw)
    for name, times in (("elastic.request", whole), ("elastic.request.grouped", grouped)):
        value, allowed = statistics.mean(times), 1.5 * floor + 5
        yield base | {"bench": name, "value": round(value, 2), "unit": "ms", "floor": round(floor, 2), "ratio": round(value / floor, 2)}  # fmt: skip
        yield base | {"bench": f"{name}.allowed", "value": round(value, 2), "unit": "ms", "floor": round(allowed, 2), "ratio": round(value / allowed, 2)}  # fmt: skip


def question(text: str, index: Any, document_type: Any) -> partial:
    """The question whose answer is shown, as the bare client asks it: of a search that first finds nothing it is the one
    for what is nearest."""
    from search.engines import Ask, engine
    from search.engines.elastic import expression
    from search.queries import EVERYBODY, find
    from search.words import analyser, names

    found = find(document_type.kind, text)
    if found.engine != index.name:
        raise RuntimeError(f"{found.engine} answered instead")
    words = analyser()
    query = found.query if found.relaxed else words.query(text, names(engine(), words))
    assert query is not None
    ask = Ask(document_type.kind, query, EVERYBODY, time.time(), facets=tuple(document_type.open_facets), take=0)
    if found.relaxed:
        ask = replace(ask, minimum=ceil(index.coverage(ask).best * 0.7))
    return partial(
        index.client.search, index=index.names_of.read(document_type.kind), body=expression.match(ask, read=False)
    )
