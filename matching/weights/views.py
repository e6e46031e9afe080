"""Pages of the weights, for supervisors: what counts how much, what other weights would change, the history."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from accounts.roles import role_required

from ..matcher import weights as in_force
from ..models import WeightPreview, WeightSet
from . import actions, queries
from .forms import SaveForm, WeightsForm
from .preview import DAYS, MOST, recent

supervisors = role_required(*queries.SUPERVISING)


@never_cache
@supervisors
def weights(request: Request) -> HttpResponse:
    """The weights in force as inputs, the history below; POST asks for a preview."""
    now = in_force()
    form = WeightsForm(request.POST or request.kept_draft or None, in_force=now.terms)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.preview(terms=form.terms, by=request.user))
    history = queries.history()
    context = {
        "form": form,
        "weights": now,
        "current": next((each for each in history if each.is_in_force), None),
        "page": Paginator(history, 20).get_page(request.GET.get("page")),
        "newest": history[0].set.number if history else 0,
        "to_come": [each for each in history if each.is_to_come],
        "unsaved": queries.unsaved_of(request.user),
        "judged": queries.judged_count(),
        "needs": recent()[: MOST + 1].count(),  # no more than the page has to tell
        "days": DAYS,
        "most": MOST,
    }
    return render(request, "matching/weights.html", context, status=422 if form.is_bound and form.errors else 200)


@never_cache
@supervisors
def preview(request: Request, pk: int) -> HttpResponse:
    """What these weights would change; POST saves them, or (again) looks once more against the newest version."""
    found = _preview(request, pk)
    form = SaveForm(request.POST or request.kept_draft or None, initial={"why": found.why})
    outdated = None
    if request.method == "POST" and "again" in request.POST:
        why = request.POST.get("why", "")[:300]
        return redirect(actions.preview(terms=found.terms, why=why, by=request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.save(preview=found, by=request.user, **form.cleaned_data)
        except (actions.Outdated, actions.NotPreviewed) as error:
            outdated = error
        else:
            _say(request, made)
            return redirect("matching:weights")
    status = 409 if outdated else 422 if form.is_bound and form.errors else 200
    context = _shown(found) | {"form": form, "outdated": outdated, "newest": actions.newest_number()}
    return render(request, "matching/weights_preview.html", context, status=status)


def _say(request: Request, made: WeightSet) -> None:
    if made.has_begun:
        text = _("第 %s 版已起用，下一次匹配就按它排序。不合适可以在历史里恢复原来的版本。") % made.number
    else:
        text = _("第 %s 版已保存，到时自动起用。") % made.number
    messages.success(request, text)


def _preview(request: Request, pk: int) -> WeightPreview:
    return get_object_or_404(queries.previews_visible_to(request.user), pk=pk)


def _shown(found: WeightPreview) -> dict[str, Any]:
    return {
        "preview": found,
        "rows": queries.rows(found.base_terms, found.terms),
        "judged": queries.judged(found.results),
        "needs": found.needs,
        "fairness": queries.fairness(found.needs),
        "examples": queries.examples(found.needs),
    }


@never_cache
@supervisors
@require_GET
def preview_progress(request: Request, pk: int) -> HttpResponse:
    """The bar alone, asked for each second; when it is worked out, the whole page."""
    found = _preview(request, pk)
    response = render(request, "matching/_weights_progress.html", {"preview": found})
    if not found.is_running:
        response["HX-Refresh"] = "true"
    return response


@never_cache
@supervisors
@require_POST
def take_back(request: Request, number: int) -> HttpResponse:
    """An old version again, as a new one."""
    old = get_object_or_404(WeightSet, number=number)
    based_on = request.POST.get("based_on", "")
    try:
        made = actions.take_back(
            old=old, based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 9 else 0, by=request.user
        )
    except (actions.Outdated, actions.NothingToTakeBack, actions.BadTerms) as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request,
            _("已按第 %(old)s 版恢复，记为第 %(new)s 版，马上起用。") % {"old": old.number, "new": made.number},
        )
    return redirect("matching:weights")
