"""The product list at 10,000 products, uncached: server time and queries of one request, and how fast content is made.

Floors: an empty view through the same stack of middleware, and the bare queryset of one page of rows.
"""

import io
import json
import os
import statistics
from collections.abc import Iterator
from functools import partial

from django.core.management import call_command

from tests.perf.search import client, database, timed

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "10000"))
PAGES = {
    "list": "/products/",
    "narrowed": "/products/?kind=loan&region=330902&amount=50&guarantee=credit",
    "words": "/products/?q=%E8%8C%B6%E5%8F%B6%E8%B4%B7%E6%AC%BE",
    "nothing": "/products/?kind=grant&guarantee=credit&term=12",
    "compare": "/products/compare/?p=generated-1&p=generated-2&p=generated-3&p=generated-4",
    "product": "/products/generated-1/",
    "institutions": "/institutions/",
}
ROUNDS = 25


def run() -> Iterator[dict]:
    from search.engines import engine

    call_command("prepare", verbosity=0)
    report = io.StringIO()
    call_command("generate", products=PRODUCTS, enterprises=PRODUCTS // 5, seed=20261124, json=True, stdout=report)
    made = json.loads(report.getvalue())
    base = {"n": PRODUCTS, "engine": engine().name, "database": database()}
    rate = made["rows_per_second"]
    yield base | {"bench": "catalogue.generate", "value": rate, "unit": "rows/s", "floor": 20_000, "ratio": round(rate / 20_000, 2)}  # fmt: skip
    indexed = made["indexed"] / made["index_seconds"]
    yield base | {"bench": "catalogue.generate.index", "value": round(indexed), "unit": "documents/s", "floor": None, "ratio": None}  # fmt: skip
    rows = statistics.median(timed(bare_rows, ROUNDS))
    yield base | {"bench": "catalogue.rows", "value": round(rows, 2), "unit": "ms", "floor": None, "ratio": None}
    with client() as browser:
        empty = statistics.median(timed(partial(answered, browser, "/robots.txt"), ROUNDS))
        for name, path in PAGES.items():
            value = statistics.median(timed(partial(answered, browser, path), ROUNDS))
            floor = empty + rows
            yield base | {"bench": f"catalogue.{name}", "value": round(value, 2), "unit": "ms", "floor": round(floor, 2), "ratio": round(value / floor, 2)}  # fmt: skip
            count = queries(browser, path)
            yield base | {"bench": f"catalogue.{name}.queries", "value": count, "unit": "queries", "floor": None, "ratio": None}  # fmt: skip


def bare_rows() -> list:
    """Twenty products with what a row shows, as Django alone reads them."""
    from django.contrib.auth.models import AnonymousUser

    from catalogue.queries import ROW, products_visible_to

    return list(products_visible_to(AnonymousUser()).order_by("-pk").prefetch_related(*ROW)[:20])


def answered(browser, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def queries(browser, path: str) -> int:
    """Of a request whose connection is open already."""
    from django.core.signals import request_started
    from django.db import close_old_connections, connection
    from django.test.utils import CaptureQueriesContext

    connection.ensure_connection()
    request_started.disconnect(close_old_connections)
    try:
        with CaptureQueriesContext(connection) as captured:
            answered(browser, path)
        return len(captured)
    finally:
        request_started.connect(close_old_connections)
