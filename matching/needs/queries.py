"""Reads of needs, scoped to who asks."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role

from ..models import Need


def needs_visible_to(user: Any) -> QuerySet[Need]:
    """Own ones of enterprises; all for supervisors and administrators; for advisors those that ask for an advisor.

    Institutions see a need only through a referral and its consent (`referrals.queries`).
    """
    if not user.is_authenticated:
        return Need.objects.none()
    found = Need.objects.select_related("enterprise__region", "author", "region", "product")
    if user.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return found
    allowed = Q(enterprise_id__in=[each.enterprise_id for each in user.memberships])
    if user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        allowed |= Q(wants_advisor_at__isnull=False)
    return found.filter(allowed)


def needs_of(user: User) -> QuerySet[Need]:
    """Those of the enterprises that `user` acts for: these may be changed."""
    mine = [each.enterprise_id for each in user.memberships]
    return Need.objects.filter(enterprise_id__in=mine).select_related("enterprise__region", "region", "product")


def waiting_for_advisor() -> QuerySet[Need]:
    """Open needs that ask for an advisor and that nobody has taken, the longest waiting first: for `advisors`."""
    return (
        Need.objects.filter(status=Need.Status.OPEN, wants_advisor_at__isnull=False, advisor_taken_at__isnull=True)
        .select_related("enterprise__region", "author")
        .order_by("wants_advisor_at", "pk")
    )
