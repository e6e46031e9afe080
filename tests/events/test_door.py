"""The door: scans are kept, never changed."""

import uuid

import pytest

from events import actions, queries
from events.models import CheckIn
from tests.factories import EventFactory, RegistrationFactory, UserFactory

pytestmark = pytest.mark.django_db


def scan(registration, **more):
    fields = {"scan_id": uuid.uuid4(), "by": UserFactory()} | more
    return actions.check_in(event=registration.event, registration=registration, **fields)


def test_check_in_then_again():
    registration = RegistrationFactory()
    assert scan(registration)[1] is False
    assert scan(registration)[1] is True
    assert queries.counts(registration.event)["inside"] == 1


def test_same_scan_posted_twice():
    registration, key = RegistrationFactory(), uuid.uuid4()
    first, second = scan(registration, scan_id=key), scan(registration, scan_id=key)
    assert first[0] == second[0]
    assert CheckIn.objects.count() == 1


def test_undo():
    registration = RegistrationFactory()
    scan(registration)
    scan(registration, undo=True)
    assert queries.is_in(registration) is False
    assert [row.kind for row in registration.check_ins.all()] == ["in", "undo"]
    with pytest.raises(actions.ScanRefused, match="还没有签到"):
        scan(registration, undo=True)


@pytest.mark.parametrize(("state", "words"), [("cancelled", "已取消"), ("waitlisted", "候补")])
def test_ticket_that_gives_no_place(state, words):
    with pytest.raises(actions.ScanRefused, match=words):
        scan(RegistrationFactory(state=state))


def test_ticket_found_by_code_address_and_token():
    registration = RegistrationFactory()
    spaced = f"{registration.code[:3]} {registration.code[3:]}"
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in registration.code)  # as Chinese keyboards type digits
    for text in (
        registration.code,
        spaced,
        wide,
        registration.token,
        f"https://x.example/tickets/{registration.token}/",
    ):
        assert actions.find_ticket(registration.event, text) == registration


def test_ticket_of_another_event():
    other = RegistrationFactory()
    with pytest.raises(actions.ScanRefused, match="另一场活动"):
        actions.find_ticket(EventFactory(), other.token)


@pytest.mark.parametrize("text", ["000000", "forged-token", "", "' OR 1=1 --"])
def test_ticket_that_does_not_exist(text):
    with pytest.raises(actions.ScanRefused, match="没有这张门票"):
        actions.find_ticket(EventFactory(), text)
