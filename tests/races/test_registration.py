"""The last places of an event: never oversold, never left empty, also when everybody comes at once."""

import uuid
from threading import Barrier

import pytest

from events import actions, queries
from events.models import Event, Registration
from tests.factories import EventFactory
from tests.races.clients import at_once

CLIENTS, PLACES = 40, 10
pytestmark = pytest.mark.django_db(transaction=True)


def job(event: Event, number: int, key: uuid.UUID | None = None):
    fields = {"name": "张三", "phone": f"+861350000{number:04d}", "client_key": key or uuid.uuid4()}
    return lambda: actions.register(event=event, **fields)


def test_rush_for_the_last_places():
    event = EventFactory(capacity=PLACES)
    made = at_once([job(event, number) for number in range(CLIENTS)])
    assert [type(each) for each in made] == [Registration] * CLIENTS
    counts = queries.counts(event)
    assert (counts["attendees"], counts["waitlisted"]) == (PLACES, CLIENTS - PLACES)
    assert Event.objects.get().is_full is True


def test_same_form_posted_many_times_at_once():
    event, key = EventFactory(capacity=PLACES), uuid.uuid4()
    made = at_once([job(event, 1, key)] * 8)
    assert len({each.pk for each in made}) == 1
    assert Registration.objects.count() == 1


def test_cancellations_while_others_register():
    event = EventFactory(capacity=PLACES)
    held = [job(event, number)() for number in range(PLACES)]
    jobs = [lambda each=each: actions.cancel(each) for each in held]
    at_once([*jobs, *(job(event, 100 + number) for number in range(PLACES + 5))])
    counts = queries.counts(event)
    assert (counts["attendees"], counts["waitlisted"]) == (PLACES, 5)


def test_rush_without_the_lock_oversells(monkeypatch):
    """The negative control: the same code without its transaction and lock, held where it has counted and not yet
    written, must oversell; else the tests above could not fail."""
    unguarded, free_code = actions._register.__wrapped__, actions._free_code
    event, gate = EventFactory(capacity=1), Barrier(8)

    def code_when_all_have_counted(event: Event) -> str:
        gate.wait(timeout=30)
        return free_code(event)

    def careless(number: int):
        fields = {"name": "张三", "phone": f"+861350000{number:04d}"}
        return lambda: unguarded(event, uuid.uuid4(), None, lambda pk: Event.objects.get(pk=pk), fields)

    monkeypatch.setattr(actions, "_free_code", code_when_all_have_counted)
    at_once([careless(number) for number in range(8)])
    assert queries.counts(event)["attendees"] == 8
