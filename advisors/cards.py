"""Advisors on editorial pages."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from . import queries
from .models import Advisor

OFFERED = 12


def find(text: str) -> list[tuple[str, str]]:
    named = Q(name__icontains=text) | Q(institution__name__icontains=text)
    return list(queries.advisors().filter(named).order_by("name", "pk").values_list("slug", "name")[:OFFERED])


def names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Advisor.objects.filter(slug__in=list(slugs)).values_list("slug", "name"))


def build(user: Any, slugs: list[str], limit: int) -> list[Advisor]:
    return sorted(queries.advisors().filter(slug__in=slugs), key=lambda each: slugs.index(each.slug))
