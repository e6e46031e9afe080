"""The calendar, an event, registration, the ticket."""

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.roles import member_required

from .. import actions, calendars, queries
from ..forms import EditRegistrationForm, RegistrationForm
from ..models import Event, Registration

PER_PAGE = 20
TICKETS = "event_tickets"  # tokens that this browser's session may see again


def event_list(request: Request) -> HttpResponse:
    kind = request.GET.get("kind", "")
    page = Paginator(queries.upcoming(kind), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "page_query": f"kind={kind}&" if kind in Event.Kind.values else "",
        "past": queries.past() if page.number == 1 else [],
        "kind": kind,
        "kinds": Event.Kind.choices,
    }
    return render(request, "events/event_list.html", context)


def calendar_feed(request: Request) -> HttpResponse:
    return calendars.response(calendars.calendar(queries.public_events()), "yinqiao-events")


def event(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.public_events().prefetch_related("sessions"), slug=slug)
    return render(request, "events/event.html", {"event": found, "refusal": found.refusal()})


def event_feed(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.public_events(), slug=slug)
    return calendars.response(calendars.calendar([found]), found.slug)


def _initial(request: Request) -> dict:
    user = request.user
    if not user.is_authenticated:
        return {}
    facts = {"name": user.name, "phone": (user.phone or "").removeprefix("+86"), "email": user.email}
    if user.enterprise:
        facts |= {"organisation": user.enterprise.name, "uscc": user.enterprise.uscc}
    return facts


@never_cache
def register(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.public_events(), slug=slug)
    form = RegistrationForm(request.POST or request.kept_draft or None, initial=_initial(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        user = request.user if request.user.is_authenticated else None
        try:
            made = actions.register(event=found, client_key=form.cleaned_data["client_key"], user=user, **form.facts())
        except actions.RegistrationRefused as error:
            form.add_error(None, str(error))
            status = 409
        except actions.PhoneAlreadyRegistered as error:
            if error.registration.token in request.session.get(TICKETS, []):
                return redirect(error.registration)
            form.add_error("phone", str(error))
            status = 409
        else:
            request.session[TICKETS] = [*request.session.get(TICKETS, []), made.token][-20:]
            return redirect(made)
    context = {"event": found, "form": form, "refusal": found.refusal()}
    return render(request, "events/register.html", context, status=status)


@never_cache
def ticket(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(Registration.objects.select_related("event"), token=token)
    qr = segno.make(actions.ticket_url(found), error="m").svg_inline(
        scale=6, border=2, dark="#14242b", light="#ffffff", omitsize=True
    )
    is_in = queries.is_in(found)
    context = {
        "registration": found,
        "event": found.event,
        "qr": mark_safe(qr),  # drawn by segno from our own address
        "sessions": found.event.sessions.all(),
        "is_in": is_in,
        "may_change": found.event.state == Event.State.PUBLISHED and not found.event.is_over and not is_in,
        "refusal": found.event.refusal(),
    }
    return render(request, "events/ticket.html", context)


@never_cache
def ticket_feed(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(Registration.objects.select_related("event"), token=token)
    return calendars.response(calendars.calendar([found.event], url=actions.ticket_url(found)), found.event.slug)


@never_cache
def ticket_edit(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(Registration.objects.select_related("event"), token=token)
    form = EditRegistrationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.edit_registration(found, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect(found)
    return render(request, "events/ticket_edit.html", {"form": form, "registration": found})


@require_POST
def ticket_cancel(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(Registration, token=token)
    try:
        actions.cancel(found)
    except actions.CancellationRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已取消报名。若还想来，可以在这里恢复。"))
    return redirect(found)


@require_POST
def ticket_restore(request: Request, token: str) -> HttpResponse:
    found = get_object_or_404(Registration, token=token)
    try:
        restored = actions.restore(found)
    except actions.RegistrationRefused as error:
        messages.error(request, str(error))
    else:
        waits = restored.state == Registration.State.WAITLISTED
        messages.success(request, _("名额已满，您在候补。") if waits else _("报名已恢复。"))
    return redirect(found)


@member_required
def my_events(request: Request) -> HttpResponse:
    page = Paginator(queries.registrations_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "events/my_events.html", {"page": page})
