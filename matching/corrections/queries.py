"""Reads of corrections: for supervisors and administrators only (the views ask for the role)."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import Region

from ..models import ParseCorrection
from ..needs.reading import industry_names
from .difference import Row, rows
from .states import State


def corrections(state: str) -> QuerySet[ParseCorrection]:
    """The most frequent first."""
    return ParseCorrection.objects.filter(state=state).select_related("decided_by")


def by_state() -> dict[str, int]:
    """How many in each state."""
    counted = ParseCorrection.objects.order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(State.values, 0) | dict(counted)


def waiting() -> QuerySet[ParseCorrection]:
    """Those that nobody has decided on."""
    return corrections(State.PENDING)


def with_rows(found: Iterable[ParseCorrection]) -> list[tuple[ParseCorrection, list[Row]]]:
    """Each with its difference in words: one query for the names of places, one for those of industries."""
    found = list(found)
    sides = [side for each in found for side in (each.parsed, each.corrected)]
    places = {side["region"] for side in sides if "region" in side}
    names = dict(Region.objects.filter(pk__in=places).values_list("pk", "full_name"))
    names |= industry_names({code for side in sides for code in side.get("industry_codes", ())})
    return [(each, rows(each.parsed, each.corrected, names)) for each in found]
