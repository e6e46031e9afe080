"""/api/v1/search and /api/v1/suggest: the same answers as the page, as JSON; what of them was looked at."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from . import limits, queries, querylog
from .forms import SearchAddress
from .registry import get, visibility_tokens
from .views import PER_GROUP, PER_PAGE

SUGGESTIONS = 8


@require_safe
@limits.limited(limits.SUGGEST)
@cache_control(private=True, no_cache=True)
def suggest(request: HttpRequest) -> JsonResponse:
    """`{"q", "suggestions": [{"kind", "label", "title", "url"}]}`, best first, at most 8."""
    address = SearchAddress.read(request.GET)
    found = queries.suggest(address.q, visibility_tokens(request.user), SUGGESTIONS)
    return _json(
        {
            "q": address.q,
            "suggestions": [
                {"kind": each.kind, "label": str(get(each.kind).label), "title": each.title, "url": each.url}
                for each in found
            ],
        }
    )


@require_safe
@cache_control(private=True, no_cache=True)
def search(request: HttpRequest) -> JsonResponse:
    """Without `type`: the best few of each kind. With it: one page of that kind with its facets.

    `{"q", "total", "relaxed", "repairs": [[typed, meant]], "near": [names], "groups": [{"kind", "label", "total",
    "facets": {name: [{"value", "label", "count", "selected"}]}, "hits": [{"id", "title", "summary", "url", "meta",
    "title_marks": [[text, marked]], "pinned"}]}], "also": [{"kind", and what a hit has}]}`; `also` hold only part of the words.
    """
    address = SearchAddress.read(request.GET)
    tokens = visibility_tokens(request.user)
    if address.document_type is None:
        everything = queries.find_everywhere(address.q, tokens, limit=PER_GROUP, nearly=True)
        also = queries.near_hits(everything)
        groups, total = everything.groups, everything.total
        relaxed, repairs = everything.relaxed, everything.repairs
    else:
        found = queries.find(
            address.document_type.kind,
            address.q,
            filters=address.filters,
            ranges=address.ranges,
            sort=address.sort,
            facets=address.document_type.open_facets,
            tokens=tokens,
            offset=(address.page - 1) * PER_PAGE,
            limit=PER_PAGE,
            nearly=not (address.filters or address.ranges),
        )
        also = queries.near_hits(found)
        groups, total, relaxed, repairs = [found], found.total, found.relaxed, found.repairs
    near = queries.near_names(address.q, tokens) if address.q and (relaxed or not total) else []
    return _json(
        {
            "q": address.q,
            "total": total,
            "relaxed": relaxed,
            "repairs": repairs,
            "near": near,
            "groups": [_group(each) for each in groups],
            "also": [{"kind": hit.kind, **_hit(hit)} for hit in also],
        }
    )


@csrf_exempt  # sent by the browser as a page is left; the note is signed by us and changes nothing but a count
@require_POST
@limits.limited(limits.SEEN)
def seen(request: HttpRequest) -> HttpResponse:
    """A note of the results page comes back: it was shown, or (`opened`) one of its results was opened. 204, 400, 429."""
    known = querylog.count(request.POST.get("note", "")[:1000], opened="opened" in request.POST)
    return HttpResponse(status=204 if known else 400)


def _group(results: queries.Results) -> dict[str, Any]:
    return {
        "kind": results.kind,
        "label": str(get(results.kind).label),
        "total": results.total,
        "facets": {
            facet.name: [
                {"value": each.value, "label": str(each.label), "count": each.count, "selected": each.selected}
                for each in facet.values
            ]
            for facet in results.facets
        },
        "hits": [{**_hit(hit), "pinned": hit.id in results.pinned} for hit in queries.hits(results)],
    }


def _hit(hit: queries.Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "title": "".join(mark.text for mark in hit.title),
        "title_marks": [[mark.text, mark.hit] for mark in hit.title],
        "summary": "".join(mark.text for mark in hit.summary),
        "url": hit.url,
        "meta": list(hit.meta),
    }


def _json(data: dict[str, Any]) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})
