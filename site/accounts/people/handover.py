"""What a person of the staff holds, and how it goes to a colleague: a registry, filled by each app in `ready`.

Accounts knows no referral and no visit; it asks here what is open, shows it, and has it moved in the same transaction in
which the role ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from ..models import Institution, User
from ..roles import Role
from . import queries

SHOWN = 5
Place = Institution | None  # None: the whole place


@dataclass(frozen=True)
class Holding:
    """One kind of open work. It is due for hand-over when the person keeps none of `roles` there.

    `rows(user, place)` is what is open; `move(user, place, to, by)` gives it to `to`, or back to where all colleagues
    see it when `to` is None (`nobody` says in words where that is; "" means that somebody has to be named). It returns
    what could not be moved, in words for people.
    """

    key: str
    label: str | Promise
    roles: frozenset[Role]
    rows: Callable[[User, Place], QuerySet]
    move: Callable[[User, Place, User | None, User], list[str]]
    nobody: str | Promise = ""
    heirs: frozenset[Role] = frozenset()  # who may take over; `roles` unless told
    describe: Callable[[Model], str] = str


@dataclass(frozen=True)
class Due:
    """A holding with what is in it now and who may take it over."""

    holding: Holding
    total: int
    rows: list[str]
    heirs: list[User] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.holding.key


_holdings: list[Holding] = []
_leavings: dict[str, Callable[[User, Place, frozenset[Role]], None]] = {}


def register(holding: Holding) -> None:
    if all(known.key != holding.key for known in _holdings):
        _holdings.append(holding)


def register_leaving(key: str, leave: Callable[[User, Place, frozenset[Role]], None]) -> None:
    """`leave(user, place, lost roles)` closes what no colleague takes over: a calendar's address, a public profile."""
    _leavings[key] = leave


def _concerned(place: Place, held: frozenset[Role], lost: frozenset[Role]) -> list[Holding]:
    return [each for each in _holdings if each.roles & lost and not each.roles & (held - lost)]


def due(user: User, place: Place, held: frozenset[Role], lost: frozenset[Role]) -> list[Due]:
    """What has to be handed over when `user`, who holds `held` at `place`, loses `lost`."""
    found = []
    for each in _concerned(place, held, lost):
        rows = each.rows(user, place)
        if total := rows.count():
            shown = [each.describe(row) for row in rows[:SHOWN]]
            heirs = list(queries.colleagues(place, each.heirs or each.roles, user))
            found.append(Due(each, total, shown, heirs))
    return found


def leave(user: User, place: Place, lost: frozenset[Role]) -> None:
    for close in _leavings.values():
        close(user, place, lost)
