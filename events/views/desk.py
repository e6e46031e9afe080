"""An organiser's pages."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.http import Request
from accounts.models import User
from accounts.roles import Role, role_required
from accounts.transitions import TransitionRefused

from .. import actions, queries, sheets, states
from ..forms import EventForm, SessionFormSet
from ..models import Event, Registration

READERS = (Role.ORGANISER, Role.SUPERVISOR, Role.ADMINISTRATOR)
WRITERS = (Role.ORGANISER, Role.ADMINISTRATOR)
FINAL = {"close", "cancel"}  # no way back: the page says what follows before the button


def _mine(request: Request, slug: str, *, to_change: bool = False) -> Event:
    found = get_object_or_404(queries.organised_by(request.user), slug=slug)
    if to_change and not request.user.roles & set(WRITERS):
        raise PermissionDenied
    return found


@role_required(*READERS)
def event_list(request: Request) -> HttpResponse:
    found = queries.with_counts(queries.organised_by(request.user)).order_by("-starts_at")
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    return render(
        request, "events/desk_list.html", {"page": page, "may_create": bool(request.user.roles & set(WRITERS))}
    )


@role_required(*WRITERS)
def event_new(request: Request) -> HttpResponse:
    return _edit(request, Event())


@role_required(*WRITERS)
def event_edit(request: Request, slug: str) -> HttpResponse:
    return _edit(request, _mine(request, slug, to_change=True))


def _edit(request: Request, event: Event) -> HttpResponse:
    heading = event.title
    back = reverse("events:desk_event", args=[event.slug]) if event.pk else reverse("events:desk_events")
    data = request.POST or request.kept_draft or None
    form = EventForm(data, instance=event)
    rows = list(event.sessions.values("starts_at", "title", "speaker", "room")) if event.pk else []
    sessions = SessionFormSet(data, initial=rows, prefix="sessions")
    if request.method == "POST" and form.is_valid() and sessions.is_valid():
        kept = [
            {name: row[name] for name in ("starts_at", "title", "speaker", "room")}
            for row in sessions.cleaned_data
            if row and row.get("title") and not row.get("DELETE")
        ]
        try:
            saved = actions.save_event(event=form.save(commit=False), by=request.user, sessions=kept)
        except actions.CapacityTooSmall as error:
            form.add_error("capacity", str(error))
        else:
            messages.success(request, _("已保存。"))
            return redirect("events:desk_event", slug=saved.slug)
    context = {"form": form, "sessions": sessions, "heading": heading, "back": back}
    return render(request, "events/desk_edit.html", context)


@role_required(*READERS)
def event(request: Request, slug: str) -> HttpResponse:
    found = _mine(request, slug)
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    page = Paginator(queries.registrations(found, text, state), 50).get_page(request.GET.get("page"))
    may_change = bool(request.user.roles & set(WRITERS))
    steps = states.EVENT.available(found, {states.ORGANISER}) if may_change else []
    organises = queries.organises(request.user, found)
    if organises and page.object_list:
        audit.viewed(found, ["姓名", "单位"], purpose="event", detail={"rows": len(page.object_list)})
    context = {
        "event": found,
        "counts": queries.counts(found),
        "page": page,
        "q": text,
        "state": state,
        "states": Registration.State.choices,
        "page_query": f"{urlencode({'q': text, 'state': state})}&" if text or state else "",
        "steps": [each for each in steps if each.name not in FINAL],
        "final_steps": [each for each in steps if each.name in FINAL],
        "may_change": may_change,
        "organises": organises,
        "door_staff": found.door_staff.all(),
        "door_candidates": User.objects.filter(role_assignments__role=Role.DOOR_STAFF, is_active=True),
    }
    return render(request, "events/desk_event.html", context)


@require_POST
@role_required(*WRITERS)
def event_move(request: Request, slug: str, name: str) -> HttpResponse:
    found = _mine(request, slug, to_change=True)
    try:
        moved = actions.move(found, name, request.user)
    except (TransitionRefused, KeyError) as error:
        messages.error(request, str(error) if isinstance(error, TransitionRefused) else _("没有这一步。"))
    else:
        messages.success(request, _("现在是“%s”。") % moved.get_state_display())
    return redirect("events:desk_event", slug=slug)


@require_POST
@role_required(*WRITERS)
def event_copy(request: Request, slug: str) -> HttpResponse:
    made = actions.copy_event(_mine(request, slug, to_change=True), request.user)
    messages.success(request, _("已复制为草稿，请改好时间再发布。"))
    return redirect("events:desk_edit", slug=made.slug)


@require_POST
@role_required(*WRITERS)
def door_staff(request: Request, slug: str) -> HttpResponse:
    found = _mine(request, slug, to_change=True)
    found.door_staff.set(
        User.objects.filter(pk__in=request.POST.getlist("user"), role_assignments__role=Role.DOOR_STAFF)
    )
    messages.success(request, _("签到人员已更新。"))
    return redirect("events:desk_event", slug=slug)


@role_required(*WRITERS)
def attendance(request: Request, slug: str) -> HttpResponse:
    found = _mine(request, slug, to_change=True)
    organises = queries.organises(request.user, found)
    fields = ["姓名", "手机号", "单位"] if organises else ["单位"]
    audit.record("exported", found, detail={"fields": fields, "purpose": "event", "rows": found.registrations.count()})
    return sheets.response(found, masked=not organises)
