"""A cluster of three real nodes, of which some are killed or hang while people search. Runs alone: it stops servers.

`ELASTICSEARCH_URL` names the nodes, `SERVICES` the script that starts and stops them.
"""

import logging
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as site_settings

from search import circuit, maintenance, outbox
from search.engines import remote
from search.queries import find, hits
from tests.factories import ProductFactory
from tests.search.conftest import KIND
from tests.search.test_two_engines import alone  # noqa: F401 — a fixture

SERVICES = os.environ.get("SERVICES", "")
logger = logging.getLogger(__name__)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.scaled,
    pytest.mark.skipif(
        len(site_settings.ELASTICSEARCH_URL) < 3 or not SERVICES, reason="ELASTICSEARCH_URL names no cluster of three"
    ),
]
NODES = ["elasticsearch-1", "elasticsearch-2", "elasticsearch-3"]


def services(*arguments: str) -> None:
    subprocess.run([SERVICES, *arguments], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


@pytest.fixture
def product(alone, settings):  # noqa: F811
    settings.ELASTICSEARCH_SHARDS, settings.ELASTICSEARCH_REPLICAS = 3, 1
    for number in range(30):
        ProductFactory(name=f"茶叶贷{number}")
    product = ProductFactory(name="潮汐贷")
    assert maintenance.heal()
    assert _heals(product)
    return product


def _heals(product) -> bool:
    """Within the time that a cluster needs to find itself again."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        outbox.deliver()
        if (circuit.usable() or maintenance.heal()) and find(KIND, "潮汐").engine == "elastic":
            return True
        time.sleep(0.5)
    return False


def search_for(seconds: float, product) -> set[str]:
    """People search meanwhile; who answered. Whatever happens, an answer is right, and after one that Elasticsearch failed it
    is not asked again until it has been tried, so that each waits for one failing call at most (ELASTICSEARCH_TIMEOUT)."""
    engines, failed, healed, until = set(), 0, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        asked = circuit.usable() and not circuit.is_away()
        found = find(KIND, "潮汐", facets=["kind"])
        assert found.ids == [product.pk]
        assert len(hits(found)) == 1
        engines.add(found.engine)
        failed += asked and found.engine == "embedded"
        assert failed <= healed + 1
        if found.engine == "embedded":
            healed += circuit.claim() and maintenance.heal()  # what the queue does
        time.sleep(0.02)
    return engines


@contextmanager
def trouble(what: str, product, *, seconds: float = 6.0) -> Iterator[None]:
    engines = search_for(seconds, product)
    logger.warning("%s: answered by %s", what, sorted(engines))
    assert circuit.usable() is (circuit.trouble() is None)  # staff are told while it is not
    product.name = "潮汐贷新"
    product.save()  # is found at once, by whoever answers
    assert [each.title[0].text for each in hits(find(KIND, "潮汐贷新"))]
    yield
    started = time.monotonic()
    assert _heals(product)
    logger.warning("%s: healed %.1f s after it was over", what, time.monotonic() - started)
    assert outbox.waiting(remote()) == 0
    assert list(maintenance.differences([KIND])) == []


def test_an_answer_waits_less_than_a_second_by_its_settings(product):
    assert circuit.SLOW_SECONDS + remote().read_seconds < 1


def test_a_node_is_killed(product):
    services("kill", "elasticsearch-2")
    with trouble("one node killed", product):
        services("up", "elasticsearch=3")


def test_a_node_hangs(product):
    services("pause", "elasticsearch-3")
    with trouble("one node paused", product):
        services("resume", "elasticsearch-3")


def test_all_nodes_hang(product):
    for node in NODES:
        services("pause", node)
    with trouble("all nodes paused", product):
        for node in NODES:
            services("resume", node)


def test_all_nodes_are_killed(product):
    for node in NODES:
        services("kill", node)
    with trouble("all nodes killed", product):
        services("up", "elasticsearch=3")
