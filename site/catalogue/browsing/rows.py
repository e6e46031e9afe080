"""Products as a list shows them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from django.urls import reverse

from accounts.wording import listed

from ..models import Product
from ..queries import in_order, products_visible_to


class Row:
    """One product in a list. What its links need is known at once; the product itself, with all that a row says of it, is
    read when the page comes to it, with those of the other rows in one go: a page that has kept its rows reads none."""

    in_tray: bool
    is_kept: bool
    kept_url: str
    keep_url: str
    tray_url: str

    def __init__(self, pk: int, slug: str, name: str, read: Callable[[], Mapping[int, Product]]) -> None:
        self.pk, self.slug, self.name, self.read = pk, slug, name, read

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", args=[self.slug])

    @cached_property
    def product(self) -> Product | None:
        """None when it was taken down a moment ago."""
        return self.read().get(self.pk)

    @cached_property
    def figures(self) -> list[tuple[str, str]]:
        return self.product.figures if self.product else []

    @property
    def not_stated(self) -> str:
        """Which of the figures nobody stated: 期限、办结."""
        return listed(label for label, value in self.figures if not value)


def of_ids(user: Any, ids: Iterable[int]) -> list[Row]:
    """The visible ones of `ids`, in that order. One query; three more when the products are read."""
    wanted = list(ids)
    seen = {
        pk: (slug, name)
        for pk, slug, name in products_visible_to(user).filter(pk__in=wanted).values_list("pk", "slug", "name")
    }
    read = cache(lambda: {each.pk: each for each in in_order(user, seen)})
    return [Row(pk, *seen[pk], read) for pk in wanted if pk in seen]


def of_products(products: Iterable[Product]) -> list[Row]:
    """Of products that have been read, with `queries.ROW`."""
    found = {each.pk: each for each in products}
    return [Row(each.pk, each.slug, each.name, lambda: found) for each in found.values()]
