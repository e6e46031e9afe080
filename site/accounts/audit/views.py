"""The supervisor's search of the audit trail, one entry with what can be done about it, and 谁看过我的资料."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from .. import keyset
from ..http import Request
from ..models import AuditEntry, Enterprise, User
from ..roles import member_required, role_required
from ..spreadsheets import XLSX, csv_lines, xlsx
from . import actions, queries, sentences
from .forms import ReasonForm, SearchForm
from .recording import record

PER_PAGE = 50
MOST_ROWS = 50_000  # of one export
HEAD = (
    "序号",
    "时间",
    "谁",
    "身份",
    "做了什么",
    "内容",
    "涉及企业",
    "资料",
    "编号",
    "改动",
    "理由",
    "网络地址",
    "页面",
    "校验值",
)


@never_cache
@role_required(*queries.READERS)
def search(request: Request) -> HttpResponse:
    form = SearchForm(request.GET or {})
    chosen = form.chosen()
    page = keyset.newest_first(queries.search(request.user, **chosen), request.GET, PER_PAGE)
    kept = urlencode(chosen)
    context = {
        "form": form,
        "page": page,
        "rows": [(each, sentences.sentence(each), sentences.why(each)) for each in page.rows],
        "firm": Enterprise.every.filter(pk=chosen["enterprise"]).first() if "enterprise" in chosen else None,
        "is_filtered": bool(chosen),
        "page_query": f"{kept}&" if kept else "",
        "most": MOST_ROWS,
    }
    return render(request, "accounts/audit/search.html", context)


@never_cache
@role_required(*queries.READERS)
def export(request: Request) -> HttpResponse | StreamingHttpResponse:
    """What the search shows, as CSV or XLSX. The export is an entry itself."""
    kind = request.GET.get("format", "csv")
    if kind not in {"csv", "xlsx"}:
        raise Http404
    form = SearchForm(request.GET)
    chosen = form.chosen()
    found = queries.search(request.user, **chosen)
    told = {name: f"{value}" for name, value in chosen.items() if name not in ("who", "whom")}
    told |= {name: "（已填）" for name in ("who", "whom") if name in chosen}  # names stay out of the trail
    record("exported", AuditEntry, detail={"format": kind, "filters": told, "rows": found[:MOST_ROWS].count()})
    name = f"audit-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    rows = _rows(found[:MOST_ROWS].iterator(chunk_size=2000))
    answer: HttpResponse | StreamingHttpResponse
    if kind == "csv":
        answer = StreamingHttpResponse(csv_lines(HEAD, rows), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(xlsx([("审计记录", HEAD, rows)]), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _rows(entries: Iterable[AuditEntry]) -> Iterator[list[Any]]:
    for each in entries:
        yield [
            each.sequence,
            f"{timezone.localtime(each.at):%Y-%m-%d %H:%M:%S}",
            sentences.actor_name(each),
            each.actor_roles,
            sentences.verb_label(each.verb),
            sentences.sentence(each),
            each.enterprise.name if each.enterprise else "",
            sentences.model_name(each),
            each.object_id,
            "；".join(f"{change.field}：{change.old} → {change.new}" for change in sentences.changes(each)),
            sentences.why(each),
            each.address or "",
            each.path,
            each.hash,
        ]


@never_cache
@role_required(*queries.READERS)
def entry(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.entries_visible_to(request.user), pk=pk)
    return _entry_page(request, found, found.actor)


def _entry_page(
    request: Request, found: AuditEntry, actor: User | None, form: ReasonForm | None = None
) -> HttpResponse:
    context = {
        "entry": found,
        "sentence": sentences.sentence(found),
        "actor": sentences.actor_name(found),
        "verb": sentences.verb_label(found.verb),
        "what": sentences.object_name(found),
        "person": sentences.person_name(found.person) if found.person else "",
        "why": sentences.why(found),
        "changes": sentences.changes(found),
        "fields": "、".join(_(each) for each in found.detail.get("fields", ())),
        "staff": actor if actor is not None and not actions.refusal(actor, request.user) else None,
        "form": form or ReasonForm(),
    }
    return render(request, "accounts/audit/entry.html", context, status=422 if form else 200)


def _staff_action(request: Request, pk: int, do: Any, done: str) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("entry", "")
    found = None
    if wanted.isdecimal() and len(wanted) < 18:
        found = queries.entries_visible_to(request.user).filter(pk=int(wanted)).first()
    back = reverse("accounts:audit_entry", args=[found.pk]) if found else reverse("accounts:audit")
    if request.method != "POST":
        return redirect(back)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        if found is None:
            messages.error(request, _("请写明理由。"))
            return redirect(back)
        return _entry_page(request, found, person, form)
    try:
        do(person, by=request.user, reason=form.cleaned_data["reason"])
    except actions.NotYours as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"name": person})
    return redirect(back)


@role_required(*queries.READERS)
def suspend(request: Request, pk: int) -> HttpResponse:
    return _staff_action(request, pk, actions.suspend, _("已停用 %(name)s 的账号，对方已在所有设备上退出。"))


@role_required(*queries.READERS)
def reinstate(request: Request, pk: int) -> HttpResponse:
    return _staff_action(request, pk, actions.reinstate, _("已恢复 %(name)s 的账号，对方可以重新登录。"))


@never_cache
@member_required
def looked(request: Request) -> HttpResponse:
    """谁看过我的资料: who, from where, what, when and why."""
    page = Paginator(queries.looks_at(request.user), 30).get_page(request.GET.get("page"))
    rows = [
        {
            "who": sentences.actor_name(each),
            "roles": each.actor_roles,
            "verb": sentences.verb_label(each.verb),
            "what": "、".join(_(name) for name in each.detail.get("fields", ())) or sentences.model_name(each),
            "kind": sentences.model_name(each),
            "at": each.at,
            "why": sentences.why(each),
        }
        for each in page
    ]
    return render(request, "accounts/audit/looked.html", {"page": page, "rows": rows})
