"""manage.py events seed|state, as measurements from outside use them."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events import actions
from events.models import Event
from tests.events.test_registration import register
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command("events", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_seed_makes_an_open_event_and_state_counts_it(client):
    RegionFactory()
    assert run("seed", "--slug", "rush", "--capacity", "2") == {"slug": "rush", "path": "/events/rush/"}
    assert client.get("/events/rush/register/").status_code == 200
    event = Event.objects.get()
    for number in range(3):
        register(event, number)
    actions.cancel(register(event, 3))
    assert run("state", "rush") == {"registrations": 3, "attendees": 2, "waitlisted": 1, "distinct_phones": 3}


def test_seed_again_sets_capacity_and_whether_it_is_full():
    RegionFactory()
    run("seed", "--slug", "rush", "--capacity", "1")
    register(Event.objects.get())
    assert Event.objects.get().is_full is True
    run("seed", "--slug", "rush", "--capacity", "2")
    event = Event.objects.get()
    assert (event.capacity, event.is_full) == (2, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("seed", "--slug", "rush", "--capacity", "-1"),
        ("seed", "--slug", "茶 会", "--capacity", "1"),
        ("state", "nobody"),
    ],
)
def test_wrong_input_exits_2(arguments):
    RegionFactory()
    with pytest.raises(CommandError) as refused:
        call_command("events", *arguments)
    assert refused.value.returncode == 2
    assert Event.objects.count() == 0
