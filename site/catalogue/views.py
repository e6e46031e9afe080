"""Public pages of products, institutions and outlets."""

from decimal import Decimal, InvalidOperation

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import InstitutionKind
from accounts.wording import money
from search.queries import FacetResult, find, near_names
from search.registry import visibility_tokens

from . import panels, queries, versions
from .models import Product
from .structured import product_json

FACETS = ("kind", "purpose", "trait", "region", "guarantee", "size", "institution")
SORTS = (
    ("", gettext_lazy("综合")),
    ("rate", gettext_lazy("利率从低到高")),
    ("amount", gettext_lazy("额度从高到低")),
    ("newest", gettext_lazy("最新")),
)
PER_PAGE = 20
COMPARE_AT_MOST = 4
HISTORY = 5  # versions on the page itself
INSTITUTIONS_PER_PAGE, OUTLETS_PER_PAGE = 60, 50


class Page:
    """What components/pagination.html needs, over results that are cut already."""

    def __init__(self, number: int, total: int) -> None:
        self.number, self.paginator = number, Paginator(range(total), PER_PAGE)

    has_previous = property(lambda self: self.number > 1)
    has_next = property(lambda self: self.number < self.paginator.num_pages)
    previous_page_number = property(lambda self: self.number - 1)
    next_page_number = property(lambda self: self.number + 1)


def _number(text: str, most: int = 10_000) -> int:
    return min(max(int(text[:9]), 1), most) if text.isdecimal() else 1


