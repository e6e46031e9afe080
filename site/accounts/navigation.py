"""Who sees which entry, and which panel of things to do, on the work place (/desk/) and an enterprise's own place (/me/).

Apps register both in `AppConfig.ready`; the layout templates draw the entries that a person may use, the landing pages
(`dashboard`) the panels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class Row:
    """One thing that waits for this person."""

    title: str
    url: str
    note: str = ""  # who, what, where: one line
    due_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Panel:
    """What `build(user)` of a registered panel returns: the first few rows and how many there are in all."""

    title: str | Promise
    rows: list[Row]
    total: int
    more_url: str
    empty: str | Promise  # why it is empty, and the one next step
    action_label: str | Promise = ""
    action_url: str = ""


@dataclass(frozen=True)
class PanelSource:
    area: Area
    key: str
    build: Callable[..., Panel | None]  # (user) → the panel, or None when it does not concern this person
    roles: frozenset[Role]
    order: int


_entries: list[Entry] = []
_panels: list[PanelSource] = []


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


def register_panel(
    area: Area, key: str, build: Callable[..., Panel | None], *, roles: tuple[Role, ...] = (), order: int = 50
) -> None:
    """Adds a panel to the landing page of `area` for people with one of `roles` (everyone of the area when none)."""
    if all(known.key != key or known.area != area for known in _panels):
        _panels.append(PanelSource(area, key, build, frozenset(roles), order))


def panels(area: Area, user) -> list[Panel]:
    """The panels of `area` that concern `user`, in order."""
    sources = [each for each in _panels if each.area == area and (not each.roles or each.roles & user.roles)]
    built = (each.build(user) for each in sorted(sources, key=lambda each: (each.order, each.key)))
    return [panel for panel in built if panel is not None]
