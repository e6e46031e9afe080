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


def test_rush_without_the_lock_oversells():
    """The negative control: the same code without its transaction and lock must be seen to oversell."""
    unguarded = actions._register.__wrapped__
    oversold = 0
    for _attempt in range(10):
        event = EventFactory(capacity=1)
        gate = Barrier(8)

        def unlocked(pk: int, gate: Barrier = gate) -> Event:
            found = Event.objects.get(pk=pk)
            gate.wait(timeout=30)
            return found

        def careless(number: int, event: Event = event, lock=unlocked):
            fields = {"name": "张三", "phone": f"+861350000{number:04d}"}
            return lambda: unguarded(event, uuid.uuid4(), None, lock, fields)

        at_once([careless(number) for number in range(8)])
        oversold = queries.counts(event)["attendees"]
        if oversold > 1:
            break
    assert oversold > 1
