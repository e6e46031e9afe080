"""Events on editorial pages."""

from collections.abc import Iterable
from typing import Any

from . import queries
from .models import Event

OFFERED = 12


def find(text: str) -> list[tuple[str, str]]:
    found = queries.upcoming().filter(title__icontains=text).order_by("starts_at", "pk")
    return list(found.values_list("slug", "title")[:OFFERED])


def names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Event.objects.filter(slug__in=list(slugs)).values_list("slug", "title"))


def build(user: Any, slugs: list[str], limit: int) -> list[Event]:
    """Those chosen that are still to come; the next ones when none is chosen."""
    found = queries.upcoming().exclude(state=Event.State.CANCELLED).order_by("starts_at", "pk")
    return list(found.filter(slug__in=slugs) if slugs else found[:limit])
