"""The secret address of an advisor's calendar."""

from django.db import transaction
from django.utils import timezone

from accounts import audit

from ..models import Advisor, CalendarFeed


@transaction.atomic
def new_feed(advisor: Advisor) -> CalendarFeed:
    """A fresh address; the one before stops working."""
    revoke_feed(advisor)
    return CalendarFeed.objects.create(advisor=advisor)


@transaction.atomic
def revoke_feed(advisor: Advisor) -> None:
    Advisor.objects.select_for_update().get(pk=advisor.pk)
    if revoked := advisor.feeds.filter(revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("changed", advisor, detail={"feeds_revoked": revoked})
