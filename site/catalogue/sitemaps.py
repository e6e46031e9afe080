"""Addresses of the catalogue for search engines: what everybody may read, nothing else."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.urls import reverse

from . import queries
from .places.queries import Asked, outlets


class ProductSitemap(Sitemap):
    def items(self):
        found = queries.products_visible_to(AnonymousUser()).select_related(None)
        return found.only("slug", "last_published_at").order_by("pk")

    def lastmod(self, product):
        return product.last_published_at


class InstitutionSitemap(Sitemap):
    def items(self):
        shown = Q(products__live=True, products__login_required=False)
        return queries.institutions().annotate(changed=Max("products__last_published_at", filter=shown)).order_by("pk")

    def lastmod(self, institution):
        return institution.changed

    def location(self, institution) -> str:
        return reverse("catalogue:institution", args=[institution.slug])


class OutletSitemap(Sitemap):
    def items(self):
        return outlets(Asked())


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
