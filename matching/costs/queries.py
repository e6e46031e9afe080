"""Rates that the calculators begin with: what a product in the catalogue states, never a number of our own."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalogue.models import Tariff
from catalogue.queries import products_visible_to


def stated(user: Any, kind: str, basis: str) -> Tariff | None:
    """The first tariff of this kind and basis that holds today, of a product that this person may see."""
    today = timezone.localdate()
    holds = (Q(valid_from__isnull=True) | Q(valid_from__lte=today)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    )
    found = Tariff.objects.filter(holds, kind=kind, basis=basis, trait="", product__in=products_visible_to(user))
    return found.select_related("product__institution").order_by("product__name", "sort_order", "pk").first()
