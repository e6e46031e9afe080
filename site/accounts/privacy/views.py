"""Pages: whole values for a reason; one's own data, and its erasure."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .. import audit
from ..http import Request
from ..models import Enterprise, ErasureRequest
from ..roles import signed_in
from ..spreadsheets import XLSX
from . import erasure, export, registry
from .forms import EraseForm, RevealForm


@never_cache
@signed_in
def reveal(request: Request, kind: str, pk: int) -> HttpResponse:
    """Masked values and the question why; after a reason they stand here whole, on this answer only."""
    if not request.user.roles:
        raise PermissionDenied
    found = registry.reveals.get(kind)
    obj = found.find(request.user, pk) if found else None
    if found is None or obj is None:
        raise Http404
    form = RevealForm(request.POST or None)
    is_shown = request.method == "POST" and form.is_valid()
    if is_shown:
        audit.record("revealed", obj, reason=form.said(), detail={"fields": list(found.fields)})
    context = {
        "title": found.title(obj),
        "back": found.back(obj),
        "values": found.values(obj),
        "form": form,
        "is_shown": is_shown,
    }
    return render(request, "accounts/privacy/reveal.html", context, status=422 if form.errors else 200)


@never_cache
@signed_in
def data(request: Request) -> HttpResponse:
    return _data_page(request)


def _data_page(request: Request, form: EraseForm | None = None, what: str = "") -> HttpResponse:
    enterprise = request.user.enterprise
    waiting = erasure.waiting_for(request.user)
    asked = {"enterprise" if each.enterprise_id else "person" for each in waiting}
    wishes = [("person", _("删除我的账号和个人信息"), erasure.refusal(request.user, None))]
    if enterprise is not None and erasure.owns(request.user, enterprise):
        title = _("删除 %(name)s 的全部资料") % {"name": enterprise.name}
        wishes.append(("enterprise", title, erasure.refusal(request.user, enterprise)))
    context = {
        "enterprise": enterprise,
        "sections": [(each.title, len(each.rows)) for each in export.sections(request.user)],
        "waiting": waiting,
        "wishes": [
            {"what": code, "title": title, "refusal": why, "form": form if code == what else EraseForm(prefix=code)}
            for code, title, why in wishes
            if code not in asked
        ],
        "removed": erasure.removed(),
        "kept": erasure.kept(),
        "days": erasure.COOLING_OFF.days,
        "layout": "me.html" if enterprise is not None or not request.user.roles else "desk.html",
    }
    return render(request, "accounts/privacy/data.html", context, status=422 if form else 200)


@never_cache
@signed_in
def download(request: Request, kind: str) -> HttpResponse:
    if kind not in {"json", "xlsx"}:
        raise Http404
    if kind == "json":
        answer = HttpResponse(export.as_json(request.user), content_type="application/json; charset=utf-8")
    else:
        answer = HttpResponse(export.as_xlsx(request.user), content_type=XLSX)
    audit.record("exported", request.user, detail={"format": kind, "fields": ["全部资料"]})
    name = f"my-data-{timezone.localdate():%Y%m%d}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@signed_in
def erase(request: Request, what: str) -> HttpResponse:
    if what not in {"person", "enterprise"} or (what == "enterprise" and request.user.enterprise is None):
        raise Http404
    if request.method != "POST":
        return redirect("accounts:data")
    form = EraseForm(request.POST, prefix=what)
    if not form.is_valid():
        return _data_page(request, form, what)
    enterprise: Enterprise | None = request.user.enterprise if what == "enterprise" else None
    try:
        made = erasure.ask(request.user, enterprise)
    except erasure.ErasureRefused as error:
        messages.error(request, str(error))
    else:
        day = f"{timezone.localtime(made.due_at):%Y-%m-%d %H:%M}"
        messages.success(request, _("已收到。%(day)s 执行，之前随时可以撤销。") % {"day": day})
    return redirect("accounts:data")


@require_POST
@signed_in
def undo(request: Request, pk: int) -> HttpResponse:
    found = next((each for each in erasure.waiting_for(request.user) if each.pk == pk), None)
    if found is None:
        found = get_object_or_404(ErasureRequest, pk=pk, user=request.user)
    try:
        erasure.undo(found, by=request.user)
    except erasure.ErasureRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤销，您的资料照常保留。"))
    return redirect("accounts:data")
