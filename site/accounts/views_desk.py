"""An enterprise as those on the desk read it, and the way there from a search result."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from search.registry import get, types

from . import audit, queries
from .http import Request
from .models import Enterprise
from .roles import Role, role_required, signed_in

RECORDS = ("need", "visit", "request")  # kinds that name an enterprise, as far as their apps are there


def _found(request: Request, pk: int) -> Enterprise:
    """The record, or the one that it was merged into."""
    old = get_object_or_404(Enterprise.every, pk=pk)
    return get_object_or_404(
        queries.enterprises_visible_to(request.user).select_related("region", "industry"), pk=queries.standing(old).pk
    )


@signed_in
def open_enterprise(request: Request, pk: int) -> HttpResponse:
    """From a search result to the page on which this person may read the enterprise."""
    found = _found(request, pk)
    if request.user.enterprise == found:
        return redirect("accounts:enterprise")
    return redirect("accounts:desk_enterprise", pk=found.pk)


@never_cache
@role_required(*queries.ENTERPRISE_READERS)
def enterprise(request: Request, pk: int) -> HttpResponse:
    """What is registered of it, and where to look for what was done with it."""
    found = _found(request, pk)
    audit.viewed(found, ["企业信息"], enterprise=found, purpose=_purpose(request))
    known = {each.kind for each in types()}
    links = [
        (get(kind).label, f"{reverse('search:search')}?{urlencode({'q': found.name, 'type': kind})}")
        for kind in RECORDS
        if kind in known
    ]
    plans = request.user.roles & {Role.ADVISOR, Role.TEAM_LEAD}
    return render(request, "accounts/desk_enterprise.html", {"enterprise": found, "links": links, "may_plan": plans})


def _purpose(request: Request) -> str:
    if Role.SUPERVISOR in request.user.roles:
        return "supervision"
    return "administration" if Role.ADMINISTRATOR in request.user.roles else "visit"
