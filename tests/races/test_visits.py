"""Many people plan the same hour of one advisor at once: one visit comes of it, whatever stands in the way.

Three layers are tried one by one: all of it, the database's rule alone (the action bypassed), and neither, which must
oversell — else the test could not fail.
"""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, connections
from django.utils import timezone

from advisors import actions, database
from advisors.models import Visit
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.factories import EnterpriseFactory

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


def race(work) -> list:
    """`work(number)` in many threads at one moment, each with a connection of its own; results or exceptions."""
    gate, results = threading.Barrier(CLIENTS), [None] * CLIENTS

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = work(number)
        except Exception as error:  # every outcome is judged by the test
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def hour(transactional_db):
    team = TeamFactory()
    advisor = AdvisorFactory(team=team)
    start = timezone.now() + timedelta(days=3)
    return {
        "by": lead_user(team),
        "advisor": advisor,
        "enterprise": EnterpriseFactory(),
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "purpose": "同一时间",
    }


def insert(hour):
    def work(number: int) -> Visit:
        fields = {name: value for name, value in hour.items() if name != "by"}
        return Visit.objects.create(created_by=hour["by"], **fields)

    return work


def test_race_of_plans_gives_one_visit_and_clear_refusals(hour):
    results = race(lambda number: actions.plan_visit(client_key=uuid4(), **hour))
    kinds = sorted(type(each).__name__ for each in results)
    assert kinds == ["Visit", *["VisitOverlaps"] * (CLIENTS - 1)]
    assert Visit.objects.count() == 1


def test_race_with_one_key_gives_one_visit_to_all(hour):
    key = uuid4()
    results = race(lambda number: actions.plan_visit(client_key=key, **hour))
    assert {getattr(each, "pk", each) for each in results} == {Visit.objects.get().pk}


def test_race_past_the_action_is_stopped_by_the_database(hour):
    results = race(insert(hour))
    assert Visit.objects.count() == 1
    refused = [each for each in results if not isinstance(each, Visit)]
    assert len(refused) == CLIENTS - 1
    assert all(isinstance(each, IntegrityError | OperationalError) for each in refused)


def test_race_without_rule_and_lock_oversells(hour):
    """The negative control: check first, insert later, nothing held in between."""
    database.uninstall(connection)
    checked = threading.Barrier(CLIENTS)

    def careless(number: int) -> Visit | None:
        taken = Visit.objects.filter(advisor=hour["advisor"], starts_at__lt=hour["ends_at"]).exists()
        checked.wait()
        return None if taken else insert(hour)(number)

    try:
        race(careless)
        assert Visit.objects.count() == CLIENTS
    finally:
        Visit.objects.all().delete()
        database.install(connection)


def test_rule_is_put_back_after_migrations(hour):
    """SQLite forgets triggers with a rebuilt table; the hook after `migrate` restores them."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its constraint")
    database.uninstall(connection)
    database.restore(connection)
    insert(hour)(0)
    with pytest.raises(IntegrityError):
        insert(hour)(1)
