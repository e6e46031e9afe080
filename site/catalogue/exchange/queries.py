"""Reads of imports. `visible_to` is the one scope rule; `kinds_for` says what a person may import and export."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Institution, User
from accounts.queries import enterprises_visible_to
from accounts.roles import Role

from .. import queries
from ..models import Import, ImportRow, Outlet, Product, ServiceItem
from .states import DRAFTS, RUNNING

Kind = Import.Kind
OF_INSTITUTION = (*queries.DRAFTING, Role.INSTITUTION_ADMINISTRATOR)  # who takes an institution's tables in and out
ROLES = (*OF_INSTITUTION, *queries.WHOLE_PLACE)
OF_INSTITUTIONS = (Kind.PRODUCTS, Kind.TARIFFS, Kind.SERVICES, Kind.OUTLETS)


def kinds_for(user: User) -> list[Import.Kind]:
    """Institutions' people: what is theirs; supervisors and administrators: everything."""
    if user.roles & queries.WHOLE_PLACE:
        return list(Kind)
    return list(OF_INSTITUTIONS) if user.institutions_as(*OF_INSTITUTION) else []


def may_run(user: User, job: Import) -> bool:
    """Whether this person may still do what the import does. `user` is read afresh."""
    if not user.is_active or job.kind not in kinds_for(user):
        return False
    if user.roles & queries.WHOLE_PLACE:
        return True
    own = {each.pk for each in user.institutions_as(*OF_INSTITUTION)}
    return job.institution_id in own if job.institution_id else True


def visible_to(user: User) -> QuerySet[Import]:
    """One's own, and those of the institutions one takes tables in and out for; all for supervisors and administrators."""
    found = Import.objects.select_related("created_by", "institution")
    if user.roles & queries.WHOLE_PLACE:
        return found
    own = [each.pk for each in user.institutions_as(*OF_INSTITUTION)]
    return found.filter(Q(institution__in=own) | Q(institution__isnull=True, created_by=user), kind__in=kinds_for(user))


def institution_for(user: User) -> Institution | None:
    """The one institution that imports of this person concern; None where it may be several."""
    if user.roles & queries.WHOLE_PLACE:
        return None
    own = user.institutions_as(*OF_INSTITUTION)
    return own[0] if len(own) == 1 else None


def rivals(job: Import) -> QuerySet[Import]:
    """Others that write to the same rows right now."""
    kinds = DRAFTS if job.kind in DRAFTS else {job.kind}
    found = Import.objects.filter(kind__in=kinds, state__in=RUNNING - {Import.State.CHECKING}).exclude(pk=job.pk)
    if job.institution_id:
        found = found.filter(Q(institution=job.institution_id) | Q(institution__isnull=True))
    return found


def counted(job: Import) -> dict[str, int]:
    """Outcome and fate → rows."""
    found: dict[str, int] = {}
    for outcome, fate, number in job.rows.order_by().values_list("outcome", "fate").annotate(n=Count("pk")):
        found[outcome] = found.get(outcome, 0) + number
        if fate:
            found[fate] = found.get(fate, 0) + number
    return found


def to_apply(job: Import) -> QuerySet[ImportRow]:
    good = (ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)
    return job.rows.filter(outcome__in=good, fate=ImportRow.Fate.WAITING)


def problems(job: Import, limit: int = 200) -> list[dict[str, Any]]:
    """Each wrong cell of the first rows: {row, column, value, reason, advice}."""
    found: list[dict[str, Any]] = []
    for row in job.rows.filter(outcome=ImportRow.Outcome.BAD)[:limit]:
        found += row.problems
        if len(found) >= limit:
            break
    return found[:limit]


def remaining_seconds(job: Import) -> int | None:
    """By the speed so far; None while that says nothing."""
    if not job.started_at or not job.done or job.done >= job.total:
        return None
    took = (timezone.now() - job.started_at).total_seconds()
    return max(1, round(took / job.done * (job.total - job.done)))


def exportable(kind: str, user: User) -> QuerySet[Any]:
    """What of a table this person may take along: what they may edit."""
    if kind in (Kind.PRODUCTS, Kind.TARIFFS):
        return queries.editable_by(user, Product, *OF_INSTITUTION).order_by("institution__name", "name", "pk")
    if kind == Kind.SERVICES:
        return queries.editable_by(user, ServiceItem, *OF_INSTITUTION).order_by("institution__name", "group", "name")
    if kind == Kind.OUTLETS:
        return queries.editable_by(user, Outlet, *OF_INSTITUTION).order_by("institution__name", "name", "pk")
    if kind == Kind.INSTITUTIONS:
        return queries.editable_by(user, Institution, *OF_INSTITUTION).order_by("name")
    if user.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return enterprises_visible_to(user).order_by("name", "pk")
    return enterprises_visible_to(user).none()
