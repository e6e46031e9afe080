"""What a person of the staff holds, and how it goes to a colleague: a registry, filled by each app in `ready`.

Accounts knows no referral and no visit; it asks here what is open, shows it, and has it moved in the same transaction in
which the role ends. Accounts that are closed in another way (suspended, in the Django admin) leave their work behind:
`stranded` finds it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Count, Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise

from ..models import Institution, RoleAssignment, User
from ..roles import Role
from . import queries

SHOWN = 5
Place = Institution | None  # None: the whole place


@dataclass(frozen=True)
class Open:
    """All open rows of one kind, of everyone: `holder` is the path to the user (one for each row), `institution` that to
    the place, "" where it is the whole place."""

    rows: Callable[[], QuerySet]
    holder: str
    institution: str = ""


@dataclass(frozen=True)
class Holding:
    """One kind of open work. It is due for hand-over when the person keeps none of `roles` there.

    `rows(user, place)` is what is open; `move(user, place, to, by)` gives it to `to`, or back to where all colleagues
    see it when `to` is None (`nobody` says in words where that is; "" means that somebody has to be named). It returns
    what could not be moved, in words for people. `open` says where all that is open is found, whoever holds it, so that what
    people leave behind is seen (`left_behind`); None where colleagues go on with it anyway.
    """

    key: str
    label: str | Promise
    roles: frozenset[Role]
    rows: Callable[[User, Place], QuerySet]
    move: Callable[[User, Place, User | None, User], list[str]]
    nobody: str | Promise = ""
    heirs: frozenset[Role] = frozenset()  # who may take over; `roles` unless told
    open: "Open | None" = None
    describe: Callable[[Model], str] = str


@dataclass(frozen=True)
class Left:
    """So many open rows of one holding whose holder cannot work on them; `institution` None is the whole place."""

    holding: Holding
    user: int
    institution: int | None
    total: int


@dataclass(frozen=True)
class Overseer:
    """Who holds `role` looks after `people(user)` as far as they hold `cares_for` at the whole place: a lead's team."""

    role: Role
    cares_for: frozenset[Role]
    people: Callable[[User], QuerySet[User]]


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
_overseers: list[Overseer] = []
_leavings: dict[str, Callable[[User, Place, frozenset[Role]], None]] = {}


def register(holding: Holding) -> None:
    if all(known.key != holding.key for known in _holdings):
        _holdings.append(holding)


def register_leaving(key: str, leave: Callable[[User, Place, frozenset[Role]], None]) -> None:
    """`leave(user, place, lost roles)` closes what no colleague takes over: a calendar's address, a public profile."""
    _leavings[key] = leave


def register_overseer(overseer: Overseer) -> None:
    if all(known.role != overseer.role for known in _overseers):
        _overseers.append(overseer)


def overseers() -> tuple[Overseer, ...]:
    return tuple(_overseers)


def left_behind() -> list[Left]:
    """What people hold who cannot work any more: the account is closed, or no role is left to it. One query in all."""
    known = {each.key: each for each in _holdings if each.open is not None}
    found = [_left(each) for each in known.values()]
    return [Left(known[key], *rest) for key, *rest in found[0].union(*found[1:], all=True)] if found else []


def _left(holding: Holding) -> QuerySet:
    assert holding.open is not None  # noqa: S101  asked of those alone
    holder, place = holding.open.holder, holding.open.institution
    works = RoleAssignment.objects.filter(user=OuterRef(holder))
    is_closed = Q(**{f"{holder}__is_active": False}) | (Q(**{f"{holder}__is_superuser": False}) & ~Exists(works))
    rows = holding.open.rows().filter(is_closed).order_by()
    names = {
        "left_key": Value(holding.key),
        "left_user": F(holder),
        "left_place": F(place) if place else Cast(Value(None), BigIntegerField()),
    }
    return rows.annotate(**names).values_list(*names).annotate(left_total=Count("pk"))


def _concerned(place: Place, held: frozenset[Role], lost: frozenset[Role]) -> list[Holding]:
    return [each for each in _holdings if each.roles & lost and not each.roles & (held - lost)]


def due(user: User, place: Place, held: frozenset[Role], lost: frozenset[Role]) -> list[Due]:
    """What has to be handed over when `user`, who holds `held` at `place`, loses `lost`."""
    return open_of(_concerned(place, held, lost), user, place)


def open_of(chosen: Iterable[Holding], user: User, place: Place) -> list[Due]:
    """What `user` holds there of the chosen kinds; what is empty is left out."""
    found = []
    for each in chosen:
        rows = each.rows(user, place)
        if total := rows.count():
            shown = [each.describe(row) for row in rows[:SHOWN]]
            heirs = list(queries.colleagues(place, each.heirs or each.roles, user))
            found.append(Due(each, total, shown, heirs))
    return found


def leave(user: User, place: Place, lost: frozenset[Role]) -> None:
    for close in _leavings.values():
        close(user, place, lost)
