"""The URL × role table: every address says whom it answers how. `tests/portal/test_access.py` walks all of it.

Each app keeps its rows in `tests/<app>/access.py` as `CASES`. A row names one URL pattern, how to make its arguments,
and for each kind of visitor the status it must get, for a record of their own and for someone else's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

VISITORS = (
    "anonymous",
    "enterprise",
    "product_editor",
    "relationship_manager",
    "product_reviewer",
    "institution_administrator",
    "advisor",
    "team_lead",
    "organiser",
    "door_staff",
    "supervisor",
    "editor",
    "administrator",
)
LOGIN = 302  # a trip to the sign-in page (the walker checks where it leads)
OK, FORBIDDEN, MISSING = 200, 403, 404


@dataclass(frozen=True)
class World:
    """What a row may build on: the visitor (None for anonymous) and fresh factories."""

    visitor: str
    user: Any


@dataclass(frozen=True)
class AccessCase:
    """One address.

    `own(world)` and `foreign(world)` create what the address needs and return its keyword arguments: a record that the
    visitor has to do with, and one of other people. `expected` gives the status by visitor, `default` the rest;
    `expected_foreign`/`default_foreign` the same for the foreign record (no `foreign`: the address has no record).
    A redirect to the sign-in page counts as LOGIN; any other redirect counts as OK.
    """

    url_name: str
    own: Callable[[World], Mapping[str, Any]] = lambda world: {}
    foreign: Callable[[World], Mapping[str, Any]] | None = None
    default: int = OK
    expected: Mapping[str, int] = field(default_factory=dict)
    default_foreign: int = MISSING
    expected_foreign: Mapping[str, int] = field(default_factory=dict)
    method: str = "get"
    data: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""


def public(url_name: str, **more) -> AccessCase:
    """Everyone may read it."""
    return AccessCase(url_name, **more)


def signed_in(url_name: str, **more) -> AccessCase:
    """Everyone who has signed in."""
    return AccessCase(url_name, expected={"anonymous": LOGIN}, **more)


def only(*visitors: str, url_name: str, **more) -> AccessCase:
    """Only the named visitors; others who have signed in are refused."""
    expected = dict.fromkeys(visitors, OK) | {"anonymous": LOGIN}
    expected |= more.pop("expected", {})
    foreign = {"anonymous": LOGIN} | {
        visitor: FORBIDDEN for visitor in VISITORS if visitor not in visitors and visitor != "anonymous"
    }
    foreign |= more.pop("expected_foreign", {})
    return AccessCase(url_name, default=FORBIDDEN, expected=expected, expected_foreign=foreign, **more)
