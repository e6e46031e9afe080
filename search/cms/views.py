"""What is searched for, and why results stand where they stand."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import actions, explaining, queries, querylog
from ..errors import SearchError
from ..forms import SearchAddress
from ..models import Pin
from ..registry import get, types, visibility_tokens

DAYS = (7, 30, 90)


def allowed(permission: str) -> Callable[[Callable], Callable]:
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"search.{permission}"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return inner

    return decorate


@allowed("view_searchedquery")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("only", "empty")
    lists = {"empty": _("没有结果"), "unopened": _("有结果，没人点开"), "": _("全部")}
    only = chosen if chosen in lists else "empty"
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in DAYS} else 30
    return render(
        request,
        "search/cms/log.html",
        {
            "page_title": _("搜索词"),
            "header_icon": "list-ul",
            "rows": querylog.searched(days, only=only),
            "only": only,
            "days": days,
            "lists": [(name, label, name == only) for name, label in lists.items()],
            "spans": [(each, each == days) for each in DAYS],
            "shown": querylog.SHOWN,
            "kept": querylog.KEPT.days,
            "may_pin": request.user.has_perm("search.add_pin"),
            "may_add_synonym": request.user.has_perm("search.add_synonymgroup"),
        },
    )


@allowed("view_searchedquery")
@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    address = SearchAddress.read(request.GET)
    kinds = types()
    kind = address.document_type.kind if address.document_type else kinds[0].kind
    context: dict[str, Any] = {
        "page_title": _("结果说明"),
        "header_icon": "help",
        "q": address.q,
        "kinds": [(each.kind, each.label, each.kind == kind) for each in kinds],
        "kind": kind,
        "ways": explaining.WAYS,
        "fields": explaining.FIELDS,
        "may_pin": request.user.has_perm("search.add_pin"),
        "may_add_synonym": request.user.has_perm("search.add_synonymgroup"),
    }
    if address.q and (like := request.GET.get("like", "")[:80].strip()):
        found = queries.find_everywhere(like, visibility_tokens(request.user))
        context |= {
            "like": like,
            "alike": [(get(each.kind).label, hit) for each in found.groups for hit in queries.hits(each)],
        }
    if address.q:
        context["explanation"] = explaining.explain(kind, address.q, visibility_tokens(request.user))
    return render(request, "search/cms/explain.html", context)


@allowed("add_pin")
@require_POST
def pin(request: HttpRequest) -> HttpResponse:
    """`q`, `kind`, `id`: comes first for this query from now on; with `off`, no longer. `q`, `name`: what is called that, or
    what may be meant by it to choose from."""
    q, kind, key, name = (request.POST.get(each, "") for each in ("q", "kind", "id", "name"))
    tokens = visibility_tokens(request.user)
    try:
        if name.strip():
            named = actions.pin_named(q, name, tokens)
            if named is None:
                return redirect(_explain_url(q, kind, like=name.strip()[:80]))
            kind = named.kind
            messages.success(request, _pinned(named))
        elif "off" in request.POST:
            actions.unpin(q, kind, int(key) if key.isdecimal() else 0)
            messages.success(request, _("已取消置顶。"))
        else:
            made = actions.pin(q, kind, int(key) if key.isdecimal() else 0, tokens)
            messages.success(request, _pinned(made))
    except SearchError as error:
        messages.error(request, str(error))
    return redirect(_explain_url(q, kind))


@allowed("add_synonymgroup")
@require_POST
def add_synonym(request: HttpRequest) -> HttpResponse:
    """`q` and `means`: the same to those who search."""
    q, kind = request.POST.get("q", ""), request.POST.get("kind", "")
    try:
        made = actions.add_synonym(q, request.POST.get("means", ""))
        messages.success(request, _("已添加同义词：%s。") % made.words)
    except SearchError as error:
        messages.error(request, str(error))
    return redirect(_explain_url(q, kind))


def _pinned(made: Pin) -> str:
    return _("搜“%(query)s”时，“%(title)s”排在最前。") % {"query": made.query, "title": made.title}


def _explain_url(q: str, kind: str, **more: str) -> str:
    known = {"type": kind} if any(each.kind == kind for each in types()) else {}
    return reverse("search_explain") + "?" + urlencode({"q": q, **known, **more})


__all__ = ["add_synonym", "explain", "log", "pin"]
