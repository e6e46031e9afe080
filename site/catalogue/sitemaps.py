"""Addresses of the catalogue for search engines: what everybody may read, nothing else.

Only the columns that an entry says are read, and when anything changed last is asked of the database, not of each entry:
with 10,000 products the index is asked for by every crawler."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.urls import reverse

from . import queries
from .models import Outlet

PAGE = 2000  # entries of one file


def _address(name: str) -> str:
    """The address of `name` with {} for what tells one from another."""
    return reverse(name, args=["0"]).replace("/0/", "/{}/")


class _Rows(Sitemap):
    """`items` are tuples: what stands in the address, and when it changed (or nothing)."""

    limit = PAGE
    name = ""

    def __init__(self) -> None:
        self.address = _address(self.name)

    def location(self, item: tuple[Any, ...]) -> str:
        return self.address.format(item[0])

    def lastmod(self, item: tuple[Any, ...]) -> datetime | None:
        return item[1] if len(item) > 1 else None

    def get_latest_lastmod(self) -> datetime | None:
        return None


class ProductSitemap(_Rows):
    name = "catalogue:product"

    def found(self):
        return queries.products_visible_to(AnonymousUser()).select_related(None).order_by("pk")

    def items(self):
        return self.found().values_list("slug", "last_published_at")

    def get_latest_lastmod(self) -> datetime | None:
        return self.found().order_by().aggregate(last=Max("last_published_at"))["last"]


class InstitutionSitemap(_Rows):
    name = "catalogue:institution"

    def items(self):
        shown = Q(products__live=True, products__login_required=False)
        found = queries.institutions().select_related(None).order_by("pk")
        return found.annotate(changed=Max("products__last_published_at", filter=shown)).values_list("slug", "changed")

    def get_latest_lastmod(self) -> datetime | None:
        return ProductSitemap().get_latest_lastmod()


class OutletSitemap(_Rows):
    name = "catalogue:outlet"

    def items(self):
        return Outlet.objects.filter(institution__is_active=True).order_by("pk").values_list("pk")


class ListSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["catalogue:products", "catalogue:institutions", "catalogue:outlets", "catalogue:services"]

    def location(self, name: str) -> str:
        return reverse(name)


SITEMAPS = {
    "products": ProductSitemap,
    "institutions": InstitutionSitemap,
    "outlets": OutletSitemap,
    "catalogue": ListSitemap,
}
