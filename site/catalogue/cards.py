"""Products on editorial pages: what `portal` registers with the pages' app, which this one may not import."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from . import queries
from .browsing.queries import by_slug
from .models import Product

OFFERED = 12
COMPARED = ("figures", "terms")


def find(text: str) -> list[tuple[str, str]]:
    """[(slug, name)] of public products whose name, or whose institution's, holds `text`."""
    named = Q(name__icontains=text) | Q(institution__name__icontains=text) | Q(institution__short_name__icontains=text)
    found = queries.products_visible_to(AnonymousUser()).filter(named | Q(slug=text)).order_by("name", "pk")
    return list(found.values_list("slug", "name")[:OFFERED])


def names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Product.objects.filter(slug__in=list(slugs)).values_list("slug", "name"))


def build(user: Any, slugs: list[str], limit: int) -> list[Product]:
    return by_slug(user, slugs)


def build_comparison(user: Any, slugs: list[str], limit: int) -> dict[str, Any] | None:
    """{products, rows: [{label, cells, differs}]} for two or more that the reader may see."""
    products = by_slug(user, slugs)
    if len(products) < 2:
        return None
    said = [
        {_("机构"): str(each.institution), **dict(each.figures), **dict(each.terms), _("适合谁"): each.audience}
        for each in products
    ]
    labels = dict.fromkeys(label for each in said for label in each)
    rows = [{"label": label, "cells": [each.get(label, "") for each in said]} for label in labels]
    for row in rows:
        row["differs"] = len(set(row["cells"])) > 1
    return {"products": products, "rows": [row for row in rows if any(row["cells"])]}
