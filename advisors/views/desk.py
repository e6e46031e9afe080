"""The week, planning, and the log of a visit."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.http import Request
from accounts.roles import Role, role_required
from accounts.transitions import TransitionRefused

from .. import actions, queries
from ..forms import LogForm, MoveForm, PlanForm, ReasonForm, log_initial
from ..models import Visit, VisitState
from ..states import visit_states
from .shared import timeline, typed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@role_required(*queries.VISIT_ROLES)
def week(request: Request) -> HttpResponse:
    """One's own week; a lead or supervisor chooses whose."""
    day = _day(request.GET.get("day", ""))
    choices = queries.week_choices(request.user)
    chosen = next((each for each in choices if each.value == request.GET.get("who")), choices[0] if choices else None)
    visits = queries.desk_visits(request.user)
    if chosen is not None:
        visits = visits.filter(chosen.condition)
    advisor = queries.advisor_of(request.user)
    monday = day - timedelta(days=day.weekday())
    context = {
        "days": queries.week(visits, day),
        "monday": monday,
        "today": timezone.localdate(),
        "sunday": monday + timedelta(days=6),
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "is_this_week": monday <= timezone.localdate() < monday + timedelta(days=7),
        "choices": choices,
        "chosen": chosen,
        "shows_advisor": chosen is None or chosen.is_many,
        "may_plan": bool(request.user.roles & {Role.ADVISOR, Role.TEAM_LEAD}),
        "unlogged": list(queries.unlogged(visits).order_by("-starts_at")[:5]),
        "feed": advisor.feeds.filter(revoked_at=None).first() if advisor else None,
        "advisor": advisor,
    }
    return render(request, "advisors/week.html", context)


@require_GET
@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def options(request: Request, table: str) -> JsonResponse:
    """Suggestions for the enterprise and product fields."""
    if table not in {"enterprises", "products"}:
        raise Http404
    text = request.GET.get("q", "").strip()[:40]
    names: list[str] = []
    if text and table == "enterprises":
        names = [each.name for each in queries.find_enterprises(request.user, text)]
    elif text:
        names = [each.name for each in queries.find_products(request.user, text)]
    return JsonResponse({"options": names})


@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def plan(request: Request) -> HttpResponse:
    mine = queries.advisor_of(request.user)
    wanted = request.GET.get("need", "")
    need = next((each for each in queries.callers(request.user) if str(each.pk) == wanted), None) if wanted else None
    initial = {
        "on": _day(request.GET.get("day", "")),
        "at": "09:00",
        "advisor": request.GET.get("advisor") or (mine.pk if mine else None),
        "enterprise": need.enterprise.name if need else request.GET.get("enterprise", "")[:160],
    }
    if need is not None:
        initial |= {"purpose": need.summary[:200], "contact_name": need.author.name}
    form = PlanForm(typed(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.visit()
            same = need is not None and need.enterprise_id == asked["enterprise"].pk
            planned = actions.plan_visit(by=request.user, need=need if same else None, **asked)
        except actions.VisitOverlaps as error:
            form.add_error("at", str(error))
        except actions.AdvisorsError as error:
            form.add_error("on", str(error))
        else:
            messages.success(request, _("已计划，并请企业确认。"))
            return redirect(planned)
    context = {"form": form, "need": need, "may_plan": form.advisors.exists()}
    return render(request, "advisors/plan.html", context)


def _detail(request: Request, pk: int) -> Visit:
    found = queries.visit_detail(queries.desk_visits(request.user), pk)
    if found is None:
        raise Http404
    return found


def _purpose(request: Request) -> str:
    return "supervision" if Role.SUPERVISOR in request.user.roles else "visit"


@role_required(*queries.VISIT_ROLES)
def visit(request: Request, pk: int) -> HttpResponse:
    found = _detail(request, pk)
    actors = queries.visit_actors(request.user, found)
    steps = visit_states.available(found, actors)
    shown = queries.contact_shown(request.user, found)
    if shown == "whole":
        audit.viewed(found, ["联系人", "联系电话", "地点", "走访记录"], enterprise=found.enterprise, purpose="visit")
    elif found.logs.all():
        audit.viewed(found, ["走访记录"], enterprise=found.enterprise, purpose=_purpose(request))
    context = {
        "visit": found,
        "shown": shown,
        "steps": sorted(steps, key=lambda step: step.name != "log"),  # what the day is for comes first
        "timeline": timeline(found.events.all(), set() if shown == "whole" else queries.member_keys(found.enterprise)),
        "may_amend": found.state == VisitState.DONE and bool(actors & {"advisor", "lead"}),
    }
    return render(request, "advisors/visit.html", context)


@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def log(request: Request, pk: int) -> HttpResponse:
    """Writes the log, or an amendment when there is one. What was typed stays on the page whatever is refused."""
    found = _detail(request, pk)
    is_amendment = found.state == VisitState.DONE
    form = LogForm(typed(request), user=request.user, initial={} if is_amendment else log_initial(found))
    actors = queries.visit_actors(request.user, found)
    refusal = "" if is_amendment else visit_states.refusal(found, "log", actors)
    if is_amendment and not actors & {"advisor", "lead"}:
        refusal = _("只有走访的顾问和首席专员可以补记。")
    status = 200
    if request.method == "POST" and form.is_valid():
        write = actions.amend_log if is_amendment else actions.log_visit
        try:
            write(found, by=request.user, **form.log())
        except (TransitionRefused, actions.AdvisorsError) as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("已记录。提出的诉求已开始办理。") if form.log()["requests"] else _("已记录。"))
            return redirect(found)
    if refusal and form.is_bound and form.is_valid():
        form.add_error(None, _("%s 您写的内容还在下面，可以复制保存。") % refusal)
    context = {"form": form, "visit": found, "refusal": refusal, "is_amendment": is_amendment}
    return render(request, "advisors/log.html", context, status=status)


@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def visit_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Confirm and no-show are one press; move and cancel have a page with a form."""
    found = _detail(request, pk)
    if step not in {"confirm", "no_show", "move", "cancel"}:
        raise Http404
    form: MoveForm | ReasonForm | None = None
    if step == "move":
        form = MoveForm(typed(request), visit=found)
    elif step == "cancel":
        form = ReasonForm(typed(request))
    refusal = visit_states.refusal(found, step, queries.visit_actors(request.user, found))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if isinstance(form, MoveForm):
                actions.move_visit(found, by=request.user, reason=form.cleaned_data["reason"], **form.times())
            elif form is not None:
                actions.cancel_visit(found, by=request.user, reason=form.cleaned_data["reason"])
            else:
                {"confirm": actions.confirm_visit, "no_show": actions.mark_no_show}[step](found, by=request.user)
        except (TransitionRefused, actions.AdvisorsError) as error:
            if form is None:
                messages.error(request, str(error))
                return redirect(found)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已%s。") % visit_states[step].label)
            return redirect(found)
    if form is None or (refusal and not form.is_bound):
        if refusal:
            messages.error(request, refusal)
        return redirect(found)
    context = {
        "visit": found,
        "form": form,
        "step": visit_states[step],
        "layout": "desk.html",
        "back": found.get_absolute_url(),
    }
    return render(request, "advisors/visit_step.html", context)
