"""An enterprise's own visits and requests."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.roles import member_required, signed_in
from accounts.transitions import TransitionRefused

from .. import actions, queries
from ..forms import MySlotMoveForm, RatingForm, ReasonForm, RequestForm
from ..models import RequestState, ServiceRequest, Visit, VisitState
from ..slots import LENGTH, free_slots
from ..states import request_states, visit_states
from .public import by_day
from .shared import attachment_of, timeline, typed

PER_PAGE = 20


@signed_in
def open_visit(request: Request, pk: int) -> HttpResponse:
    """From a search result to the page on which this person may read the visit."""
    found = get_object_or_404(queries.visits_visible_to(request.user), pk=pk)
    mine = any(each.enterprise_id == found.enterprise_id for each in request.user.memberships)
    return redirect(found.me_url if mine else found.get_absolute_url())


@signed_in
def open_request(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.requests_visible_to(request.user), pk=pk)
    mine = any(each.enterprise_id == found.enterprise_id for each in request.user.memberships)
    return redirect(found.me_url if mine else found.get_absolute_url())


@member_required
def visits(request: Request) -> HttpResponse:
    page = Paginator(queries.visits_of(request.user.enterprise), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "advisors/my_visits.html", {"page": page, "now": timezone.now()})


def _visit(request: Request, pk: int) -> Visit:
    found = queries.visit_detail(queries.visits_of(request.user.enterprise), pk)
    if found is None:
        raise Http404
    return found


@member_required
def visit(request: Request, pk: int, rating: RatingForm | None = None) -> HttpResponse:
    found = _visit(request, pk)
    given = getattr(found, "rating", None)
    context = {
        "visit": found,
        "steps": visit_states.available(found, queries.visit_actors(request.user, found)),
        "timeline": timeline(found.events.all()),
        "rating": given,
        "rating_form": rating or (RatingForm() if found.state == VisitState.DONE and given is None else None),
    }
    return render(request, "advisors/my_visit.html", context)


@member_required
def visit_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Confirm is one press; moving is by free slots, cancelling by a reason, rating by five levels."""
    found = _visit(request, pk)
    if step not in {"confirm", "move", "cancel", "rate"}:
        raise Http404
    form: MySlotMoveForm | ReasonForm | RatingForm | None = None
    if step == "move":
        form = MySlotMoveForm(typed(request), slots=free_slots([found.advisor]))
    elif step == "cancel":
        form = ReasonForm(typed(request))
    elif step == "rate":
        form = RatingForm(typed(request))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is None:
                actions.confirm_visit(found, by=request.user)
            elif isinstance(form, MySlotMoveForm):
                start = form.cleaned_data["starts_at"]
                if all(slot.starts_at != start for slot in free_slots([found.advisor])):
                    raise actions.SlotTaken
                actions.move_visit(
                    found, by=request.user, starts_at=start, ends_at=start + LENGTH, reason=form.cleaned_data["reason"]
                )
            elif isinstance(form, ReasonForm):
                actions.cancel_visit(found, by=request.user, reason=form.cleaned_data["reason"])
            else:
                actions.rate_visit(found, by=request.user, **form.cleaned_data)
        except (TransitionRefused, actions.AdvisorsError) as error:
            if form is None:
                messages.error(request, str(error))
                return redirect(found.me_url)
            form.add_error(
                "starts_at" if isinstance(error, actions.AdvisorsError) and step == "move" else None, str(error)
            )
        else:
            done = _("谢谢您的评价。") if step == "rate" else _("已%s，并通知对方。") % visit_states[step].label
            messages.success(request, done)
            return redirect(found.me_url)
    if isinstance(form, RatingForm):
        return visit(request, pk, rating=form) if form.is_bound else redirect(found.me_url)
    refusal = visit_states.refusal(found, step, queries.visit_actors(request.user, found))
    if form is None or (refusal and not form.is_bound):
        if refusal:
            messages.error(request, refusal)
        return redirect(found.me_url)
    context = {
        "visit": found,
        "form": form,
        "step": visit_states[step],
        "days": by_day(form) if step == "move" else None,
        "layout": "me.html",
        "back": found.me_url,
    }
    return render(request, "advisors/visit_step.html", context)


@member_required
def requests(request: Request) -> HttpResponse:
    page = Paginator(queries.requests_of(request.user.enterprise), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "advisors/my_requests.html", {"page": page})


@member_required
def request_new(request: Request) -> HttpResponse:
    told = {name: request.GET[name] for name in ("category", "text") if name in request.GET}  # begun on another page
    form = RequestForm(typed(request), request.FILES or None, initial=told)
    if request.method == "POST" and form.is_valid():
        made = actions.raise_request(by=request.user, enterprise=request.user.enterprise, **form.cleaned_data)
        messages.success(request, _("已提交。我们在 1 个工作日内受理，进展会通知您。"))
        return redirect(made.me_url)
    return render(request, "advisors/my_request_new.html", {"form": form})


def _request(request: Request, pk: int) -> ServiceRequest:
    found = queries.request_detail(queries.requests_of(request.user.enterprise), pk)
    if found is None:
        raise Http404
    return found


@member_required
def request_page(request: Request, pk: int, forms: dict | None = None) -> HttpResponse:
    found = _request(request, pk)
    rating = getattr(found, "rating", None)
    may_rate = rating is None and found.state in {RequestState.CONFIRMED, RequestState.CLOSED}
    answers = [event for event in found.events.all() if event.step == "answer"]
    forms = {"reopen": ReasonForm(), "rate": RatingForm()} | (forms or {})
    actors = queries.request_actors(request.user, found)
    context = {
        "request_": found,
        "steps": {each.name: each for each in request_states.available(found, actors)},
        "answer": answers[-1] if answers else None,
        "rating": rating,
        "may_rate": may_rate and any(event.step == "confirm" for event in found.events.all()),
        "forms": forms,
        "timeline": timeline(found.events.all()),
    }
    return render(request, "advisors/my_request.html", context)


@member_required
def attachment(request: Request, pk: int) -> FileResponse:
    return attachment_of(queries.requests_of(request.user.enterprise).filter(pk=pk).first())


@member_required
def request_step(request: Request, pk: int, step: str) -> HttpResponse:
    found = _request(request, pk)
    if step not in {"confirm", "reopen", "withdraw", "rate"}:
        raise Http404
    data = typed(request)
    if data is None:
        return redirect(found.me_url)
    form: ReasonForm | RatingForm | None = None
    if step in {"reopen", "rate"}:
        form = ReasonForm(data) if step == "reopen" else RatingForm(data)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is None:
                press = {"confirm": actions.confirm_request, "withdraw": actions.withdraw_request}
                press[step](found, by=request.user)
            elif step == "reopen":
                actions.reopen_request(found, by=request.user, reason=form.cleaned_data["reason"])
            else:
                actions.rate_request(found, by=request.user, **form.cleaned_data)
        except (TransitionRefused, actions.AdvisorsError) as error:
            messages.error(request, str(error))
        else:
            done = {
                "confirm": _("谢谢确认。请给这次办理打个分。"),
                "reopen": _("已请承办方重新办理。"),
                "withdraw": _("已撤回。"),
                "rate": _("谢谢您的评价。"),
            }
            messages.success(request, done[step])
            return redirect(found.me_url)
    return request_page(request, pk, forms={step: form} if form else {})
