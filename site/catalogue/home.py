"""What of the catalogue stands on the front page; `portal` registers it there."""

from typing import Any

from django.http import HttpRequest

from . import queries
from .models import Purpose

NAMED = 3


def products_by_purpose(request: HttpRequest) -> dict[str, Any] | None:
    """{"total", "purposes": [{code, label, count, products: up to three (name, slug)}]} over what this reader may see;
    None while there is no product. One query."""
    rows = list(
        queries.products_visible_to(request.user).order_by("name").values_list("name", "slug", "purposes", named=True)
    )
    found = []
    for code, label in Purpose.choices:
        fitting = [row for row in rows if code in row.purposes]
        if fitting:
            found.append({"code": code, "label": label, "count": len(fitting), "products": fitting[:NAMED]})
    return {"total": len(rows), "purposes": found} if found else None
