"""Registration: who gets a place, who waits, who is told what."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import SmsMessage
from events import actions, queries
from events.models import Event, Registration
from tests.factories import EventFactory, RegistrationFactory, UserFactory
from tests.queue import drain

pytestmark = pytest.mark.django_db


def register(event: Event, number: int = 0, **more) -> Registration:
    fields = {"name": "张三", "phone": f"+861350000{number:04d}", "client_key": uuid.uuid4()} | more
    return actions.register(event=event, **fields)


def test_place_while_there_is_one_then_the_waitlist():
    event = EventFactory(capacity=2)
    assert [register(event, number).state for number in range(3)] == ["confirmed", "confirmed", "waitlisted"]
    event.refresh_from_db()
    assert event.is_full is True


def test_capacity_of_nought_and_none():
    assert register(EventFactory(capacity=0)).state == "waitlisted"
    assert register(EventFactory(capacity=None)).state == "confirmed"


def test_same_post_twice():
    event, key = EventFactory(), uuid.uuid4()
    assert register(event, client_key=key) == register(event, client_key=key)
    assert event.registrations.count() == 1


def test_known_phone_of_a_stranger_gets_the_link_by_sms_only():
    event = EventFactory()
    first = register(event)
    drain()
    with pytest.raises(actions.PhoneAlreadyRegistered, match="已经报过名"):
        register(event)
    drain()
    assert first.token in SmsMessage.objects.first().text
    assert event.registrations.count() == 1


def test_known_phone_of_the_same_user():
    event, user = EventFactory(), UserFactory()
    assert register(event, user=user) == register(event, user=user)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "draft"}, "没有在接受报名"),
        ({"state": "cancelled"}, "已取消"),
        ({"registration_closes_at": timezone.now() - timedelta(minutes=1)}, "已经截止"),
    ],
)
def test_event_that_takes_nobody(changes, words):
    event = EventFactory(**changes)
    with pytest.raises(actions.RegistrationRefused, match=words):
        register(event)
    assert event.registrations.count() == 0


def test_place_given_back_goes_to_the_first_who_waits():
    event = EventFactory(capacity=1)
    held, first, second = (register(event, number) for number in range(3))
    actions.cancel(held)
    states = [Registration.objects.get(pk=each.pk).state for each in (held, first, second)]
    assert states == ["cancelled", "confirmed", "waitlisted"]
    assert actions.cancel(held).state == "cancelled"  # twice is once
    assert queries.counts(event)["attendees"] == 1


def test_cancellation_undone_when_the_place_is_gone():
    event = EventFactory(capacity=1)
    held, _waiting = register(event, 0), register(event, 1)
    actions.cancel(held)
    assert actions.restore(held).state == "waitlisted"


def test_cancellation_undone_while_there_is_a_place():
    event = EventFactory(capacity=1)
    held = register(event)
    actions.cancel(held)
    assert actions.restore(held).state == "confirmed"
    event.refresh_from_db()
    assert event.is_full is True


def test_capacity_raised_takes_people_from_the_waitlist():
    event = EventFactory(capacity=1)
    for number in range(3):
        register(event, number)
    event.capacity = 2
    actions.save_event(event=event, by=UserFactory())
    assert queries.counts(event) == {
        "registrations": 3,
        "attendees": 2,
        "waitlisted": 1,
        "distinct_phones": 3,
        "inside": 0,
    }


def test_messages_go_out_after_the_transaction():
    event = EventFactory(title="茶业对接会")
    made = register(event, email="a@example.com")
    assert mail.outbox == []
    drain()
    assert [message.to for message in mail.outbox] == [["a@example.com"]]
    assert made.code in mail.outbox[0].body
    assert made.token in SmsMessage.objects.get().text


def test_event_cancelled_tells_everybody():
    event = EventFactory()
    register(event, 0)
    register(event, 1)
    drain()
    actions.move(event, "cancel", UserFactory())
    assert drain() >= 2
    assert SmsMessage.objects.filter(text__contains="已取消").count() == 2


def test_event_copied():
    event = EventFactory(capacity=5)
    RegistrationFactory(event=event)
    made = actions.copy_event(event, UserFactory())
    assert (made.state, made.capacity, made.registrations.count()) == ("draft", 5, 0)
    assert made.starts_at - event.starts_at == timedelta(weeks=4)


def test_waitlist_of_an_event_called_off_is_left_alone():
    held = RegistrationFactory(event__capacity=1)
    waiting = RegistrationFactory(event=held.event, state="waitlisted")
    actions.move(held.event, "cancel", UserFactory())
    actions.cancel(held)
    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"


def test_places_given_back_while_withdrawn_are_filled_when_published_again():
    held = RegistrationFactory(event__capacity=1)
    waiting = RegistrationFactory(event=held.event, state="waitlisted")
    actions.move(held.event, "unpublish", UserFactory())
    actions.cancel(held)
    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"
    actions.move(held.event, "publish", UserFactory())
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"


def test_cancellation_after_check_in_or_after_the_event():
    registration = RegistrationFactory()
    actions.check_in(event=registration.event, registration=registration, scan_id=uuid.uuid4(), by=UserFactory())
    with pytest.raises(actions.CancellationRefused, match="已签到"):
        actions.cancel(registration)
    now = timezone.now()
    over = EventFactory(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    with pytest.raises(actions.CancellationRefused, match="已经结束"):
        actions.cancel(RegistrationFactory(event=over))


def test_capacity_below_those_who_hold_a_place():
    event = EventFactory(capacity=2)
    for number in range(2):
        register(event, number)
    event.capacity = 1
    with pytest.raises(actions.CapacityTooSmall, match="已有 2 人"):
        actions.save_event(event=event, by=UserFactory())
    assert Event.objects.get().capacity == 2


def test_event_saved_from_an_old_page_stays_called_off():
    event = EventFactory()
    old = Event.objects.get()
    actions.move(event, "cancel", UserFactory())
    actions.save_event(event=old, by=UserFactory())
    assert Event.objects.get().state == "cancelled"
