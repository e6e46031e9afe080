"""From a request to its end. Clocks run in working days: one to take it up, three to answer (135 服务响应)."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import notify
from accounts.models import Enterprise, Institution, User
from accounts.workdays import add_workdays

from .. import queries
from ..models import RequestEvent, ServiceRequest, Visit
from ..states import request_states
from .errors import AdvisorsError

DAYS_TO_TAKE_UP = 1  # 1 个工作日受理
DAYS_TO_ANSWER = 3  # 3 个工作日对接


@transaction.atomic
def raise_request(
    *,
    by: User,
    enterprise: Enterprise,
    category: str,
    text: str,
    client_key: UUID,
    visit: Visit | None = None,
    attachment: File | None = None,
) -> ServiceRequest:
    """A new request, by the enterprise itself or out of a visit. The same `client_key` again gives the same request.

    Raises PermissionDenied when the person is neither of the enterprise nor visits it.
    """
    if visit is None:
        allowed = any(each.enterprise_id == enterprise.pk for each in by.memberships)
    else:
        allowed = bool(queries.visit_actors(by, visit) & {"advisor", "lead"}) and visit.enterprise_id == enterprise.pk
    if not allowed:
        raise PermissionDenied
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if found := ServiceRequest.objects.filter(client_key=client_key, enterprise=enterprise).first():
        return found
    team = visit.team if visit is not None else queries.team_of_place(enterprise.region_id)
    request = ServiceRequest.objects.create(
        enterprise=enterprise,
        visit=visit,
        team=team,
        category=category,
        text=text,
        attachment=attachment or "",
        raised_by=by,
        client_key=client_key,
        due_at=add_workdays(timezone.now(), DAYS_TO_TAKE_UP),
    )
    label = _("走访中提出") if visit is not None else _("提出诉求")
    RequestEvent.objects.create(request=request, step="raise", label=label, by=by)
    if visit is not None:
        _tell_enterprise(request, by, _("走访中的诉求已登记：%(text)s"))
    _tell_desk(request, by, _("%(enterprise)s 有新诉求，请受理：%(text)s"))
    return request


def _locked(request: ServiceRequest) -> ServiceRequest:
    ServiceRequest.objects.select_for_update().get(pk=request.pk)
    return ServiceRequest.objects.select_related("enterprise", "team", "owner", "unit", "visit__advisor").get(
        pk=request.pk
    )


def _step(request: ServiceRequest, step: str, by: User, note: str = "", *, days: int | None = None, **fields: Any):
    """Applies one transition, with its line in the history; `days` restarts the clock, None stops it."""
    request_states.apply(request, step, queries.request_actors(by, request))
    ended = request.due_at
    for name, value in fields.items():
        setattr(request, name, value)
    request.due_at = None if days is None else add_workdays(timezone.now(), days)
    request.save()
    label = str(request_states[step].label)
    RequestEvent.objects.create(request=request, step=step, label=label, by=by, note=note, due_at=ended)
    return request


@transaction.atomic
def take_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    """Raises TransitionRefused, as do all that follow."""
    request = _step(_locked(request), "take", by, days=DAYS_TO_ANSWER, owner=by)
    _tell_enterprise(request, by, _("您的诉求已受理：%(text)s"))
    return request


@transaction.atomic
def dispatch_request(
    request: ServiceRequest,
    *,
    by: User,
    unit: Institution | None = None,
    owner: User | None = None,
    note: str = "",
) -> ServiceRequest:
    """To an institution, whose staff answer, or to one person. Raises AdvisorsError when neither is named."""
    if unit is None and owner is None:
        raise AdvisorsError(_("请选承办单位或承办人。"))
    to = "、".join(str(each) for each in (unit, owner) if each is not None)
    note = _("交 %(to)s。%(note)s") % {"to": to, "note": note}
    request = _step(_locked(request), "dispatch", by, note, days=DAYS_TO_ANSWER, unit=unit, owner=owner)
    _tell_handlers(request, by, _("有诉求派给您，请答复：%(text)s"))
    _tell_enterprise(request, by, _("您的诉求正在办理：%(text)s"))
    return request


@transaction.atomic
def pass_request_on(request: ServiceRequest, *, to: User | None, by: User) -> ServiceRequest:
    """From who leaves to a colleague, or (None) back to all who may take it; state and clock stay."""
    request = _locked(request)
    before, request.owner = request.owner, to
    request.save()
    note = f"{before or '—'} → {to or _('待承办')}"
    RequestEvent.objects.create(request=request, step="pass_on", label=_("更换承办人"), by=by, note=note)
    if to is not None:
        _tell_handlers(request, by, _("有诉求转给您办理：%(text)s"))
        _tell_enterprise(request, by, _("您的诉求换由 %(owner)s 办理：%%(text)s") % {"owner": to})
    return request


@transaction.atomic
def answer_request(request: ServiceRequest, *, by: User, text: str) -> ServiceRequest:
    request = _step(_locked(request), "answer", by, text)
    _tell_enterprise(request, by, _("您的诉求有了答复，请看是否解决：%(text)s"))
    return request


@transaction.atomic
def confirm_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    request = _step(_locked(request), "confirm", by)
    _tell_handlers(request, by, _("%(enterprise)s 确认已解决：%(text)s"))
    return request


@transaction.atomic
def reopen_request(request: ServiceRequest, *, by: User, reason: str) -> ServiceRequest:
    request = _step(_locked(request), "reopen", by, reason, days=DAYS_TO_TAKE_UP)
    _tell_handlers(request, by, _("%(enterprise)s 说还没有解决，请重新办理：%(text)s"))
    _tell_desk(request, by, _("%(enterprise)s 说还没有解决：%(text)s"))
    return request


@transaction.atomic
def close_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    return _step(_locked(request), "close", by)


@transaction.atomic
def withdraw_request(request: ServiceRequest, *, by: User) -> ServiceRequest:
    request = _step(_locked(request), "withdraw", by)
    _tell_handlers(request, by, _("%(enterprise)s 撤回了诉求：%(text)s"))
    return request


def _tell(people, request: ServiceRequest, by: User, text: str, url: str) -> None:
    for person in people:
        if person.pk != by.pk:
            notify(person, text % {"text": request, "enterprise": request.enterprise}, url)


def _tell_enterprise(request: ServiceRequest, by: User, text: str) -> None:
    _tell(queries.people_of(request.enterprise), request, by, text, request.me_url)


def _tell_handlers(request: ServiceRequest, by: User, text: str) -> None:
    people = [request.owner] if request.owner else list(queries.staff_of(request.unit)) if request.unit else []
    _tell(people, request, by, text, request.get_absolute_url())


def _tell_desk(request: ServiceRequest, by: User, text: str) -> None:
    _tell(queries.leads_of(request.team), request, by, text, request.get_absolute_url())
