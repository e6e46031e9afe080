"""Calendar files: an advisor's feed behind a secret address, and single visits."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.http import Request
from accounts.roles import Role, member_required, role_required

from .. import actions, calendars, queries
from ..models import Visit


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


@require_safe
@cache_control(private=True, no_store=True)
def feed(request: Request, token: str) -> HttpResponse:
    """For calendar programs, which cannot sign in: the token is the key. A revoked one is unknown."""
    found = queries.feed(token)
    if found is None:
        raise Http404
    name = _("%s 的走访") % found.advisor
    return _file(calendars.calendar(queries.feed_visits(found.advisor), name=name), "visits")


@require_POST
@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def manage_feed(request: Request) -> HttpResponse:
    advisor = queries.advisor_of(request.user)
    if advisor is None:
        raise Http404
    if request.POST.get("do") == "revoke":
        actions.revoke_feed(advisor)
        messages.success(request, _("订阅地址已停用。"))
    else:
        actions.new_feed(advisor)
        messages.success(request, _("已生成新的订阅地址，旧地址不再有效。"))
    return redirect("advisors:week")


def _single(found: Visit | None, shown: str = "whole") -> HttpResponse:
    if found is None:
        raise Http404
    return _file(calendars.single(found, shown), f"visit-{found.pk}")


@role_required(*queries.VISIT_ROLES)
def visit(request: Request, pk: int) -> HttpResponse:
    found = queries.desk_visits(request.user).filter(pk=pk).first()
    shown = queries.contact_shown(request.user, found) if found is not None else ""
    if found is not None and shown == "whole":
        audit.viewed(found, ["联系人", "地点"], enterprise=found.enterprise, purpose="visit")
    return _single(found, shown)


@member_required
def my_visit(request: Request, pk: int) -> HttpResponse:
    return _single(queries.visits_of(request.user.enterprise).filter(pk=pk).select_related("enterprise").first())
