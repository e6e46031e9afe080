"""Elasticsearch beside the embedded engine: who answers, what waits, what happens when it fails, and how it heals."""

import time
from collections.abc import Sequence
from contextlib import contextmanager

import pytest
from django.conf import settings as site_settings
from django.utils import timezone
from django_q.models import OrmQ

from catalogue.models import Product
from search import circuit, maintenance, outbox
from search.building import entry
from search.engines import engine, local, remote
from search.errors import EngineDown, RebuildOvertaken
from search.models import Change, EngineState, FailedDocument
from search.queries import find, find_everywhere, hits
from search.registry import register, unregister
from search.words import analyser
from tests.factories import ProductFactory, UserFactory
from tests.search.conftest import KIND
from tests.search.elastic import needs_elasticsearch
from tests.search.servers import broken, busy, closed_port, hanging, late

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.scaled, needs_elasticsearch]


@pytest.fixture
def alone(only, settings):
    """Nothing is delivered but by the queue's own work."""
    settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
    assert any(maintenance.heal() or time.sleep(1) for _turn in range(30))  # a server that has just started is slow
    return remote()


def clean() -> bool:
    return list(maintenance.differences([KIND])) == []


class TestWhoAnswers:
    def test_elasticsearch_when_it_has_everything(self, alone):
        product = ProductFactory(name="潮汐贷")
        outbox.deliver()
        found = find(KIND, "潮汐贷", facets=["kind"])
        assert (found.engine, found.ids) == ("elastic", [product.pk])
        assert [hit.url for hit in hits(found)] == [f"/products/{product.slug}/"]
        assert find_everywhere("潮汐贷").groups[0].engine == "elastic"
        near = find(KIND, "潮汐贷", facets=["kind"], engine_name="embedded")
        assert (near.ids, near.facets, near.total) == (found.ids, found.facets, found.total)

    def test_a_change_counts_at_once_though_elasticsearch_does_not_have_it(self, alone):
        product = ProductFactory(name="潮汐贷")
        found = find(KIND, "潮汐贷")
        assert (found.engine, found.ids) == ("embedded", [product.pk])
        assert outbox.deliver() > 0
        assert find(KIND, "潮汐贷").engine == "elastic"
        product.live = False
        product.save()
        found = find(KIND, "潮汐贷")
        assert (found.engine, found.total) == ("embedded", 0)
        outbox.deliver()
        found = find(KIND, "潮汐贷")
        assert (found.engine, found.total) == ("elastic", 0)

    def test_permission_counts_at_once(self, alone):
        product = ProductFactory(name="潮汐贷")
        outbox.deliver()
        product.login_required = True
        product.save()
        assert find(KIND, "潮汐贷").total == 0
        outbox.deliver()
        assert find(KIND, "潮汐贷").total == 0
        assert find(KIND, "潮汐贷", tokens=frozenset({"signed_in"})).ids == [product.pk]

    def test_expiry_needs_no_writing(self, alone):
        ProductFactory(name="潮汐贷", valid_to=timezone.localdate())
        outbox.deliver()
        found = find(KIND, "潮汐贷", engine_name="elastic")
        assert found.total == find(KIND, "潮汐贷", engine_name="embedded").total

    def test_what_waits_for_nobody_leaves_the_outbox(self, alone):
        ProductFactory(name="潮汐贷")
        outbox.sweep()
        assert not Change.objects.filter(remote=True).exists()
        if local().inline:
            assert not Change.objects.exclude(object_id=0).exists()
        assert outbox.waiting(local()) == outbox.waiting(remote()) == 0


