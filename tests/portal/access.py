"""Addresses that belong to no app."""

from django_q.models import OrmQ

from tests.access import MISSING, World, public


def empty_queue(world: World) -> dict:
    """A kept test database holds tasks of earlier runs, too old for a queue that works."""
    OrmQ.objects.all().delete()
    return {}


CASES = [
    public("healthz"),
    public("readyz", own=empty_queue),
    public("robots"),
    public("sitemap"),
    public(
        "sitemap_section",
        own=lambda world: {"section": "products"},
        foreign=lambda world: {"section": "people"},
        default_foreign=MISSING,
    ),
    public("language", own=lambda world: {"code": "en"}, foreign=lambda world: {"code": "fr"}, default_foreign=MISSING),
    public(
        "display", own=lambda world: {"size": "large"}, foreign=lambda world: {"size": "tiny"}, default_foreign=MISSING
    ),
    public("styleguide"),
]
