"""The page of one product and its history."""

from functools import cache

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import Request
from accounts.roles import Role, role_required

from . import panels, policies, queries, versions
from .browsing.views import product_context
from .structured import product_json

HISTORY = 5  # versions on the page itself
REVIEWS_PER_PAGE = 50


def product(request: HttpRequest, slug: str) -> HttpResponse:
    """What only the kept parts of the page need is read when they are drawn."""
    found = queries.visible_product(request.user, slug)
    if found is None:
        raise Http404
    detail = cache(lambda: queries.with_detail(found))
    context = {
        "product": found,
        "detail": detail,
        "panels": cache(lambda: panels.render(request, found)),
        "related": cache(lambda: queries.related_products(request.user, found)),
        "versions": cache(lambda: versions.published(found, limit=HISTORY)),
        "structured": cache(lambda: "" if found.login_required else product_json(detail())),
        **product_context(request, found),
    }
    return render(request, "catalogue/product.html", context)


def product_history(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.visible_product(request.user, slug)
    if found is None:
        raise Http404
    return render(request, "catalogue/history.html", {"product": found, "versions": versions.published(found)})


@role_required(Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.SUPERVISOR)
def policy_review(request: Request) -> HttpResponse:
    """Products whose policy has lapsed, for the people who can do something about it."""
    page = Paginator(policies.to_review(request.user), REVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    why = policies.lapsed_of(page.object_list)
    rows = [
        {"product": each, "url": policies.edit_address(each), "why": policies.names(why.get(each.pk, []))}
        for each in page.object_list
    ]
    return render(request, "catalogue/policy_review.html", {"page": page, "rows": rows})
