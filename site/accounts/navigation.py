"""Who sees which entry of the work place (/desk/) and of an enterprise's own place (/me/).

Apps register their entries in `AppConfig.ready`; the layout templates draw those that a person may use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from .roles import Role

Area = Literal["desk", "me"]


@dataclass(frozen=True)
class Entry:
    area: Area
    label: str | Promise
    url_name: str
    roles: frozenset[Role]  # empty: everyone who belongs to the area
    order: int
    count: Callable | None  # takes the user, gives the number of things waiting, or None


_entries: list[Entry] = []


def register(
    area: Area,
    label: str | Promise,
    url_name: str,
    *,
    roles: tuple[Role, ...] = (),
    order: int = 50,
    count: Callable | None = None,
) -> None:
    """Adds an entry. `count(user)` is shown beside the label when above zero; keep it to one indexed query."""
    entry = Entry(area, label, url_name, frozenset(roles), order, count)
    if all(known.url_name != url_name or known.area != area for known in _entries):
        _entries.append(entry)


def entries(area: Area, user) -> list[Entry]:
    """The entries of `area` that `user` may use, in order."""
    allowed = [each for each in _entries if each.area == area and (not each.roles or each.roles & user.roles)]
    return sorted(allowed, key=lambda each: (each.order, each.url_name))