class TestWrites:
    def test_late_writes_do_no_harm(self, alone, sample):
        product = ProductFactory(name="潮汐贷")
        outbox.deliver()
        stale = sample.queryset().get(pk=product.pk)
        product.name = "朝霞贷"
        product.save()
        outbox.deliver()
        assert alone.write([entry(sample, stale, version=1, analyser=analyser())]) == 0
        assert clean()
        product.delete()
        outbox.deliver()
        assert alone.write([entry(sample, stale, version=1, analyser=analyser())]) == 0
        assert clean()

    def test_negative_control_without_versions_a_late_write_spoils_it(self, alone, sample):
        product = ProductFactory(name="潮汐贷")
        stale = sample.queryset().get(pk=product.pk)
        product.name = "朝霞贷"
        product.save()
        outbox.deliver()
        assert alone.write([entry(sample, stale, version=10**9, analyser=analyser())]) == 1
        assert [(each.engine, each.what) for each in maintenance.differences([KIND])] == [("elastic", "stale")]

    def test_differences_are_named_with_their_engine_and_repaired(self, alone):
        products = [ProductFactory(name=name) for name in ("潮汐贷", "朝霞贷")]
        outbox.deliver()
        alone.delete(KIND, {products[0].pk: 10**6})
        find(KIND)
        local().delete(KIND, {products[1].pk: 10**9})
        found = {(each.engine, each.id, each.what) for each in maintenance.differences([KIND])}
        assert found == {("elastic", products[0].pk, "missing"), ("embedded", products[1].pk, "missing")}
        Product.objects.filter(pk=products[0].pk).update(name="晨光贷")
        assert {each.what for each in maintenance.repair([KIND], "embedded")} == {"missing", "stale"}
        assert list(maintenance.differences([KIND], "embedded")) == []

    def test_repair_mends_what_a_newer_database_had_written(self, alone, sample):
        """An older copy of the database was put back: its numbers are lower than those that Elasticsearch holds."""
        kept, lost = ProductFactory(name="潮汐贷"), ProductFactory(name="晨光贷")
        outbox.deliver()
        ahead = [entry(sample, each, version=10**9, analyser=analyser()) for each in (kept, lost)]
        assert alone.write(ahead) == 2
        lost_pk = lost.pk
        lost.delete()
        Product.objects.filter(pk=kept.pk).update(name="朝霞贷")
        outbox.changes([(KIND, kept.pk)])
        outbox.deliver()
        assert {(each.id, each.what) for each in maintenance.repair([KIND], "elastic")} == {
            (kept.pk, "stale"), (lost_pk, "surplus"),
        }  # fmt: skip
        assert clean()
        kept.name = "彩虹贷"
        kept.save()
        outbox.deliver()
        assert find(KIND, "彩虹", engine_name="elastic").ids == [kept.pk]

    def test_a_document_that_cannot_be_read_holds_up_nobody(self, alone, sample):
        bad, good = ProductFactory(name="潮汐贷", description="坏的"), ProductFactory(name="潮汐贷二")
        unregister(KIND)
        register(_with(sample, body=_broken_for(bad.pk)))
        outbox.changes([(KIND, bad.pk), (KIND, good.pk)])
        outbox.sweep()
        assert [find(KIND, "潮汐", engine_name=each).ids for each in ("embedded", "elastic")] == [[good.pk]] * 2
        assert outbox.waiting(local()) == outbox.waiting(remote()) == 0
        (failing,) = maintenance.status().failing
        assert (failing.id, failing.error) == (bad.pk, "ZeroDivisionError: of this one")
        assert {each.what for each in maintenance.differences([KIND])} == {"unreadable"}
        unregister(KIND)
        register(sample)
        FailedDocument.objects.update(last_at=timezone.now() - circuit.RELAPSE * 60)
        outbox.sweep()
        assert maintenance.status().failing == []
        assert clean()

    def test_a_document_that_elasticsearch_refuses_holds_up_nobody(self, alone, sample):
        bad, good = ProductFactory(name="潮汐贷"), ProductFactory(name="潮汐贷二")
        unregister(KIND)
        register(_with(sample, facets={"kind": _huge_for(bad.pk)}))
        outbox.changes([(KIND, bad.pk), (KIND, good.pk)])
        outbox.sweep()
        assert find(KIND, "潮汐", engine_name="elastic").ids == [good.pk]
        assert circuit.usable()
        assert [each.id for each in maintenance.status().failing] == [bad.pk]
        unregister(KIND)
        register(sample)


def _with(document_type, **changes):
    from dataclasses import replace

    return replace(document_type, **changes)


def _broken_for(pk: int):
    def body(product):
        if product.pk == pk:
            raise ZeroDivisionError("of this one")
        return [product.description]

    return body


def _huge_for(pk: int):
    from search.registry import Facet

    return Facet("类别", lambda product: ["长" * 40_000 if product.pk == pk else product.kind])


