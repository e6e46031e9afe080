"""Many people change one document at the same moment: the index ends up saying what the database says."""

import threading
import time
from dataclasses import replace

import pytest
from django.db import connection, transaction

from catalogue.models import Product
from search import maintenance, outbox
from search.building import entry
from search.engines import engine
from search.engines.embedded import writing
from search.queries import find
from search.registry import register
from search.words import analyser
from tests.factories import ProductFactory
from tests.search.conftest import KIND, _elasticsearch, _leave_no_index, sample  # noqa: F401 — fixtures

WRITERS, ROUNDS = 4, 6


def together(*works) -> None:
    failures: list[BaseException] = []

    def run(work) -> None:
        try:
            work()
        except BaseException as error:  # told to the test below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_one_document(sample, settings):  # noqa: F811
    settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
    product = ProductFactory(name="潮汐贷")

    def write(number: int):
        def work() -> None:
            for turn in range(ROUNDS):
                with transaction.atomic():
                    mine = Product.objects.select_for_update().get(pk=product.pk)
                    mine.name, mine.live = f"潮汐贷{number}第{turn}版", bool((number + turn) % 3)
                    mine.save()
                find(KIND, "潮汐")

        return work

    together(*[write(number) for number in range(WRITERS)])
    find(KIND, "潮汐")
    assert list(maintenance.differences([KIND])) == []


@pytest.mark.django_db(transaction=True)
def test_negative_control_a_late_write_without_versions_spoils_the_index(sample, settings):  # noqa: F811
    """The same race with the version taken away: a process that read the row before the last change writes after it."""
    settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
    product = ProductFactory(name="潮汐贷")
    find(KIND, "潮汐")
    stale = sample.queryset().get(pk=product.pk)
    product.name = "朝霞贷"
    product.save()
    outbox.settle()
    engine().write([entry(sample, stale, version=10**9, analyser=analyser())])
    assert [each.what for each in maintenance.differences([KIND])] == ["stale"]
    engine().clear(KIND)
    maintenance.rebuild([KIND])
    engine().write([entry(sample, stale, version=0, analyser=analyser())])
    assert list(maintenance.differences([KIND])) == []


@pytest.mark.django_db(transaction=True)
def test_readers_during_a_rebuild_see_all_or_the_old(sample):  # noqa: F811
    for number in range(60):
        ProductFactory(name=f"潮汐贷{number}")
    find(KIND, "潮汐")
    totals: list[int] = []
    done = threading.Event()

    def read() -> None:
        until = time.monotonic() + 20
        while not done.is_set() and time.monotonic() < until:
            totals.append(find(KIND, "潮汐").total)

    def rebuild() -> None:
        try:
            for _turn in range(3):
                maintenance.rebuild([KIND])
        finally:
            done.set()

    together(read, read, rebuild)
    assert set(totals) == {60}


@pytest.mark.django_db(transaction=True)
def test_rebuild_that_is_outrun_begins_again(sample, monkeypatch, caplog):  # noqa: F811
    """So many changes between two of its turns that the log no longer tells all of them."""
    monkeypatch.setattr(writing, "LOG_KEPT", 3)
    product = ProductFactory(name="潮汐贷")
    find(KIND, "潮汐")
    outran: list[int] = []

    def rows():
        if not outran:
            outran.append(product.pk)
            for turn in range(12):
                product.name = f"潮汐贷第{turn}版"
                product.save()
                outbox.settle()
        return sample.queryset()

    register(replace(sample, queryset=rows))
    assert maintenance.rebuild([KIND], "embedded") == {KIND: 1}
    assert [each.message for each in caplog.records if "没有赶上" in each.message] != []
    assert list(maintenance.differences([KIND], "embedded")) == []
    maintenance.forget_host_index()
