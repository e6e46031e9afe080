"""更正 at the supervisors' desk: what was read, what people made of it, and whether it becomes a test case."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.http import Request
from accounts.roles import Role, role_required

from ..models import ParseCorrection
from . import actions, queries
from .states import MACHINE, SUPERVISOR, State

DONE = {"adopt": _("已采纳，导出测试句时会带上。"), "reject": _("已标为不采纳。"), "reopen": _("已放回待审。")}


@never_cache
@role_required(Role.SUPERVISOR, Role.ADMINISTRATOR)
def corrections(request: Request) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in State.values else State.PENDING.value
    page = Paginator(queries.corrections(show), 20).get_page(request.GET.get("page"))
    counts = queries.by_state()
    context = {
        "page": page,
        "page_query": f"show={show}&",
        "rows": [
            (each, rows, MACHINE.available(each, {SUPERVISOR})) for each, rows in queries.with_rows(page.object_list)
        ],
        "tabs": [(value, label, counts[value]) for value, label in State.choices],
        "show": show,
    }
    return render(request, "matching/desk_corrections.html", context)


@never_cache
@role_required(Role.SUPERVISOR, Role.ADMINISTRATOR)
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """One press. Back to the list that it was pressed in."""
    found = get_object_or_404(ParseCorrection, pk=pk)
    if step not in DONE:
        raise Http404
    back = f"{reverse('matching:corrections')}?show={found.state}"
    if request.method == "POST":
        try:
            actions.step(found, step, by=request.user)
        except actions.TransitionRefused as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, str(DONE[step]))
    return redirect(back)
