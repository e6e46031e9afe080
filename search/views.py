"""/search/: everything this visitor may see, grouped by kind, or one kind with filters, order and pages."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import queries, querylog, recent
from .forms import FROM, TO, SearchAddress
from .registry import DocumentType, Range, get, visibility_tokens

PER_PAGE = 20
PER_GROUP = 5
# A project's own come first: page.html extends search.html, our_next_steps.html says what else to do than search.
PAGE = ["search/page.html", "search/search.html"]
NEXT_STEPS = ["search/our_next_steps.html", "search/next_steps.html"]


@dataclass(frozen=True)
class Group:
    """Some results of one kind, and where all of them are."""

    document_type: DocumentType
    total: int
    hits: list[queries.Hit]
    link: str
    pinned: list[int]


@dataclass(frozen=True)
class Bound:
    """Two inputs of a range, and where their sliders stop: numbers, and in words (JSON)."""

    label: Any
    unit: Any
    low_name: str
    high_name: str
    low: Decimal | None
    high: Decimal | None
    keep_unknown: bool
    steps: str
    says: str


@dataclass(frozen=True)
class Choice:
    label: Any
    value: str
    link: str
    selected: bool
    count: int | None = None


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    address = SearchAddress.read(request.GET)
    context: dict[str, Any] = {"address": address, "q": address.q, "next_steps": NEXT_STEPS}
    if address.q:
        find = everything if address.document_type is None else one_kind
        context |= (
            find(request, address)
            if request.user.is_authenticated
            else recent.answer(f"{address.link()}&page={address.page}", lambda: find(request, address))
        )
        if address.page == 1 and not (address.filters or address.ranges):
            context["note"] = querylog.note(address.q, context["total"])
    return render(request, PAGE, context)


def everything(request: HttpRequest, address: SearchAddress) -> dict[str, Any]:
    tokens = visibility_tokens(request.user)
    found = queries.find_everywhere(address.q, tokens, limit=PER_GROUP, nearly=True)
    groups = [
        Group(get(each.kind), each.total, queries.hits(each), address.link(document_type=get(each.kind)), each.pinned)
        for each in found.groups
    ]
    return {
        "groups": groups,
        "total": found.total,
        "kinds": _kinds(address, found.counts),
        "repairs": found.repairs,
        "relaxed": found.relaxed,
        "near": [] if groups and not found.relaxed else queries.near_names(address.q, tokens),
        "also": _also(found),
    }


def one_kind(request: HttpRequest, address: SearchAddress) -> dict[str, Any]:
    chosen = address.document_type
    assert chosen is not None  # noqa: S101 — the caller asks only then
    tokens = visibility_tokens(request.user)
    found = queries.find(
        chosen.kind,
        address.q,
        filters=address.filters,
        ranges=address.ranges,
        sort=address.sort,
        facets=chosen.open_facets,
        tokens=tokens,
        offset=(address.page - 1) * PER_PAGE,
        limit=PER_PAGE,
        nearly=not (address.filters or address.ranges),
        counting=True,
    )
    page: Page = Paginator(range(found.total), PER_PAGE).get_page(address.page)
    if address.page > page.number or (address.page > 1 and not found.ids):
        # Fewer than when the link was made, or all of this page is pinned to the first: the last that has some.
        return one_kind(request, replace(address, page=min(page.number, address.page - 1)))
    hits = queries.hits(found)
    facets = [each for each in found.facets if len(each.values) > 1 or address.filters.get(each.name)]
    filtered = bool(address.filters or address.ranges)
    return {
        "groups": [Group(chosen, found.total, hits, "", found.pinned)] if hits else [],
        "total": found.total,
        "kinds": _kinds(address, found.counts),
        "elsewhere": 0 if filtered or found.total else sum(found.counts.values()),
        "anywhere": address.link(document_type=None),
        "facets": facets,
        "bounds": [_bound(address, name, bound) for name, bound in chosen.open_ranges.items()],
        "chosen": _chosen(address, chosen, found.facets),
        "sorts": _sorts(address, chosen),
        "filtered": filtered,
        "narrowing": filtered or bool(facets) or (found.total > 1 and bool(chosen.open_ranges)),
        "unfiltered": address.link(filters={}, ranges={}),
        "page": page,
        "page_query": address.link() + "&",
        "repairs": found.repairs,
        "relaxed": found.relaxed,
        "near": [] if hits and not found.relaxed else queries.near_names(address.q, tokens),
        "also": _also(found),
    }


def _also(found: queries.Results | queries.Everything) -> list[tuple[DocumentType, queries.Hit]]:
    return [(get(hit.kind), hit) for hit in queries.near_hits(found)]


def _kinds(address: SearchAddress, counts: dict[str, int]) -> list[Choice]:
    chosen = address.document_type
    shown = [
        Choice(get(kind).label, kind, address.link(document_type=get(kind)), chosen is get(kind), count)
        for kind, count in counts.items()
    ]
    if not shown:
        return []
    return [Choice(_("全部"), "", address.link(document_type=None), chosen is None, sum(counts.values())), *shown]


def _bound(address: SearchAddress, name: str, bound: Range) -> Bound:
    low, high = address.ranges.get(name, (None, None))
    says = [str(bound.in_words(Decimal(str(step)))) for step in bound.steps]
    steps = json.dumps(list(bound.steps)) if bound.steps else ""
    return Bound(
        bound.label, bound.unit, name + FROM, name + TO, low, high, bound.keep_unknown, steps, json.dumps(says)
    )


def _chosen(address: SearchAddress, chosen: DocumentType, facets: list[queries.FacetResult]) -> list[Choice]:
    """Each filter and bound that is set, with the address without it."""
    without = [
        Choice(value.label, facet.name, address.without(facet.name, value.value), selected=True)
        for facet in facets
        for value in facet.values
        if value.selected
    ]
    for name, bounds in address.ranges.items():
        bound = chosen.ranges[name]
        low, high = (None if each is None else bound.in_words(each) for each in bounds)
        words = (
            _("%(label)s %(low)s – %(high)s")
            if low and high
            else _("%(label)s不低于 %(low)s")
            if low
            else _("%(label)s不高于 %(high)s")
        ) % {"label": bound.label, "low": low, "high": high}
        without.append(Choice(words, name, address.without(name), selected=True))
    return without


def _sorts(address: SearchAddress, chosen: DocumentType) -> list[Choice]:
    names = {queries.BEST: _("最相关"), queries.NEWEST: _("最新")} | {
        name: each.label for name, each in chosen.sorts.items()
    }
    return [Choice(label, name, address.link(sort=name), address.sort == name) for name, label in names.items()]