class TestRebuild:
    def test_the_old_index_answers_until_the_new_one_is_whole(self, alone, sample):
        first = ProductFactory(name="潮汐贷")
        outbox.deliver()
        before = alone.indices.behind(alone.names_of.read(KIND))
        with alone.rebuilding(KIND) as filling:
            objects = list(sample.queryset())
            assert find(KIND, "潮汐").engine == "elastic"
            first.name = "朝霞贷"
            first.save()
            second = ProductFactory(name="朝霞贷二")
            outbox.deliver()  # to both
            assert find(KIND, "朝霞").ids == [second.pk, first.pk]
            stale = [entry(sample, each, version=maintenance.OLDEST, analyser=analyser()) for each in objects]
            assert filling.write(stale) == 0  # what was read before the change is older than the change
        after = alone.indices.behind(alone.names_of.read(KIND))
        assert len(after) == 1
        assert after != before
        assert find(KIND, "朝霞").ids == [second.pk, first.pk]
        assert find(KIND, "朝霞").engine == "elastic"
        assert clean()

    def test_a_rebuild_that_fails_leaves_the_old_index(self, alone):
        product = ProductFactory(name="潮汐贷")
        outbox.deliver()
        with pytest.raises(ZeroDivisionError), alone.rebuilding(KIND):
            raise ZeroDivisionError
        assert alone.indices.behind(alone.names_of.next(KIND)) == []
        assert find(KIND, "潮汐").ids == [product.pk]

    def test_of_two_rebuilds_the_later_wins(self, alone):
        ProductFactory(name="潮汐贷")
        outbox.deliver()
        with pytest.raises(RebuildOvertaken), alone.rebuilding(KIND):
            assert maintenance.rebuild([KIND], "elastic") == {KIND: 1}
        assert clean()

    def test_progress_is_told(self, alone):
        ProductFactory()
        told = []
        maintenance.rebuild([KIND], "elastic", lambda *each: told.append(each))
        assert told[-1] == (KIND, 1, 1)

    def test_an_index_of_another_shape_is_rebuilt_by_a_new_version(self, alone):
        ProductFactory(name="潮汐贷")
        outbox.deliver()
        alone.set_mark(f"built_for:{KIND}", "older")
        maintenance.bring_up_to_date()
        assert alone.get_mark(f"built_for:{KIND}") == maintenance.built_for()
        assert find(KIND, "潮汐").engine == "elastic"


