"""Editorial pages are Wagtail's: their addresses are in the page tree, not in an URL pattern of this app."""

from tests.access import AccessCase

CASES: list[AccessCase] = []
