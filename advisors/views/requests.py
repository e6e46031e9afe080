"""The queue of requests on the desk, and the steps of one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.http import Request
from accounts.roles import role_required
from accounts.transitions import TransitionRefused
from accounts.wording import masked_text

from .. import actions, queries
from ..forms import AnswerForm, DispatchForm
from ..models import ServiceRequest
from ..states import request_states
from .shared import attachment_of, timeline, typed

PER_PAGE = 20
VIEWS = (("", gettext_lazy("要办的")), ("waiting", gettext_lazy("等企业确认")), ("done", gettext_lazy("已办结")))


@role_required(*queries.REQUEST_ROLES)
def queue(request: Request) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in dict(VIEWS) else ""
    page = Paginator(queries.queue(request.user, view), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "view": view, "views": VIEWS, "page_query": f"view={view}&" if view else ""}
    context["callers"] = [] if view else queries.callers(request.user)
    return render(request, "advisors/requests.html", context)


def _detail(request: Request, pk: int) -> ServiceRequest:
    found = queries.request_detail(queries.desk_requests(request.user), pk)
    if found is None:
        raise Http404
    return found


def _render(request: Request, found: ServiceRequest, forms: dict, status: int = 200) -> HttpResponse:
    steps = {each.name: each for each in request_states.available(found, queries.request_actors(request.user, found))}
    forms.setdefault("answer", AnswerForm())
    forms.setdefault("dispatch", DispatchForm(user=request.user))
    shown = queries.raiser_shown(request.user, found)
    fields = ["诉求", "提出人"] if shown else ["诉求"]
    audit.viewed(found, fields, enterprise=found.enterprise, purpose="request")
    context = {
        "request_": found,
        "steps": steps,
        "forms": forms,
        "timeline": timeline(found.events.all(), set() if shown else queries.member_keys(found.enterprise)),
    }
    context["raiser_masked"] = not shown
    context["said"] = found.text if shown else masked_text(found.text, found.raised_by.name)
    return render(request, "advisors/request.html", context, status=status)


@role_required(*queries.REQUEST_ROLES)
def request_page(request: Request, pk: int) -> HttpResponse:
    return _render(request, _detail(request, pk), {})


@role_required(*queries.REQUEST_ROLES)
def attachment(request: Request, pk: int) -> FileResponse:
    found = queries.desk_requests(request.user).filter(pk=pk).first()
    if found is not None and found.attachment:
        audit.viewed(found, ["附件"], enterprise=found.enterprise, purpose="request")
    return attachment_of(found)


@role_required(*queries.REQUEST_ROLES)
def request_step(request: Request, pk: int, step: str) -> HttpResponse:
    found = _detail(request, pk)
    if step not in {"take", "dispatch", "answer", "close"}:
        raise Http404
    data = typed(request)
    if data is None:
        return redirect(found)
    form: AnswerForm | DispatchForm | None = None
    if step == "answer":
        form = AnswerForm(data)
    elif step == "dispatch":
        form = DispatchForm(data, user=request.user)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is None:
                {"take": actions.take_request, "close": actions.close_request}[step](found, by=request.user)
            elif step == "answer":
                actions.answer_request(found, by=request.user, **form.cleaned_data)
            else:
                actions.dispatch_request(found, by=request.user, **form.cleaned_data)
        except (TransitionRefused, actions.AdvisorsError) as error:
            if form is None:
                messages.error(request, str(error))
                return redirect(found)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已%s。") % request_states[step].label)
            still_mine = queries.desk_requests(request.user).filter(pk=pk).exists()
            return redirect(found) if still_mine else redirect("advisors:requests")
    return _render(request, found, {step: form} if form else {})
