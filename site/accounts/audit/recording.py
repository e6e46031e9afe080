"""Appends entries. One insert in the caller's transaction; the chain follows after its commit."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation

from . import chain, policy
from .context import current

if TYPE_CHECKING:
    from ..models import AuditEntry, Enterprise, User


def record(
    verb: str,
    obj: "models.Model | type[models.Model] | None" = None,
    *,
    actor: "User | None" = None,
    detail: Mapping[str, Any] | None = None,
    enterprise: "Enterprise | int | None" = None,
    changes: Mapping[str, list] | None = None,
    reason: str = "",
) -> "AuditEntry":
    """One entry about `obj` (a row, or a model for what was done to many of its rows).

    `actor` is whom the middleware knows unless told; None is 系统. `detail` is JSON and holds no private value.
    """
    from ..models import AuditEntry

    acting = current()
    who = actor or acting.actor
    row = obj if isinstance(obj, models.Model) else None
    entry = AuditEntry(
        at=timezone.now(),
        actor_id=who.pk if who else None,
        actor_roles=_roles(who) if who else "",
        verb=verb,
        model=obj._meta.label_lower if obj is not None else "",
        object_id=str(row.pk)[:64] if row is not None else "",
        label=str(row)[:200] if row is not None and policy.of(row.__class__).label else "",
        enterprise_id=_key(enterprise) if enterprise is not None else _concerned(row, "enterprise"),
        institution_id=_concerned(row, "institution"),
        person_id=_concerned(row, "person"),
        changes=dict(changes or {}),
        detail=dict(detail or {}),
        address=acting.address,
        path=acting.path,
        reason=reason[:200],
    )
    with transaction.atomic(savepoint=False):  # one insert, within a transaction that runs or in one of its own
        entry.save(force_insert=True)
        chain.seal_after_commit()
    return entry


def viewed(
    obj: models.Model,
    fields: Iterable[str] = (),
    *,
    enterprise: "Enterprise | int | None" = None,
    reason: str = "",
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> "AuditEntry | None":
    """Records that the person of this request is shown private values of `obj`. Nothing is recorded of one's own.

    `fields` are names in the words of the page ("联系电话"): the entry is read by people. `purpose` is one of
    `verbs.PURPOSES`: what the person is shown them for.
    """
    who = current().actor
    concerned = _key(enterprise) if enterprise is not None else _concerned(obj, "enterprise")
    if who is None or _concerned(obj, "person") == who.pk:
        return None
    if concerned is not None and any(each.enterprise_id == concerned for each in who.memberships):
        return None
    told: dict[str, Any] = dict(detail or {}) | {"fields": list(fields)}
    if purpose:
        told["purpose"] = purpose
    return record("viewed", obj, enterprise=concerned, reason=reason, detail=told)


def _key(row: Any) -> int:
    return row.pk if isinstance(row, models.Model) else row


def _roles(user: "User") -> str:
    """客户经理（定海银行）、金融顾问 — what the person was at that moment."""
    with translation.override(settings.LANGUAGE_CODE):  # whatever language the person reads
        named = [
            f"{each.get_role_display()}（{each.institution}）" if each.institution_id else str(each.get_role_display())
            for each in user._assignments
        ]
    if not named and user.is_superuser:
        named = ["系统管理员"]
    return "、".join(named)[:200]


def _concerned(row: models.Model | None, what: str) -> int | None:
    """Primary key of the enterprise, institution or user that `row` is or belongs to."""
    from ..models import Enterprise, Institution, User

    if row is None:
        return None
    kinds: dict[str, type[models.Model]] = {"enterprise": Enterprise, "institution": Institution, "person": User}
    if isinstance(row, kinds[what]):
        return row.pk
    path = getattr(policy.of(row.__class__), what, "")
    if not path:
        found = getattr(row, "user_id" if what == "person" else f"{what}_id", None)
        return found if isinstance(found, int) else None
    *steps, last = path.split(".")
    for step in steps:
        row = getattr(row, step, None)
        if row is None:
            return None
    return getattr(row, f"{last}_id", None)
