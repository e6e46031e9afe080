"""Reads of corrections: for supervisors and administrators only (the views ask for the role)."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import Region, User

from ..models import ParseCorrection
from .difference import Row, rows
from .states import State


def corrections(state: str) -> QuerySet[ParseCorrection]:
    """The most frequent first."""
    return ParseCorrection.objects.filter(state=state).select_related("decided_by")


def by_state() -> dict[str, int]:
    """How many in each state."""
    counted = ParseCorrection.objects.order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(State.values, 0) | dict(counted)


def waiting_count(user: User) -> int:
    return ParseCorrection.objects.filter(state=State.PENDING).count()


def with_rows(found: Iterable[ParseCorrection]) -> list[tuple[ParseCorrection, list[Row]]]:
    """Each with its difference in words: one query for the names of places."""
    found = list(found)
    codes = {side["region"] for each in found for side in (each.parsed, each.corrected) if "region" in side}
    regions = Region.objects.in_bulk(codes) if codes else {}
    return [(each, rows(each.parsed, each.corrected, regions)) for each in found]
