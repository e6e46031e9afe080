"""Public pages of products, institutions and outlets."""

from decimal import Decimal, InvalidOperation

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from search.queries import find
from search.registry import visibility_tokens

from . import panels, queries

FACETS = ("kind", "purpose", "guarantee", "region", "institution")
SORTS = (("", _("综合")), ("rate", _("利率从低到高")), ("amount", _("额度从高到低")), ("newest", _("最新")))
PER_PAGE = 20
COMPARE_AT_MOST = 4


class Page:
    """What components/pagination.html needs, over results that are cut already."""

    def __init__(self, number: int, total: int) -> None:
        self.number, self.paginator = number, Paginator(range(total), PER_PAGE)

    has_previous = property(lambda self: self.number > 1)
    has_next = property(lambda self: self.number < self.paginator.num_pages)
    previous_page_number = property(lambda self: self.number - 1)
    next_page_number = property(lambda self: self.number + 1)


def _number(text: str, most: int = 10_000) -> int:
    return min(int(text), most) if text.isdecimal() and int(text) > 0 else 1


def _amount(text: str) -> Decimal | None:
    """万元 as typed → 元; None for what is no amount."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value * 10_000 if value.is_finite() and 0 < value < 10_000_000 else None


def product_list(request: HttpRequest) -> HttpResponse:
    get = request.GET
    filters = {name: get.getlist(name) for name in FACETS if any(get.getlist(name))}
    amount = _amount(get.get("amount", ""))
    sort = get.get("sort", "") if get.get("sort", "") in dict(SORTS) else ""
    number = _number(get.get("page", ""))
    results = find(
        "product",
        q=get.get("q", ""),
        filters=filters,
        ranges={"amount_max": (amount, None)} if amount else {},
        sort=sort,
        facets=FACETS,
        tokens=visibility_tokens(request.user),
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    kept = get.copy()
    kept.pop("page", None)
    context = {
        "products": queries.in_order(request.user, results.ids),
        "results": results,
        "page": Page(number, results.total),
        "page_query": f"{kept.urlencode()}&" if kept else "",
        "sorts": SORTS,
        "sort": sort,
        "q": get.get("q", ""),
        "amount": get.get("amount", ""),
        "filtered": bool(filters or amount or get.get("q")),
    }
    return render(request, "catalogue/product_list.html", context)


def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.product_detail(request.user, slug)
    if found is None:
        raise Http404
    return render(request, "catalogue/product.html", detail_context(request, found))


def detail_context(request: HttpRequest, found) -> dict:
    """Shared by the page and by the editor's preview (which has no history and no relations yet)."""
    return {
        "product": found,
        "panels": panels.render(request, found) if found.pk else [],
        "related": queries.related_products(request.user, found) if found.pk else [],
        "history": queries.history(found) if found.pk else [],
    }


def compare(request: HttpRequest) -> HttpResponse:
    slugs = list(dict.fromkeys(request.GET.getlist("p")))[:COMPARE_AT_MOST]
    found = {
        each.slug: each
        for each in queries.products_visible_to(request.user)
        .filter(slug__in=slugs)
        .prefetch_related("regions", "rules", "tariffs")
    }
    products = [found[slug] for slug in slugs if slug in found]
    return render(request, "catalogue/compare.html", {"products": products, "rows": _rows(products)})


def _rows(products: list) -> list[dict]:
    from accounts.wording import money, percent

    unknown = _("以机构为准")
    makers = (
        (_("机构"), lambda p: str(p.institution)),
        (_("类别"), lambda p: p.get_kind_display()),
        (_("适合谁"), lambda p: p.audience or unknown),
        (_("最高额度"), lambda p: money(p.amount_max)),
        (_("年利率"), lambda p: percent(p.rate_min) if p.rate_min is not None else p.rate_note or unknown),
        (_("期限"), lambda p: p.term_text),
        (_("担保方式"), lambda p: "、".join(p.labels("guarantee_kinds")) or unknown),
        (_("还款方式"), lambda p: "、".join(p.labels("repayment_kinds")) or unknown),
        (_("费用与补贴"), lambda p: "；".join(tariff.text for tariff in p.tariffs.all()) or unknown),
        (_("条件"), lambda p: "；".join(rule.text for rule in p.rules.all()) or unknown),
        (_("地区"), lambda p: "、".join(region.full_name for region in p.regions.all()) or _("不限")),
        (_("资料日期"), lambda p: p.as_of_text),
    )
    rows = []
    for label, make in makers:
        cells = [str(make(each)) for each in products]
        rows.append({"label": label, "cells": cells, "differs": len(set(cells)) > 1})
    return rows


def institution_list(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/institution_list.html", {"institutions": queries.institutions()})


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.institutions(), slug=slug)
    context = {
        "institution": found,
        "products": queries.products_visible_to(request.user).filter(institution=found).prefetch_related("regions"),
        "outlets": queries.outlets().filter(institution=found),
        "services": found.service_items.all(),
    }
    return render(request, "catalogue/institution.html", context)


def outlet_list(request: HttpRequest) -> HttpResponse:
    found = queries.outlets()
    if q := request.GET.get("q", "").strip()[:60]:
        found = found.filter(name__contains=q)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "catalogue/outlet_list.html", {"page": page, "q": q, "page_query": f"q={q}&" if q else ""})