class TestTrouble:
    @pytest.fixture
    def product(self, alone):
        product = ProductFactory(name="潮汐贷")
        outbox.deliver()
        assert find(KIND, "潮汐").engine == "elastic"
        return product

    def heals(self, product) -> None:
        """What happened meanwhile is delivered, and Elasticsearch answers again."""
        product.name = "朝霞贷"
        product.save()
        assert find(KIND, "朝霞").ids == [product.pk]
        assert maintenance.heal()
        found = find(KIND, "朝霞")
        assert (found.engine, found.ids) == ("elastic", [product.pk])
        assert circuit.trouble() is None
        assert clean()

    def test_refused_connections(self, product):
        with _elsewhere(closed_port()):
            found = find(KIND, "潮汐")
            assert (found.engine, found.ids) == ("embedded", [product.pk])
        assert circuit.trouble().reason == "unreachable"
        self.heals(product)

    def test_an_answer_waits_for_elasticsearch_less_than_a_second(self, product):
        """By design: one call that fails ends the asking, and so does one that is slow; the longest is one after a slow one."""
        assert circuit.SLOW_SECONDS + remote().read_seconds < 1
        with hanging() as one, hanging() as other, _elsewhere(one.url, more=[other.url]):
            assert find_everywhere("潮汐贷").groups[0].engine == "embedded"
            assert len(one.connections) + len(other.connections) == 1  # of the nodes that hang one was asked, once

    def test_a_server_that_hangs_is_asked_once(self, product):
        with hanging() as server, _elsewhere(server.url):
            for _turn in range(20):
                found = find(KIND, "潮汐")
                assert (found.engine, found.ids) == ("embedded", [product.pk])
                assert len(hits(found)) == 1
            assert len(server.connections) == 1
        assert circuit.trouble().reason == "timeout"
        self.heals(product)

    def test_a_slow_server_is_left_alone(self, product):
        with late(site_settings.ELASTICSEARCH_URL[0], 0.3) as server, _elsewhere(server.url):
            answered = []
            for _turn in range(4):
                found = find(KIND, "潮汐")
                assert found.ids == [product.pk]
                assert len(hits(found)) == 1
                answered.append(found.engine)
            # Later than 0.25 s twice, or once later than the longest that an answer waits.
            assert answered in (["elastic", "elastic", "embedded", "embedded"], ["embedded"] * 4)
            assert circuit.trouble().reason in ("slow", "timeout")
        self.heals(product)

    def test_a_lost_index_is_made_again(self, product, alone):
        alone.indices.drop(alone.indices.behind(alone.names_of.read(KIND)))
        assert find(KIND, "潮汐").ids == [product.pk]
        assert circuit.trouble().reason == "missing"
        self.heals(product)

    def test_a_lost_index_does_not_come_back_by_a_write(self, product, alone):
        alone.indices.drop(alone.indices.behind(alone.names_of.read(KIND)))
        ProductFactory(name="潮汐贷二")
        assert outbox.deliver() == 0
        assert circuit.trouble().reason == "missing"
        assert find(KIND, "潮汐").total == 2
        self.heals(product)

    def test_read_only_by_a_full_disk(self, product, alone):
        (name,) = alone.indices.behind(alone.names_of.read(KIND))

        def block(on: bool | None) -> None:
            alone.writer.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": on})

        block(True)
        try:
            ProductFactory(name="潮汐贷二")
            assert outbox.deliver() == 0
            assert circuit.trouble().reason == "read_only"
            assert find(KIND, "潮汐").total == 2
            assert not maintenance.heal()
        finally:
            block(None)
        self.heals(product)

    def test_a_half_broken_server_is_left_alone_until_it_can_search(self, product):
        """It says hello and takes documents, but finds nothing: a probe that only says hello would let it answer."""
        with broken(site_settings.ELASTICSEARCH_URL[0], "search") as server, _elsewhere(server.url):
            for _turn in range(5):
                found = find(KIND, "潮汐")
                assert (found.engine, found.ids) == ("embedded", [product.pk])
            assert server.refused == 2  # one answer asked, and once more, as another node might do better
            assert circuit.trouble().reason == "failing"
            remote().ping()
            assert not maintenance.heal()
            assert not circuit.usable()
        self.heals(product)

    def test_a_server_that_finds_but_takes_nothing_is_left_alone(self, product):
        with broken(site_settings.ELASTICSEARCH_URL[0], "_bulk") as server, _elsewhere(server.url):
            product.name = "朝霞贷"
            product.save()
            assert outbox.deliver() == 0
            assert (server.refused, circuit.trouble().reason) == (2, "failing")
            found = find(KIND, "朝霞")
            assert (found.engine, found.ids) == ("embedded", [product.pk])
            assert not maintenance.heal()
            assert outbox.waiting(remote()) > 0
        self.heals(product)
        assert outbox.waiting(remote()) == 0

    def test_a_server_without_room_gets_it_again_after_a_while(self, product):
        with busy(site_settings.ELASTICSEARCH_URL[0], refusals=3) as server, _elsewhere(server.url):
            product.name = "朝霞贷"
            product.save()
            assert outbox.deliver() > 0
            assert server.refusals == 0
            assert circuit.usable()
        assert clean()

    def test_staff_are_told_quietly_and_nobody_else(self, product, client):
        notice = "暂由备用索引给出"
        circuit.failed(EngineDown("timeout", "test"))
        assert notice not in client.get("/search/?q=贷").content.decode()
        client.force_login(UserFactory(is_staff=True))
        assert notice in client.get("/search/?q=贷").content.decode()
        circuit.recovered()
        assert notice not in client.get("/search/?q=贷").content.decode()

    def test_one_process_sends_one_task_when_it_is_time(self, product):
        circuit.failed(EngineDown("timeout", "test"))
        OrmQ.objects.all().delete()
        find(KIND, "潮汐")
        assert OrmQ.objects.count() == 0
        EngineState.objects.update(retry_at=timezone.now())
        for _turn in range(5):
            assert find(KIND, "潮汐").engine == "embedded"
        assert [row.task["args"][0] for row in OrmQ.objects.all()] == ["search.tasks.heal_engine"]

    def test_tries_grow_rarer(self, product):
        waits = []
        for _turn in range(8):
            circuit.failed(EngineDown("timeout", "test"))
            row = EngineState.objects.get()
            waits.append(round((row.retry_at - timezone.now()).total_seconds()))
        assert waits == [2, 4, 8, 16, 32, 60, 60, 60]

    def test_a_failing_heal_leaves_it_alone(self, product):
        with _elsewhere(closed_port()):
            find(KIND, "潮汐")
            assert not maintenance.heal()
            assert not circuit.usable()
        self.heals(product)

    def test_verify_of_an_engine_that_is_away_says_so(self, product):
        from django.core.management import call_command

        with _elsewhere(closed_port()), pytest.raises(SystemExit) as stop:
            call_command("search", "verify", "--kind", KIND)
        assert stop.value.code == 2


@contextmanager
def _elsewhere(url: str, more: Sequence[str] = ()):
    """Elasticsearch is thought to be at `url`."""
    from django.test import override_settings

    with override_settings(ELASTICSEARCH_URL=[url, *more]):
        yield


def test_ready_says_standby_while_the_embedded_engine_stands_in(sample, client):
    circuit.failed(EngineDown("timeout", "test"))
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["elasticsearch"]) == (200, "standby")
    circuit.recovered()
    assert client.get("/readyz").json()["elasticsearch"] == "ok"


def test_engine_that_is_not_configured_is_unknown(settings):
    from search.errors import UnknownEngine

    settings.ELASTICSEARCH_URL = []
    with pytest.raises(UnknownEngine):
        engine("elastic")
