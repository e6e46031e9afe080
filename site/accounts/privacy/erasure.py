"""Erasing a person or an enterprise: asked for, undone within seven days, else done in one transaction."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import audit
from ..actions import notify
from ..models import Enterprise, EnterpriseMember, ErasureRequest, User
from . import registry
from .registry import Eraser, Keeping, Text

logger = logging.getLogger(__name__)
COOLING_OFF = timedelta(days=7)


class ErasureRefused(Exception):
    """Something has to be done first. The text is for people."""


class Erased(Exception):
    """There is nobody left to do this for. The text is for people."""


def _parts() -> list[Eraser]:
    return sorted(registry.erasers.values(), key=lambda each: (each.order, each.app))


def removed() -> list[Text]:
    return [text for each in reversed(_parts()) for text in each.removes]


def kept() -> list[Keeping]:
    return [keeping for each in reversed(_parts()) for keeping in each.keeps]


def hold(enterprise: Enterprise) -> None:
    """Inside a transaction that writes something new for it: no erasure comes between. Raises Erased."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if enterprise.erasure_requests.filter(done_at__isnull=False).exists():
        raise Erased(_("这家企业的资料已按申请删除，不能再提交需求。"))


def waiting_for(user: User) -> list[ErasureRequest]:
    """Open wishes that concern this person or the enterprise that the person acts for."""
    found = list(user.erasure_requests.filter(enterprise=None, undone_at=None, done_at=None))
    if user.enterprise is not None:
        found += user.enterprise.erasure_requests.filter(undone_at=None, done_at=None)
    return found


def owns(user: User, enterprise: Enterprise) -> bool:
    return any(
        each.enterprise_id == enterprise.pk and each.kind == EnterpriseMember.Kind.OWNER for each in user.memberships
    )


def refusal(user: User, enterprise: Enterprise | None) -> str:
    """Why this person may not ask for it now; "" when it may be asked."""
    if enterprise is not None:
        if not owns(user, enterprise):
            return _("只有企业负责人可以申请删除企业资料。")
        reasons = [each.refuse_enterprise(enterprise) for each in _parts()]
    else:
        reasons = [each.refuse_person(user) for each in _parts()]
    return next((each for each in reasons if each), "")


@transaction.atomic
def ask(user: User, enterprise: Enterprise | None = None) -> ErasureRequest:
    """The wish, due in seven days; asking twice is one. Raises ErasureRefused."""
    User.objects.select_for_update().get(pk=user.pk)
    if enterprise is not None:
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if reason := refusal(user, enterprise):
        raise ErasureRefused(reason)
    now = timezone.now()
    open_ones: dict[str, Any] = {"enterprise": enterprise, "undone_at": None, "done_at": None}
    if enterprise is None:
        open_ones["user"] = user
    found, made = ErasureRequest.objects.get_or_create(
        **open_ones, defaults={"user": user, "asked_at": now, "due_at": now + COOLING_OFF}
    )
    if made:
        audit.record("erasure_asked", enterprise or user, actor=user)
        _tell(found, user, _("已申请删除资料，%(day)s 执行，之前可以撤销。"))
    return found


@transaction.atomic
def undo(request: ErasureRequest, *, by: User) -> ErasureRequest:
    """Takes the wish back. Raises ErasureRefused when it is done already; twice is once."""
    request = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if request.done_at is not None:
        raise ErasureRefused(_("资料已经删除，不能恢复。"))
    if request.undone_at is None:
        request.undone_at = timezone.now()
        request.save(update_fields=["undone_at"])
        audit.record("erasure_undone", request.enterprise or request.user, actor=by)
        _tell(request, by, _("已撤销删除申请，资料照常保留。"))
    return request


def _tell(request: ErasureRequest, by: User, text: str) -> None:
    """All people of the enterprise hear of it: one of them asks, all are concerned."""
    people = {by.pk: by}
    if request.enterprise is not None:
        people |= {each.user_id: each.user for each in request.enterprise.members.filter(is_active=True)}
    for person in people.values():
        notify(person, text % {"day": f"{timezone.localtime(request.due_at):%Y-%m-%d}"}, "/me/data/")


def do_due() -> int:
    """Carries out what is due. One that fails is told in the log, tried again at the next run, and stops no other."""
    done = 0
    for pk in ErasureRequest.objects.filter(due_at__lte=timezone.now(), undone_at=None, done_at=None).values_list(
        "pk", flat=True
    ):
        try:
            done += erase(pk)
        except Exception:
            logger.exception("erasure %s failed", pk)
    return done


@transaction.atomic
def erase(pk: int) -> bool:
    """All apps' parts in one transaction. False when it was undone or done meanwhile, or something stands in the way now."""
    request = ErasureRequest.objects.select_for_update().get(pk=pk)
    if not request.is_open:
        return False
    if request.enterprise is not None:
        Enterprise.every.select_for_update().get(pk=request.enterprise.pk)  # see `hold`
    if reason := refusal(request.user, request.enterprise):
        notify(request.user, _("资料暂时不能删除：%s") % reason, "/me/data/")
        request.undone_at = timezone.now()
        request.save(update_fields=["undone_at"])
        return False
    target: User | Enterprise = request.enterprise or request.user
    request.done_at = timezone.now()
    request.save(update_fields=["done_at"])
    for part in _parts():
        if request.enterprise is not None:
            part.enterprise(request.enterprise)
        else:
            part.person(request.user)
    audit.record("erased", target)
    return True
