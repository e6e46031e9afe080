"""Pages of import and export at the work place."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from accounts.roles import Role, role_required
from accounts.transitions import TransitionRefused

from ..models import Import, ImportRow
from ..tabular.cells import shortened
from ..tabular.products import PARTS
from . import actions, exporting, queries
from .forms import UploadForm
from .states import MACHINE, PERSON, RUNNING, State
from .targets import TARGETS
from .targets.base import cell_text

PER_PAGE = 20
TOLD = 4  # columns of a new row that the preview tells
SHOWN = 200  # rows on a page; all of them are in the file that goes back
TABS = {
    "bad": gettext_lazy("需要修改"),
    "new": gettext_lazy("新增"),
    "changed": gettext_lazy("修改"),
    "unchanged": gettext_lazy("没有变化"),
    "kept": gettext_lazy("保留"),
    "refused": gettext_lazy("没有导入"),
    "not_submitted": gettext_lazy("没有提交"),
}
TONES = {
    State.READY: "warn", State.DONE: "ok", State.STOPPED: "late", State.UNREADABLE: "late", State.UNDONE: "quiet",
    State.CANCELLED: "quiet",
}  # fmt: skip
MANAGING = set(queries.ROLES) - {Role.INSTITUTION_ADMINISTRATOR}  # to whom the list of products is open
people_only = role_required(*queries.ROLES)


@never_cache
@people_only
@require_GET
def import_list(request: Request) -> HttpResponse:
    page = Paginator(queries.visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"job": job, "tone": TONES.get(State(job.state), "")} for job in page]
    return render(request, "catalogue/imports.html", {"page": page, "rows": rows})


@never_cache
@people_only
def import_new(request: Request) -> HttpResponse:
    kinds = queries.kinds_for(request.user)
    wanted = request.GET.get("kind", kinds[0] if kinds else "")
    initial = {"kind": wanted if wanted in kinds else kinds[0]} if kinds else {}
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            job = actions.upload(user=request.user, **form.cleaned_data)
        except actions.ImportRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("catalogue:import", pk=job.pk)
    context = {
        "form": form,
        "templates": [(kind.label, reverse("catalogue:import_template", args=[kind.value])) for kind in kinds],
        "only": queries.institution_for(request.user),
    }
    return render(request, "catalogue/import_new.html", context, status=422 if form.errors else 200)


def _job(request: Request, pk: int) -> Import:
    return get_object_or_404(queries.visible_to(request.user), pk=pk)


def _progress(job: Import) -> dict[str, Any]:
    seconds = queries.remaining_seconds(job)
    if seconds is None:
        left = _("可以先离开，完成后会通知您")
    elif seconds < 90:
        left = _("大约还要 %s 秒，可以先离开") % seconds
    else:
        left = _("大约还要 %s 分钟，可以先离开") % round(seconds / 60)
    return {"job": job, "running": job.state in RUNNING, "left": left, "tone": TONES.get(State(job.state), "")}


@never_cache
@people_only
@require_GET
def import_progress(request: Request, pk: int) -> HttpResponse:
    """The bar alone, asked for each second; when the step is over, the whole page."""
    job = _job(request, pk)
    response = render(request, "catalogue/_import_progress.html", _progress(job))
    if job.state not in RUNNING:
        response["HX-Refresh"] = "true"
    return response


@never_cache
@people_only
@require_GET
def import_detail(request: Request, pk: int) -> HttpResponse:
    job = _job(request, pk)
    counts = job.counts
    tabs = [(key, label, counts[key]) for key, label in TABS.items() if counts.get(key)]
    show = request.GET.get("show", "")
    show = show if show in {key for key, _label, _count in tabs} else (tabs[0][0] if tabs else "")
    context = _progress(job) | {
        "counts": counts,
        "tabs": tabs,
        "show": show,
        "rows": [(row, _said(job, row) if show == "new" else []) for row in _rows(job, show)],
        "problems": queries.problems(job, SHOWN) if show == "bad" else [],
        "shown": SHOWN,
        "can": {each.name for each in MACHINE.available(job, {PERSON})}
        if queries.may_run(request.user, job)
        else set(),
        "why_not": MACHINE.refusal(job, "start", {PERSON}) if job.state == State.READY else "",
        "not_imported": counts.get("bad", 0) + counts.get("refused", 0),
        "to_import": counts.get("new", 0) + counts.get("changed", 0),
        "has_drafts": job.kind in {Import.Kind.PRODUCTS, Import.Kind.TARIFFS},
        "manages": bool(request.user.roles & MANAGING),
        "kept_rows": job.rows.exists(),
    }
    return render(request, "catalogue/import_detail.html", context)


def _rows(job: Import, show: str) -> list[ImportRow]:
    if show in {"new", "changed", "unchanged"}:
        return list(job.rows.filter(outcome=show)[:SHOWN])
    if show in {"kept", "refused"}:
        return list(job.rows.filter(fate=show)[:SHOWN])
    if show == "not_submitted":
        return list(job.rows.filter(fate=ImportRow.Fate.APPLIED).exclude(reason="")[:SHOWN])
    return []


def _said(job: Import, row: ImportRow) -> list[tuple[str, str]]:
    """The first things that a new row says besides its name and whose it is: [(header, words)]."""
    left_out = {"name", "institution", "slug", "source", *PARTS}
    columns = [each for each in TARGETS[job.kind].description.columns if each.name not in left_out]
    values = [(each, row.values[each.name]) for each in columns if row.values.get(each.name) not in (None, "", [], {})]
    return [(each.header, shortened(cell_text(each, value), 60)) for each, value in values[:TOLD]]


@people_only
@require_POST
def import_step(request: Request, pk: int, step: str) -> HttpResponse:
    if step not in actions.DO:
        raise Http404
    job = _job(request, pk)
    more = {"mode": Import.Mode.GOOD} if step == "start" and request.POST.get("mode") == Import.Mode.GOOD else {}
    try:
        actions.DO[step](job, by=request.user, **more)
    except TransitionRefused as error:
        messages.error(request, str(error))
    return redirect("catalogue:import", pk=pk)


@people_only
@require_GET
def import_returned(request: Request, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not job.rows.filter(outcome=ImportRow.Outcome.BAD).exists():
        raise Http404
    return exporting.returned(job)  # type: ignore[return-value]


def _kind(request: Request, kind: str) -> str:
    if kind not in TARGETS:
        raise Http404
    if kind not in queries.kinds_for(request.user):
        raise PermissionDenied
    return kind


@people_only
@require_GET
def import_template(request: Request, kind: str) -> HttpResponse:
    return exporting.template(_kind(request, kind))  # type: ignore[return-value]


@never_cache
@people_only
@require_GET
def export_index(request: Request) -> HttpResponse:
    kinds = queries.kinds_for(request.user)
    rows = [
        {"label": kind.label, "kind": kind.value, "count": queries.exportable(kind, request.user).count()}
        for kind in kinds
    ]
    manages = bool(request.user.roles & MANAGING)
    return render(request, "catalogue/export.html", {"rows": rows, "manages": manages})


@people_only
@require_GET
def export_file(request: Request, kind: str) -> HttpResponse:
    """All that this person may edit. What is filtered in a list is exported there, by the same columns."""
    file_format = request.GET.get("format", "xlsx")
    if file_format not in exporting.FORMATS:
        raise Http404
    return send_export(request, _kind(request, kind), queries.exportable(kind, request.user), file_format)


def send_export(request: HttpRequest, kind: str, found: Any, file_format: str) -> HttpResponse:
    actions.exported(user=request.user, kind=kind, rows=found.count(), filters=request.GET.urlencode())  # type: ignore[arg-type]
    return exporting.export(kind, found, file_format)  # type: ignore[return-value]
