"""sitemap.xml: an index of sections, each in files of its own: what each app lists in its `sitemaps.py` (SITEMAPS: name →
Sitemap class), and the editorial pages."""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from wagtail.contrib.sitemaps import Sitemap as PageSitemap

APPS = ("catalogue", "content", "advisors", "events")


class EditorialSitemap(PageSitemap):
    def get_latest_lastmod(self) -> datetime | None:
        """Asked of the database: no page is built for it."""
        below = self.get_wagtail_site().root_page.get_descendants(inclusive=True)
        return below.live().public().aggregate(last=Max("last_published_at"))["last"]

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict]:
        """At the address of this site, which no record of Wagtail's knows: that says “localhost”."""
        found = super()._urls(page, protocol, domain)
        for each in found:
            each["location"] = settings.PUBLIC_URL + urlsplit(each["location"]).path
        return found


def collect() -> dict[str, type[Sitemap]]:
    found: dict[str, type[Sitemap]] = {"pages": EditorialSitemap}
    for app in APPS:
        if find_spec(f"{app}.sitemaps"):
            found |= import_module(f"{app}.sitemaps").SITEMAPS
    return found
