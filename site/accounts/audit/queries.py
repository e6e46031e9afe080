"""Reads of the audit trail: the supervisor's search, and what an enterprise sees of who looked at it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import AuditEntry, Enterprise, User
from ..phones import normalise
from ..queries import identities, identities_of
from ..roles import Role
from .verbs import LOOKS

READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
NAMED = ("actor", "enterprise", "institution", "person")


def entries_visible_to(user: User) -> QuerySet[AuditEntry]:
    """All for supervisors and administrators, none for others: an enterprise reads `looks_at`."""
    if not user.is_authenticated or not user.roles & set(READERS):
        return AuditEntry.objects.none()
    return AuditEntry.objects.select_related(*NAMED)


def people_named(text: str) -> QuerySet[User]:
    """By part of the name, by user name, or by whole phone number."""
    phone = normalise(text)
    return User.objects.filter(Q(phone=phone) if phone else Q(name__contains=text) | Q(username=text))


def _keys(found: QuerySet[User], most: int = 200) -> "list[int] | QuerySet[User, Any]":
    """Few are named one by one: of one person the index gives the newest entries in order, and nothing is sorted."""
    keys = list(found.values_list("pk", flat=True)[: most + 1])
    return keys if len(keys) <= most else found.values("pk")


def search(
    user: User,
    *,
    who: str = "",
    whom: str = "",
    verb: str = "",
    model: str = "",
    since: date | None = None,
    until: date | None = None,
    enterprise: int | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first. `who` acted, `whom` (enterprise or person) it concerns; days are inclusive, in local time.

    An enterprise is found under every name and code it had: entries go on naming records that were merged.
    """
    found = entries_visible_to(user)
    if who:
        found = found.filter(actor__in=_keys(people_named(who)))
    if whom:
        firms = Enterprise.every.filter(Q(name__contains=whom) | Q(uscc=whom.upper()))
        found = found.filter(Q(enterprise__in=identities_of(firms)) | Q(person__in=_keys(people_named(whom))))
    if verb == "looks":
        found = found.filter(verb__in=LOOKS)
    elif verb:
        found = found.filter(verb=verb)
    if model:
        found = found.filter(model=model)
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    if enterprise is not None:
        found = found.filter(enterprise__in=list(identities_of(Enterprise.every.filter(pk=enterprise))))
    return found.order_by("-pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# Lists hold many at once (an event's attendees): which entries about lists concern this person, an app says.
_lists: list[Callable[[User], Q]] = []


def register_lists(condition: Callable[[User], Q]) -> None:
    """`condition(user)` → the entries about lists in which this person's data was shown."""
    if condition not in _lists:
        _lists.append(condition)


def looks_at(user: User) -> QuerySet[AuditEntry]:
    """When others were shown data of the person or of the enterprise the person acts for, newest first."""
    about = Q(person=user.pk)
    if user.enterprise is not None:
        about |= Q(enterprise__in=identities(user.enterprise))
    for condition in _lists:
        about |= condition(user)
    found = AuditEntry.objects.filter(about, verb__in=LOOKS, actor__isnull=False).exclude(actor=user.pk)
    return found.exclude(actor_roles="").select_related(*NAMED).order_by("-pk")
