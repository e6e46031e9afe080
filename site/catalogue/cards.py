"""Products on editorial pages: what `portal` registers with the pages' app, which this one may not import."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from . import queries
from .browsing import tray
from .browsing.queries import by_slug
from .models import Product

OFFERED = 12


def find(text: str) -> list[tuple[str, str]]:
    """[(slug, name)] of public products whose name, or whose institution's, holds `text`."""
    named = Q(name__icontains=text) | Q(institution__name__icontains=text) | Q(institution__short_name__icontains=text)
    found = queries.products_visible_to(AnonymousUser()).filter(named | Q(slug=text)).order_by("name", "pk")
    return list(found.values_list("slug", "name")[:OFFERED])


def names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Product.objects.filter(slug__in=list(slugs)).values_list("slug", "name"))


def build(user: Any, slugs: list[str], limit: int) -> list[Product]:
    return by_slug(user, slugs, whole=True)


def build_comparison(user: Any, slugs: list[str], limit: int) -> dict[str, Any] | None:
    """{products, rows} as the page of comparison has them, for two or more that the reader may see."""
    products = by_slug(user, slugs, whole=True)
    return {"products": products, "rows": tray.rows(products)} if len(products) > 1 else None
