"""Open needs that still wait for an answer: neither ended nor past the day by which the money was needed."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet

from ..matcher import need_facts
from ..models import Need
from ..ranking import NeedFacts

CHUNK = 1000


def standing(on: date) -> QuerySet[Need]:
    return Need.objects.filter(Q(needed_by__isnull=True) | Q(needed_by__gte=on), status=Need.Status.OPEN)


def is_standing(need: Need, on: date) -> bool:
    return need.is_open and (need.needed_by is None or need.needed_by >= on)


def with_facts(needs: QuerySet[Need], on: date) -> Iterator[tuple[Need, NeedFacts]]:
    """Each need with what ranking reads of it; a chunk of rows in memory at a time."""
    rows = needs.select_related("enterprise__industry").order_by("pk")
    for need in rows.iterator(chunk_size=CHUNK):
        yield need, need_facts(need, need.enterprise, on)
