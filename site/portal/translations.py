"""What gettext has said once is kept by the web server: a text without a translation — most, for the sources are Chinese —
is looked for in some thirty catalogues each time."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

KEPT = 8192  # texts of a language


def remember() -> None:
    for code, _name in settings.LANGUAGES:
        known = trans_real.translation(code)
        known.gettext = lru_cache(maxsize=KEPT)(known.gettext)
        known.ngettext = lru_cache(maxsize=KEPT)(known.ngettext)
