"""Reads of events, scoped to who asks."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

from .models import CheckIn, Event, Registration

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class EventCounts(TypedDict):
        confirmed: int
        waitlisted: int

    class LastScan(TypedDict):
        last_scan: str | None  # the `kind` of its newest check-in
        scanned_at: datetime | None

    CountedEvent = WithAnnotations[Event, EventCounts]
    ScannedRegistration = WithAnnotations[Registration, LastScan]

PUBLIC_STATES = (Event.State.PUBLISHED, Event.State.CLOSED, Event.State.CANCELLED)


def public_events() -> QuerySet[Event]:
    return Event.objects.filter(state__in=PUBLIC_STATES).select_related("region")


def upcoming(kind: str = "") -> QuerySet[Event]:
    found = public_events().filter(ends_at__gte=timezone.now())
    return found.filter(kind=kind) if kind in Event.Kind.values else found


def past(limit: int = 12) -> list[Event]:
    return list(public_events().filter(ends_at__lt=timezone.now()).order_by("-starts_at")[:limit])


def organised_by(user: Any) -> QuerySet[Event]:
    """Events that a person may manage: an organiser's own; all for supervisors (to read) and administrators."""
    if not user.is_authenticated:
        return Event.objects.none()
    if user.roles & {Role.ADMINISTRATOR, Role.SUPERVISOR}:
        return Event.objects.all()
    if Role.ORGANISER in user.roles:
        return Event.objects.filter(organisers=user)
    return Event.objects.none()


def organises(user: User, event: Event) -> bool:
    """Whether `user` is one of the event's organisers: they need the attendees' names, others see them masked."""
    return Role.ORGANISER in user.roles and event.organisers.filter(pk=user.pk).exists()


def at_the_door(user: User) -> QuerySet[Event]:
    """Events at whose door a person may work."""
    if not user.is_authenticated:
        return Event.objects.none()
    if Role.ADMINISTRATOR in user.roles:
        return Event.objects.all()
    mine = Q(pk__in=[])
    if Role.ORGANISER in user.roles:
        mine |= Q(organisers=user)
    if Role.DOOR_STAFF in user.roles:
        mine |= Q(door_staff=user)
    return Event.objects.filter(mine).distinct()


def with_counts(events: QuerySet[Event]) -> "QuerySet[CountedEvent]":
    return events.annotate(
        confirmed=Count("registrations", filter=Q(registrations__state="confirmed")),
        waitlisted=Count("registrations", filter=Q(registrations__state="waitlisted")),
    )


def registrations(event: Event, text: str = "", state: str = "") -> "QuerySet[ScannedRegistration]":
    """With `last_scan` ("in", "undo" or None) and `scanned_at`."""
    last = CheckIn.objects.filter(registration=OuterRef("pk")).order_by("-pk")
    found = event.registrations.annotate(
        last_scan=Subquery(last.values("kind")[:1]), scanned_at=Subquery(last.values("at")[:1])
    )
    if state in Registration.State.values:
        found = found.filter(state=state)
    if text:
        digits = "".join(text.split()).replace("-", "")
        phone = Q(phone__contains=digits) if digits.strip("+").isdecimal() else Q()
        found = found.filter(Q(name__contains=text) | Q(organisation__contains=text) | Q(code=digits) | phone)
    return found


def registrations_of(user: User) -> QuerySet[Registration]:
    """A person's own, the next event first."""
    return user.registrations.exclude(state="cancelled").select_related("event").order_by("-event__starts_at", "-pk")


def is_in(registration: Registration) -> bool:
    last = registration.check_ins.order_by("-pk").first()
    return last is not None and last.kind == CheckIn.Kind.IN


def counts(event: Event) -> dict[str, int]:
    """What the database holds: registrations not cancelled, confirmed, waitlisted, distinct phones, people inside."""
    rows = event.registrations.exclude(state="cancelled").aggregate(
        registrations=Count("pk"),
        attendees=Count("pk", filter=Q(state="confirmed")),
        waitlisted=Count("pk", filter=Q(state="waitlisted")),
        distinct_phones=Count("phone", distinct=True),
    )
    inside = registrations(event).filter(last_scan="in").count()
    return rows | {"inside": inside}
