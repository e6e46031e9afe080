"""sitemap.xml: what each app lists in its `sitemaps.py` (SITEMAPS: name → Sitemap class), and the editorial pages."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps import Sitemap as PageSitemap

APPS = ("catalogue", "content", "advisors", "events")


def collect() -> dict[str, type[Sitemap]]:
    found: dict[str, type[Sitemap]] = {"pages": PageSitemap}
    for app in APPS:
        if find_spec(f"{app}.sitemaps"):
            found |= import_module(f"{app}.sitemaps").SITEMAPS
    return found
