"""Who works where: roles given and taken, and people who leave. Their work stays and goes to a colleague."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from .. import audit
from ..models import Institution, RoleAssignment, User
from ..roles import Role
from . import handover, queries
from .errors import HandOverFirst, LastAdministrator
from .messages import tell

ADMINISTRATORS = {True: Role.INSTITUTION_ADMINISTRATOR, False: Role.ADMINISTRATOR}  # by whether of an institution


def roles_at(person: User, institution: Institution | None) -> frozenset[Role]:
    """Held there now, read from the table."""
    held = RoleAssignment.objects.filter(user=person, institution=institution).values_list("role", flat=True)
    return frozenset(Role(each) for each in held)


def lock(institution: Institution | None) -> None:
    """People of one place come and leave one after another."""
    if institution is not None:
        Institution.objects.select_for_update().get(pk=institution.pk)
    else:
        list(RoleAssignment.objects.select_for_update().filter(role=Role.ADMINISTRATOR))


@transaction.atomic
def set_roles(
    *,
    person: User,
    institution: Institution | None,
    roles: frozenset[Role],
    by: User,
    heirs: Mapping[str, User | None],
) -> list[str]:
    """`person` holds exactly `roles` there, as far as `by` may decide; none: leaves.

    `heirs` says by holding's key who takes over what the lost roles held (None: whoever comes next). Returns what could
    not be handed over, in words. Raises PermissionDenied, LastAdministrator, HandOverFirst.
    """
    lock(institution)
    by = User.objects.get(pk=by.pk)  # as things stand under the lock: who was removed a moment ago removes nobody
    person = User.objects.get(pk=person.pk)
    held, may = roles_at(person, institution), frozenset(queries.grantable(by, institution))
    lost, gained = held & may - roles, roles - held
    if not may or gained - may:
        raise PermissionDenied
    _keep_an_administrator(person, institution, by, lost)
    left = move(handover.due(person, institution, held, lost), person, institution, by, heirs)
    for each in RoleAssignment.objects.filter(user=person, institution=institution, role__in=lost):
        each.delete()
    for role in sorted(gained):
        RoleAssignment.objects.create(user=person, role=role, institution=institution)
    handover.leave(person, institution, lost)
    if lost and not held - lost | gained:
        end_sessions(person)
    _tell(person, institution, by, held - lost | gained, bool(lost or gained))
    return left


def _keep_an_administrator(person: User, institution: Institution | None, by: User, lost: frozenset[Role]) -> None:
    role = ADMINISTRATORS[institution is not None]
    if role not in lost:
        return
    others = RoleAssignment.objects.filter(role=role, institution=institution, user__is_active=True)
    if not others.exclude(user=person).exists() and (person.pk == by.pk or role == Role.ADMINISTRATOR):
        raise LastAdministrator(_("这里只有这一位管理员。请先请一位同事担任管理员，再退出。"))


def move(
    due: Iterable[handover.Due],
    person: User,
    institution: Institution | None,
    by: User,
    heirs: Mapping[str, User | None],
) -> list[str]:
    """Gives what is due to who is named for it, all or nothing; what could not be moved, in words. Raises HandOverFirst."""
    left: list[str] = []
    for each in due:
        if each.key not in heirs or (heirs[each.key] is None and not each.holding.nobody):
            raise HandOverFirst(
                _("还有没交接的：%(label)s（%(n)s）。") % {"label": each.holding.label, "n": each.total}
            )
        to = heirs[each.key]
        if to is not None and to.pk not in {heir.pk for heir in each.heirs}:
            raise HandOverFirst(
                _("%(name)s 不能接手%(label)s，请另选一位。") % {"name": to, "label": each.holding.label}
            )
        left += each.holding.move(person, institution, to, by)
        audit.record(
            "handed_over",
            person,
            detail={"what": each.key, "rows": each.total, "to": to.pk if to else None},
        )
    return left


def end_sessions(person: User) -> None:
    """Out at the next click, on every device."""
    User.objects.filter(pk=person.pk).update(sign_outs=F("sign_outs") + 1)
    audit.record("sessions_ended", person)


def _tell(person: User, institution: Institution | None, by: User, now: frozenset[Role], has_changed: bool) -> None:
    if not has_changed:
        return
    where = str(institution) if institution is not None else settings.SITE_NAME
    if now:
        names = "、".join(str(role.label) for role in Role if role in now)
        text = _("您在“%(where)s”的角色现在是：%(roles)s。") % {"where": where, "roles": names}
        tell([person], text, "/desk/", by=by)
    else:
        tell([person], _("您在“%s”的工作权限已结束。") % where, "/", by=by)
