"""Changes to events; one short transaction each."""

import secrets
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import notify
from accounts.models import User

from . import queries, states, tasks
from .models import CheckIn, Event, EventSession, Registration
from .signals import availability_changed


class RegistrationRefused(Exception):
    """The event takes nobody now; the text says why."""


class PhoneAlreadyRegistered(Exception):
    """Somebody registered with this phone before; `registration` is theirs, not to be shown to a stranger."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(_("这个手机号已经报过名，门票链接已再次发到该手机。"))
        self.registration = registration


class CancellationRefused(Exception):
    """The place cannot be given back any more; the text says why."""


class CapacityTooSmall(Exception):
    """More people hold a place than the new capacity; the text says how many."""


class ScanRefused(Exception):
    """The person is not let in; the text is for the door."""


def locked(event_id: int) -> Event:
    """The event's row, locked until the transaction ends. On SQLite the transaction itself excludes other writers."""
    return Event.objects.select_for_update().get(pk=event_id)


@transaction.atomic
def save_event(*, event: Event, by: User, sessions: list[dict[str, Any]] | None = None) -> Event:
    """Creates or changes an event; its maker is its first organiser. Raises CapacityTooSmall."""
    is_new = event.pk is None
    if not is_new:
        held = locked(event.pk)
        confirmed = held.registrations.filter(state=Registration.State.CONFIRMED).count()
        if event.capacity is not None and event.capacity < confirmed:
            raise CapacityTooSmall(_("已有 %s 人报名成功，名额不能比这更少。") % confirmed)
        event.state = held.state  # moved meanwhile, it stays moved
        event.is_full = event.capacity is not None and confirmed >= event.capacity
    event.save()
    if is_new:
        event.organisers.add(by)
    if sessions is not None:
        event.sessions.all().delete()
        _add_sessions(event, sessions)
    if not is_new:
        _promote(event)
    return event


@transaction.atomic
def move(event: Event, name: str, by: User) -> Event:
    """One step of the state machine. Raises TransitionRefused."""
    event = locked(event.pk)
    states.EVENT.apply(event, name, {states.ORGANISER})
    event.save(update_fields=["state", "updated_at"])
    if name == "publish":
        _promote(event)  # places given back while it was a draft
    if name == "cancel":
        for registration in event.registrations.exclude(state=Registration.State.CANCELLED).select_related("user"):
            tasks.tell.enqueue(registration.pk, "cancelled")
    return event


@transaction.atomic
def copy_event(event: Event, by: User) -> Event:
    """A new draft with the same words and programme, four weeks later."""
    rows = list(event.sessions.values("starts_at", "title", "speaker", "room"))
    shift = timedelta(weeks=4)
    fields = {
        field.name: getattr(event, field.name)
        for field in Event._meta.concrete_fields
        if field.name not in {"id", "slug", "state", "is_full", "created_at", "updated_at", "registration_closes_at"}
    }
    fields["starts_at"], fields["ends_at"] = event.starts_at + shift, event.ends_at + shift
    fields["title"] = _("%s（副本）") % event.title[:70]
    made = Event.objects.create(slug=f"{event.slug[:66]}-{secrets.token_hex(3)}", **fields)
    made.organisers.add(by)
    _add_sessions(made, rows)
    return made


def register(*, event: Event, client_key: uuid.UUID, user: User | None = None, lock=locked, **fields) -> Registration:
    """A place, or one on the waitlist when the event is full. The same `client_key` again gives the same registration.

    `fields`: name, phone (E.164), email, organisation, uscc, attendee_type. Raises RegistrationRefused,
    PhoneAlreadyRegistered (unless that registration is `user`'s own: then it is returned).
    """
    known = Registration.objects.filter(client_key=client_key, event=event).first()
    if known is not None:
        return known
    try:
        return _register(event, client_key, user, lock, fields)
    except IntegrityError:
        # the same post, or the same phone, a moment earlier
        known = Registration.objects.filter(client_key=client_key, event=event).first()
        if known is not None:
            return known
        raise PhoneAlreadyRegistered(
            Registration.objects.exclude(state="cancelled").get(event=event, phone=fields["phone"])
        ) from None


@transaction.atomic
def _register(event: Event, client_key: uuid.UUID, user: User | None, lock, fields: dict) -> Registration:
    event = lock(event.pk)
    if known := event.registrations.filter(client_key=client_key).first():
        return known  # the same post, a moment earlier
    if reason := event.refusal():
        raise RegistrationRefused(reason)
    earlier = event.registrations.exclude(state="cancelled").filter(phone=fields["phone"]).first()
    if earlier is not None:
        if user is not None and earlier.user_id == user.pk:
            return earlier
        tasks.tell.enqueue(earlier.pk, "again")
        raise PhoneAlreadyRegistered(earlier)
    taken = event.registrations.filter(state=Registration.State.CONFIRMED).count() if event.capacity is not None else 0
    is_free = event.capacity is None or taken < event.capacity
    registration = Registration.objects.create(
        event=event,
        user=user,
        client_key=client_key,
        state=Registration.State.CONFIRMED if is_free else Registration.State.WAITLISTED,
        code=_free_code(event),
        consented_at=timezone.now(),
        **fields,
    )
    _set_full(event, event.capacity is not None and taken + is_free >= event.capacity)
    if user is not None:
        notify(user, _("已报名“%s”。") % event.title, registration.get_absolute_url())
    tasks.tell.enqueue(registration.pk, "registered" if is_free else "waitlisted")
    return registration