def _amount(text: str) -> Decimal | None:
    """万元 as typed → 元; None for what is no amount."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value * 10_000 if value.is_finite() and 0 < value < 10_000_000 else None


def product_list(request: HttpRequest) -> HttpResponse:
    get = request.GET
    q = get.get("q", "").strip()[:200]
    filters = {name: get.getlist(name) for name in FACETS if any(get.getlist(name))}
    amount = _amount(get.get("amount", ""))
    sort = get.get("sort", "") if get.get("sort", "") in dict(SORTS) else ""
    number = _number(get.get("page", ""))
    results = find(
        "product",
        q=q,
        filters=filters,
        ranges={"amount_max": (amount, None)} if amount else {},
        sort=sort,
        facets=FACETS,
        tokens=visibility_tokens(request.user),
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    page = Page(number, results.total)
    if number > page.paginator.num_pages:
        return redirect(f"{request.path}?{_without(get, 'page', add={'page': page.paginator.num_pages})}")
    kept = _without(get, "page")
    context = {
        "products": queries.in_order(request.user, results.ids),
        "results": results,
        "facets": _shown(results.facets),
        "chosen": _chosen(get, results.facets, amount),
        "near": near_names(q) if q and not results.total else [],
        "page": page,
        "page_query": f"{kept}&" if kept else "",
        "sorts": SORTS,
        "sort": sort,
        "q": q,
        "amount": get.get("amount", "")[:20],
        "filtered": bool(filters or amount or q),
    }
    return render(request, "catalogue/product_list.html", context)


def _without(get: QueryDict, name: str, value: str | None = None, add: dict | None = None) -> str:
    """The query string less a parameter, or less one of its values."""
    kept = get.copy()
    rest = [each for each in kept.getlist(name) if value is not None and each != value]
    kept.setlist(name, rest)
    kept.update(add or {})
    return kept.urlencode()


def _shown(facets: list[FacetResult]) -> list[dict]:
    """Facets with anything to choose; the first and those in use are open."""
    found = [facet for facet in facets if facet.values]
    return [
        {
            "name": facet.name,
            "label": facet.label,
            "values": facet.values,
            "open": place == 0 or any(value.selected for value in facet.values),
        }
        for place, facet in enumerate(found)
    ]


def _chosen(get: QueryDict, facets: list[FacetResult], amount: Decimal | None) -> list[dict]:
    """What narrows the list now, each with the address without it."""
    rest = get.copy()
    rest.pop("page", None)
    found = [
        {"label": value.label, "url": f"?{_without(rest, facet.name, value.value)}"}
        for facet in facets
        for value in facet.values
        if value.selected
    ]
    if amount:
        found.append({"label": _("额度不低于 %s") % money(amount), "url": f"?{_without(rest, 'amount')}"})
    if q := get.get("q", "").strip():
        found.append({"label": f"“{q[:40]}”", "url": f"?{_without(rest, 'q')}"})
    return found


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
    }
    return render(request, "catalogue/product.html", context)


def product_history(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.product_detail(request.user, slug)
    if found is None:
        raise Http404
    return render(request, "catalogue/history.html", {"product": found, "versions": versions.published(found)})


def compare(request: HttpRequest) -> HttpResponse:
    slugs = list(dict.fromkeys(request.GET.getlist("p")))[:COMPARE_AT_MOST]
    products = queries.by_slug(request.user, slugs)
    only_different = request.GET.get("only") == "different" and len(products) > 1
    rows = [row for row in _rows(products) if row["differs"] or not only_different]
    for each in products:
        each.without = urlencode([("p", other.slug) for other in products if other is not each])
    context = {
        "products": products,
        "missing": len(slugs) - len(products),
        "rows": rows,
        "only_different": only_different,
        "all_query": urlencode([("p", each.slug) for each in products]),
    }
    return render(request, "catalogue/compare.html", context)


def _rows(products: list[Product]) -> list[dict]:
    """What is compared: [{label, cells, differs, unstated}]; an empty cell was stated by nobody, which `unstated` puts
    into words. A row that nobody stated is left out."""
    unknown, unlimited = _("以机构为准"), _("不限")
    makers = (
        (_("机构"), lambda p: str(p.institution), unknown),
        (_("类别"), lambda p: p.get_kind_display(), unknown),
        (_("地区"), lambda p: "、".join(region.full_name for region in p.regions.all()), unlimited),
        (_("适合谁"), lambda p: p.audience, unknown),
        (_("不适合"), lambda p: p.not_for, _("没有写明")),
        (_("额度"), lambda p: p.amount_text, unknown),
        (_("利率"), lambda p: p.rate_text or p.rate_note, unknown),
        (_("费用与补贴"), _fees, unknown),
        (_("期限"), lambda p: dict(p.figures)[_("期限")], unknown),
        (_("担保方式"), lambda p: p.guarantee_names, unknown),
        (_("还款方式"), lambda p: p.repayment_names, unknown),
        (_("规模"), lambda p: "、".join(p.labels("size_classes")), unlimited),
        (_("谁能办"), lambda p: "；".join(rule.text for rule in p.rules.all()), unknown),
        (_("办结"), lambda p: dict(p.figures)[_("办结")], unknown),
        (_("资料日期"), lambda p: p.as_of_text, unknown),
    )
    rows = []
    for label, make, unstated in makers:
        cells = [str(make(each)) for each in products]
        if any(cells):
            rows.append({"label": label, "cells": cells, "differs": len(set(cells)) > 1, "unstated": unstated})
    return rows


def _fees(product: Product) -> str:
    """Fees and subsidies; a rate is not said twice."""
    return "；".join(tariff.text for tariff in product.tariffs.all() if tariff.text != product.rate_note)


def institution_list(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in InstitutionKind.values else ""
    q = request.GET.get("q", "").strip()[:60]
    found = queries.institutions_with_counts(request.user, kind=kind, name=q)
    context = {
        "page": Paginator(found, INSTITUTIONS_PER_PAGE).get_page(request.GET.get("page")),
        "page_query": urlencode({"q": q, "kind": kind}) + "&",
        "kinds": InstitutionKind.choices,
        "kind": kind,
        "q": q,
    }
    return render(request, "catalogue/institution_list.html", context)


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(queries.institutions(), slug=slug)
    context = {
        "institution": found,
        "products": queries.of_institution(request.user, found),
        "shared": queries.with_partner(request.user, found),
        "outlets": queries.outlets().filter(institution=found),
        "services": found.service_items.all(),
    }
    return render(request, "catalogue/institution.html", context)


def outlet_list(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:60]
    page = Paginator(queries.outlets(q), OUTLETS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "catalogue/outlet_list.html", {"page": page, "q": q, "page_query": urlencode({"q": q}) + "&"}
    )
