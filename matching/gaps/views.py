"""Pages of 需求空白: figures for those who supervise and for institutions, the needs behind a figure, the report's progress."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.http import Request
from accounts.roles import Role, role_required
from accounts.spreadsheets import XLSX
from accounts.wording import masked_text

from ..models import GapReport
from . import queries
from .running import request as ask_for_report
from .sheets import workbook

readers = role_required(*queries.MAY_READ)
supervisors = role_required(Role.SUPERVISOR, Role.ADMINISTRATOR)


@never_cache
@readers
def gaps(request: Request) -> HttpResponse:
    """The newest figures, of all or of one part. They are worked out by the queue, never here."""
    context = {
        "page": queries.page_for(request.user, request.GET.get("part", "")),
        "running": queries.running(),
        "supervises": queries.supervises(request.user),
        "night": queries.last_night(),
    }
    return render(request, "matching/gaps.html", context)


@never_cache
@readers
def gaps_export(request: Request) -> HttpResponse:
    """What the page shows, as XLSX. The export is an entry of the audit trail."""
    page = queries.page_for(request.user, request.GET.get("part", ""))
    if page is None:
        raise Http404
    audit.record(
        "exported",
        page.report,
        detail={"format": "xlsx", "filters": page.part, "rows": len(page.rules) + len(page.bends)},
    )
    answer = HttpResponse(workbook(page), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="gaps-{page.report.pk}.xlsx"'
    return answer


@never_cache
@supervisors
def gaps_needs(request: Request) -> HttpResponse:
    """The needs behind one figure, as far as this person may see them."""
    page = queries.page_for(request.user, request.GET.get("part", ""))
    figure = request.GET.get("figure", "unmet")
    if page is None or not queries.is_told(page.report.figures, figure, page.part):
        raise Http404
    found = queries.needs_behind(request.user, page.report, figure, page.part)
    needs = Paginator(found, 50).get_page(request.GET.get("page"))
    label = next((line.label for line in [*page.rules, *page.bends] if line.figure == figure), _("没有合适产品的需求"))
    rows = [(need, masked_text(need.summary, need.author.name)) for need in needs]
    return render(
        request,
        "matching/gaps_needs.html",
        {"gaps": page, "page": needs, "rows": rows, "label": label, "figure": figure},
    )


@never_cache
@supervisors
def gaps_run(request: Request) -> HttpResponse:
    """Works the figures out again, now."""
    if request.method == "POST":
        ask_for_report(request.user)
        messages.success(request, _("已开始计算，可以先离开，算好后通知您。"))
    return redirect("matching:gaps")


@never_cache
@readers
def gaps_progress(request: Request) -> HttpResponse:
    """How far it is; once it is done, the page is asked to show it."""
    running = queries.running()
    answer = render(request, "matching/_gaps_progress.html", {"running": running, "State": GapReport.State})
    if running is None:
        answer["HX-Refresh"] = "true"
    return answer
