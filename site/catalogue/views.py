"""The page of one product and its history."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from . import panels, queries, versions
from .browsing.views import product_context
from .structured import product_json

HISTORY = 5  # versions on the page itself


def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.product_detail(request.user, slug)
    if found is None:
        raise Http404
    context = {
        "product": found,
        "panels": panels.render(request, found),
        "related": queries.related_products(request.user, found),
        "versions": versions.published(found, limit=HISTORY),
        "structured": "" if found.login_required else product_json(found),
        **product_context(request, found),
    }
    return render(request, "catalogue/product.html", context)


def product_history(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.product_detail(request.user, slug)
    if found is None:
        raise Http404
    return render(request, "catalogue/history.html", {"product": found, "versions": versions.published(found)})
