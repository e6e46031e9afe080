"""All changes that wait for a reviewer, looked over in one table and decided in one go by the queue."""

import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.roles import Role, role_required

from .. import actions
from ..actions.bulk_review import AT_MOST
from ..exchange.exporting import FORMATS
from ..exchange.views import send_export
from ..models import BulkDecision
from . import queries

SALT = "catalogue.review.read"
HOURS = 12  # how long a page may stay open
reviewers = role_required(Role.PRODUCT_REVIEWER, Role.SUPERVISOR)


@never_cache
@reviewers
def confirm(request: Request) -> HttpResponse:
    """The table. What is decided on are the revisions that stood in it; a draft that came since is left out and told."""
    institution, q = request.GET.get("institution", ""), request.GET.get("q", "").strip()[:40]
    comment = ""
    if request.method == "POST":
        comment = request.POST.get("comment", "")
        try:
            return redirect("catalogue:desk_review_run", pk=_decide(request, comment).pk)
        except actions.ReviewRefused as error:
            messages.error(request, str(error))
    waiting = queries.waiting_for(request.user, institution=institution, text=q)
    if request.GET.get("export") in FORMATS:
        return send_export(request, "products", waiting, request.GET["export"])
    rows = queries.overview(waiting[:AT_MOST])
    read = {row.product.pk: row.revision for row in rows}
    context = {
        "rows": rows,
        "total": waiting.count(),
        "institution": institution,
        "q": q,
        "comment": comment,
        "read": signing.dumps(read, salt=SALT, compress=True),
        "client_key": request.POST.get("client_key") or uuid.uuid4(),
    }
    return render(request, "catalogue/desk/review_all.html", context)


def _decide(request: Request, comment: str) -> BulkDecision:
    try:
        read = signing.loads(request.POST.get("read", ""), salt=SALT, max_age=HOURS * 3600)
        key = uuid.UUID(request.POST.get("client_key", ""))
    except (signing.BadSignature, ValueError) as error:
        raise actions.ReviewRefused(_("页面开得太久了，请看过现在的清单再决定。")) from error
    do = request.POST.get("do", "")
    if do not in BulkDecision.Do.values:
        raise actions.ReviewRefused(_("请选“全部通过”或“全部退回”。"))
    if request.POST.get("seen") != "1":
        raise actions.ReviewRefused(_("请先看过清单，并勾选“我看过这些产品的修改”。"))
    items = {int(product): revision for product, revision in read.items()}
    return actions.decide_all(by=request.user, do=do, items=items, comment=comment, client_key=key)


def _shown(request: Request, pk: int) -> dict[str, Any]:
    decision = get_object_or_404(BulkDecision, pk=pk, by=request.user)
    return {"decision": decision, "running": decision.finished_at is None}


@never_cache
@reviewers
@require_GET
def run(request: Request, pk: int) -> HttpResponse:
    return render(request, "catalogue/desk/review_run.html", _shown(request, pk))


@never_cache
@reviewers
@require_GET
def progress(request: Request, pk: int) -> HttpResponse:
    """The bar alone, asked for each second; when all is decided, the whole page."""
    context = _shown(request, pk)
    response = render(request, "catalogue/desk/_review_progress.html", context)
    if not context["running"]:
        response["HX-Refresh"] = "true"
    return response
