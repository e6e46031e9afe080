"""Long work of the queue that one worker does at a time: a row of the work holds `lease`, `leased_until` and `attempts`.

A worker takes the row and prolongs its lease while it gets on. One that was thought dead finds its lease gone and leaves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F, Q, QuerySet
from django.utils import timezone


class LeaseLost(Exception):
    """Somebody else has taken this work over."""


def take(rows: QuerySet, length: timedelta, **fields: Any) -> str | None:
    """Takes what is free of `rows`, counts an attempt and sets `fields`: the name of the lease; None where nothing is."""
    token, now = str(uuid4()), timezone.now()
    free = rows.filter(Q(lease="") | Q(leased_until__lt=now))
    return token if free.update(lease=token, leased_until=now + length, attempts=F("attempts") + 1, **fields) else None


def hold(rows: QuerySet, token: str, **fields: Any) -> None:
    """Sets `fields` on what this lease holds. Raises LeaseLost."""
    if not rows.filter(lease=token).update(**fields):
        raise LeaseLost
