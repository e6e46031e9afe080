"""Documents that can not be read or taken: told apart from the others, tried again a few times, shown in `status`."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from .models import FailedDocument

FIRST, LONGEST = timedelta(minutes=1), timedelta(days=1)  # between two tries, twice as long after each


def note(kind: str, errors: Mapping[int, str]) -> None:
    """Once more for each document (id → what went wrong)."""
    now = timezone.now()
    for pk, error in errors.items():
        _row, made = FailedDocument.objects.get_or_create(
            kind=kind, object_id=pk, defaults={"error": error[:500], "last_at": now}
        )
        if not made:
            FailedDocument.objects.filter(kind=kind, object_id=pk).update(
                error=error[:500], last_at=now, attempts=F("attempts") + 1
            )


def try_again() -> list[int]:
    """By the clock: puts those that are due into the outbox; which of them."""
    from .outbox import changes

    now = timezone.now()
    due = [
        row
        for row in FailedDocument.objects.all()
        if row.last_at + min(FIRST * 2 ** min(row.attempts - 1, 20), LONGEST) <= now
    ]
    changes([(row.kind, row.object_id) for row in due])
    return [row.pk for row in due]


def forget(tried: list[int], since: datetime) -> None:
    """Those of `tried` that have not failed again since."""
    if tried:
        FailedDocument.objects.filter(pk__in=tried, last_at__lt=since).delete()