def _free_code(event: Event) -> str:
    """Six digits that nobody at this event has; under the event's lock."""
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        if not event.registrations.filter(code=code).exists():
            return code


def _set_full(event: Event, is_full: bool) -> None:
    if event.is_full != is_full:
        event.is_full = is_full
        Event.objects.filter(pk=event.pk).update(is_full=is_full)
        availability_changed.send(Event, event=event)


def _add_sessions(event: Event, rows: Iterable[Mapping[str, Any]]) -> None:
    made = EventSession.objects.bulk_create(EventSession(event=event, **row) for row in rows)
    if made:
        audit.record("changed", event, changes={"sessions": [None, [each.title for each in made]]})


@transaction.atomic
def cancel(registration: Registration) -> Registration:
    """Gives the place back; the first of the waitlist gets it in the same transaction. Twice is once.

    Raises CancellationRefused.
    """
    event = locked(registration.event_id)
    registration = Registration.objects.get(pk=registration.pk)
    if registration.state == Registration.State.CANCELLED:
        return registration
    if event.is_over:
        raise CancellationRefused(_("活动已经结束，不用再取消报名。"))
    if queries.is_in(registration):
        raise CancellationRefused(_("您已签到入场，不用再取消报名。"))
    registration.state, registration.cancelled_at = Registration.State.CANCELLED, timezone.now()
    registration.save(update_fields=["state", "cancelled_at"])
    _promote(event)
    return registration


@transaction.atomic
def restore(registration: Registration) -> Registration:
    """Undo of a cancellation: a place if there is one, else the end of the waitlist. Raises RegistrationRefused."""
    event = locked(registration.event_id)
    registration = Registration.objects.get(pk=registration.pk)
    if registration.state != Registration.State.CANCELLED:
        return registration
    if reason := event.refusal():
        raise RegistrationRefused(reason)
    if event.registrations.exclude(state="cancelled").filter(phone=registration.phone).exists():
        raise RegistrationRefused(_("这个手机号又报过一次名，请用那张门票。"))
    taken = event.registrations.filter(state=Registration.State.CONFIRMED).count()
    is_free = event.capacity is None or taken < event.capacity
    registration.state = Registration.State.CONFIRMED if is_free else Registration.State.WAITLISTED
    registration.cancelled_at = None
    registration.save(update_fields=["state", "cancelled_at"])
    _set_full(event, event.capacity is not None and taken + is_free >= event.capacity)
    return registration


def _promote(event: Event) -> None:
    """Free places of an event that is still on go to the waitlist, first come first served; the caller holds the lock."""
    waiting = list(event.registrations.filter(state=Registration.State.WAITLISTED).order_by("pk"))
    if event.state != Event.State.PUBLISHED or event.is_over:
        waiting = []  # nobody is told of a place at an event that is called off or over
    if event.capacity is None:
        free = len(waiting)
    else:
        taken = event.registrations.filter(state=Registration.State.CONFIRMED).count()
        free = max(0, event.capacity - taken)
        waiting = waiting[:free]
    for registration in waiting:
        registration.state = Registration.State.CONFIRMED
        registration.save(update_fields=["state"])
        tasks.tell.enqueue(registration.pk, "promoted")
        if registration.user:
            notify(registration.user, _("“%s”有名额了，您已候补成功。") % event.title, registration.get_absolute_url())
    _set_full(event, event.capacity is not None and free - len(waiting) <= 0)


@transaction.atomic
def edit_registration(registration: Registration, **fields) -> Registration:
    """New name, e-mail, organisation; the phone stays, it is who they are."""
    for name, value in fields.items():
        setattr(registration, name, value)
    registration.save(update_fields=list(fields))
    return registration


def find_ticket(event: Event, text: str) -> Registration:
    """By a ticket's address or token (from the QR code) or by the six digits. Raises ScanRefused."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    token = text.rstrip("/").rsplit("/", 1)[-1]
    if text.isdecimal() and len(text) == 6:
        found = event.registrations.filter(code=text).first()
    else:
        found = Registration.objects.filter(token=token).select_related("event").first()
        if found is not None and found.event_id != event.pk:
            raise ScanRefused(_("这是另一场活动的门票：%s。") % found.event.title)
    if found is None:
        raise ScanRefused(_("没有这张门票。请核对签到码，或按姓名查找。"))
    return found


@transaction.atomic
def check_in(
    *, event: Event, registration: Registration, scan_id: uuid.UUID, by: User, device: str = "", undo: bool = False
) -> tuple[CheckIn, bool]:
    """(the scan, whether the person was in already). The same `scan_id` again is the same scan. Raises ScanRefused."""
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    known = CheckIn.objects.filter(scan_id=scan_id).first()
    if known is not None:
        return known, False
    if registration.state == Registration.State.CANCELLED:
        raise ScanRefused(_("%s 的报名已取消。") % registration.name)
    if registration.state == Registration.State.WAITLISTED:
        raise ScanRefused(_("%s 还在候补，没有名额。") % registration.name)
    last = registration.check_ins.order_by("-pk").first()
    was_in = last is not None and last.kind == CheckIn.Kind.IN
    if undo and not was_in:
        raise ScanRefused(_("%s 还没有签到，不用撤销。") % registration.name)
    kind = CheckIn.Kind.UNDO if undo else CheckIn.Kind.IN
    made = CheckIn.objects.create(registration=registration, scan_id=scan_id, by=by, device=device[:60], kind=kind)
    return made, was_in and not undo


def ticket_url(registration: Registration) -> str:
    return f"{settings.PUBLIC_URL}{registration.get_absolute_url()}"
