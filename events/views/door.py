"""Check-in: by camera, by code, by name. Works without script; with it, a scan posts by itself."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.http import Request
from accounts.roles import Role, role_required

from .. import actions, queries
from ..forms import DoorForm
from ..models import Event, Registration

SEARCH_LIMIT = 20


@never_cache
@role_required(Role.DOOR_STAFF, Role.ORGANISER, Role.ADMINISTRATOR)
def door(request: Request, slug: str) -> HttpResponse:
    event = get_object_or_404(queries.at_the_door(request.user), slug=slug)
    outcome = None
    if request.method == "POST":
        outcome = _scan(request, event)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(outcome | {"counts": queries.counts(event)}, status=200 if outcome["ok"] else 409)
    text = request.GET.get("q", "").strip()[:60]
    found = list(queries.registrations(event, text).exclude(state="cancelled")[: SEARCH_LIMIT + 1]) if text else []
    if found:
        audit.viewed(event, ["姓名", "单位"], purpose="door", detail={"rows": len(found[:SEARCH_LIMIT])})
    context = {
        "event": event,
        "outcome": outcome,
        "counts": queries.counts(event),
        "q": text,
        "found": [(registration, uuid.uuid4()) for registration in found[:SEARCH_LIMIT]],
        "has_more": len(found) > SEARCH_LIMIT,
        "scan_id": uuid.uuid4(),
    }
    return render(request, "events/door.html", context, status=409 if outcome and not outcome["ok"] else 200)


def _scan(request: Request, event: Event) -> dict:
    """{ok, text, name, note, registration}: what the person at the door sees."""
    form = DoorForm(request.POST)
    if not form.is_valid():
        return {
            "ok": False,
            "text": _("没有读到签到码"),
            "note": " ".join(str(message) for messages in form.errors.values() for message in messages),
            "name": "",
        }
    data = form.cleaned_data
    try:
        if data["registration"]:
            registration = event.registrations.filter(pk=data["registration"]).first()
            if registration is None:
                raise actions.ScanRefused(_("没有这张门票。"))
        else:
            registration = actions.find_ticket(event, data["ticket"])
        _made, was_in = actions.check_in(
            event=event,
            registration=registration,
            scan_id=data["scan_id"],
            by=request.user,
            device=request.headers.get("User-Agent", "")[:60],
            undo=data["undo"],
        )
    except actions.ScanRefused as error:
        return {"ok": False, "text": _("不能签到"), "note": str(error), "name": ""}
    said = _("已撤销签到") if data["undo"] else _("已经签过到，可以再次入场") if was_in else _("签到成功")
    return {
        "ok": True,
        "again": was_in,
        "text": said,
        "name": registration.name,
        "note": f"{registration.organisation} {Registration.AttendeeType(registration.attendee_type).label}".strip(),
        "registration": None if data["undo"] else registration.pk,
    }
