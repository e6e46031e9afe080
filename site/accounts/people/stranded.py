"""待移交: open work of people who cannot sign in any more, for who looks after them.

Whoever leaves by the hand-over page leaves nothing behind. But an account is also closed by a supervisor who suspends it,
or in the Django admin, where nobody asks about open work: it waits here, for the administrator of the institution, the
lead of the team, or those who keep the staff of the whole place, until one press gives it to a colleague. Roles stay as
they are: who is let back in works on, with an empty desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Institution, User
from ..navigation import Panel, Row
from ..roles import Role
from . import handover, queries, staff
from .errors import NothingLeft

WATCHERS = (*queries.KEEPERS, Role.TEAM_LEAD)
SHOWN = 5


@dataclass
class Stranded:
    """One person at one place, with what is left there."""

    user: User
    institution: Institution | None
    parts: list[tuple[handover.Holding, int]] = field(default_factory=list)

    @property
    def place(self) -> int:
        """The number in addresses; 0 is the whole place."""
        return self.institution.pk if self.institution else 0

    @property
    def url(self) -> str:
        return reverse("accounts:stranded_person", args=[self.place, self.user.pk])

    @property
    def summary(self) -> str:
        return "、".join(_("%(what)s %(n)s 件") % {"what": each.label, "n": n} for each, n in self.parts)

    @property
    def why(self) -> str:
        return _("角色已取消") if self.user.is_active else _("账号已停用")


def seen_by(by: User) -> list[Stranded]:
    """What waits for `by`, by place and name. The one scope rule: keepers of the staff there, overseers of the person."""
    left = handover.left_behind()
    if not left:
        return []
    people = User.objects.in_bulk({each.user for each in left})
    places = Institution.objects.in_bulk({each.institution for each in left if each.institution})
    overseen = [
        (each.cares_for, set(each.people(by).filter(pk__in=people).values_list("pk", flat=True)))
        for each in handover.overseers()
        if each.role in by.roles
    ]
    found: dict[tuple[int, int], Stranded] = {}
    for each in left:
        place, roles = places[each.institution] if each.institution else None, each.holding.roles
        keeps = roles & frozenset(queries.grantable(by, place))
        if keeps or (place is None and any(cares & roles and each.user in team for cares, team in overseen)):
            row = found.setdefault((each.institution or 0, each.user), Stranded(people[each.user], place))
            row.parts.append((each.holding, each.total))
    return sorted(found.values(), key=lambda row: (str(row.institution or ""), str(row.user), row.user.pk))


def of(by: User, person: int, institution: Institution | None) -> Stranded | None:
    """What `person` has left behind there, as far as it waits for `by`."""
    return next((row for row in seen_by(by) if row.user.pk == person and row.institution == institution), None)


def due(row: Stranded) -> list[handover.Due]:
    return handover.open_of([holding for holding, _n in row.parts], row.user, row.institution)


@transaction.atomic
def hand_over(
    *, person: User, institution: Institution | None, by: User, heirs: Mapping[str, User | None]
) -> list[str]:
    """Gives to `heirs` (by holding's key; None: whoever comes next) what `person` has left behind there.

    Returns what could not be moved, in words. Raises NothingLeft, HandOverFirst.
    """
    staff.lock(institution)
    by = User.objects.get(pk=by.pk)
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active and person.roles:
        raise NothingLeft(_("%s 的账号已恢复，不用移交。") % person)
    row = of(by, person.pk, institution)
    if row is None:
        raise NothingLeft(_("%s 没有要移交的事，可能已由同事移交。") % person)
    return staff.move(due(row), person, institution, by, heirs)


def panel(by: User) -> Panel | None:
    """At the work place, only while something waits."""
    found = seen_by(by)
    if not found:
        return None
    rows = [Row(f"{each.user}（{each.why}）", each.url, each.summary) for each in found[:SHOWN]]
    url = reverse("accounts:stranded")
    return Panel(_("待移交"), rows, len(found), url, "", _("去移交"), url)
