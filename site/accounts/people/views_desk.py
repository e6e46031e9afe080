"""Claims and merges, for supervisors and administrators."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import audit
from ..http import Request
from ..models import Claim, Enterprise
from ..roles import role_required
from ..transitions import TransitionRefused
from . import claims, merging, queries, states
from .errors import PeopleError
from .forms import MergeFindForm

PER_PAGE = 20
STEPS = {"approve": claims.approve, "refuse": claims.refuse, "ask": claims.ask}


@role_required(*queries.REVIEWERS)
def claims_page(request: Request) -> HttpResponse:
    show = request.GET.get("show", "open")
    found = queries.claims_visible_to(request.user)
    found = (
        found.filter(state__in=Claim.OPEN_STATES).order_by("created_at", "pk")
        if show != "done"
        else found.exclude(state__in=Claim.OPEN_STATES).order_by("-updated_at", "-pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people/claims.html", {"page": page, "show": show})


@role_required(*queries.REVIEWERS)
def claim(request: Request, pk: int) -> HttpResponse:
    """One claim with its proof and the people there now; the decision under it."""
    found = get_object_or_404(queries.claims_visible_to(request.user), pk=pk)
    error, note = "", request.POST.get("note", "")[:500]
    if request.method == "POST":
        step = STEPS.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        try:
            step(found, by=request.user, note=note)
        except (TransitionRefused, PeopleError) as refused:
            error = str(refused)
        else:
            messages.success(request, _("已处理，申请人已收到通知。"))
            return redirect("accounts:claims")
    audit.viewed(found, ["申请人", "情况说明", "现有成员"], enterprise=found.enterprise_id, purpose="claim")
    actors = claims.actors(request.user, found)
    context = {
        "claim": found,
        "events": found.events.select_related("by"),
        "members": queries.members_of(found.enterprise),
        "steps": [each for each in states.claims.available(found, actors) if each.name in STEPS],
        "is_own": states.REVIEWER not in actors,
        "error": error,
        "note": note,
    }
    return render(request, "accounts/people/claim.html", context)


@role_required(*queries.REVIEWERS)
def merge(request: Request) -> HttpResponse:
    """Find two records, look at both side by side, merge. The address keeps which two."""
    if request.method == "POST":
        return _merge(request)
    form = MergeFindForm(request.GET if "keep" in request.GET or "merge" in request.GET else None)
    context = {
        "form": form,
        "duplicates": merging.possible_duplicates(),
        "merges": [(each, merging.may_be_undone(each)) for each in queries.merges()[:PER_PAGE]],
    }
    if form.is_bound and form.is_valid():
        target, source = form.cleaned_data["keep"], form.cleaned_data["merge"]
        for each in (target, source):
            audit.viewed(each, ["企业信息"], purpose="claim")
        context |= {
            "target": target,
            "source": source,
            "sides": merging.side_by_side(target, source),
            "moving": merging.preview(target, source),
            "client_key": uuid.uuid4(),
        }
    return render(request, "accounts/people/merge.html", context)


def _merge(request: Request) -> HttpResponse:
    post = request.POST
    target = get_object_or_404(Enterprise.every, pk=_number(post.get("target")))
    source = get_object_or_404(Enterprise.every, pk=_number(post.get("source")))
    try:
        key = uuid.UUID(post.get("client_key", ""))
    except ValueError:
        raise Http404 from None
    try:
        merging.merge(
            target=target,
            source=source,
            by=request.user,
            reason=post.get("reason", "")[:200],
            take=merging.taken(post),
            client_key=key,
        )
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        text = _("“%(source)s”已并入“%(target)s”。一天内可以在下面撤销。")
        messages.success(request, text % {"source": source.name, "target": target.name})
    return redirect("accounts:merge")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


@require_POST
@role_required(*queries.REVIEWERS)
def merge_undo(request: Request, pk: int) -> HttpResponse:
    done = get_object_or_404(queries.merges(), pk=pk)
    try:
        merging.undo(done, by=request.user)
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("合并已撤销，两家企业恢复原样。"))
    return redirect("accounts:merge")
