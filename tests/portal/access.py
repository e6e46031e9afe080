"""Addresses that belong to no app."""

from tests.access import MISSING, public

CASES = [
    public("healthz"),
    public("readyz"),
    public("robots"),
    public("sitemap"),
    public("language", own=lambda world: {"code": "en"}, foreign=lambda world: {"code": "fr"}, default_foreign=MISSING),
    public(
        "display", own=lambda world: {"size": "large"}, foreign=lambda world: {"size": "tiny"}, default_foreign=MISSING
    ),
    public("styleguide"),
]
