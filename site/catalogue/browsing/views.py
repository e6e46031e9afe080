"""Pages of the public catalogue: list, comparison, favourites, an institution's own list, QR and feed."""

from functools import cache
from io import BytesIO

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.http import Request
from accounts.models import InstitutionKind
from accounts.roles import signed_in
from search.queries import near_names
from search.registry import visibility_tokens

from .. import actions
from ..models import Product
from ..places.queries import Asked, outlets
from ..queries import institutions, institutions_with_counts, visible_product
from . import listing, queries, rows, tray
from .listing import PER_PAGE, SORTS, Wanted
from .rows import Row

INSTITUTIONS_PER_PAGE = 60
ASKED = "favourite_asked"  # in the session of somebody who chose to keep a product and went to sign in


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


def _decorated(request: HttpRequest, found: list[Row]) -> dict:
    """What the links of rows need: the tray, and which products are kept."""
    chosen = tray.read(request)
    tray.attach(request, chosen, found)
    kept = queries.kept_ids(request.user, found)
    for each in found:
        each.is_kept = each.pk in kept
        each.keep_url = reverse("catalogue:favourite", args=[each.slug])
    here = request.get_full_path()
    return {"products": found, "here": here, "back": urlencode({"next": here}), **tray.links(request, chosen)}


def product_list(request: HttpRequest) -> HttpResponse:
    get, tokens = request.GET, visibility_tokens(request.user)
    wanted, number = Wanted.read(get), _number(get.get("page", ""))
    results = wanted.find(tokens, counted=True, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    page = Page(number, results.total)
    if number > (last := page.paginator.num_pages):
        address = listing.address(get, "page", set_to=str(last) if last > 1 else "")
        return redirect(f"{request.path}?{address}" if address else request.path)
    groups = cache(lambda: listing.groups(get, wanted, results))
    kept = listing.address(get, "page")
    context = {
        "results": results,
        "wanted": wanted,
        "groups": groups,
        "facets_key": (kept, *sorted(tokens)),  # whose counts, and of what
        "conditions": listing.conditions(get, wanted, groups(), tokens, count=not results.total)
        if wanted.is_narrowed
        else [],
        "near": near_names(wanted.q) if wanted.q and not results.total else [],
        "page": page,
        "page_query": f"{kept}&" if kept else "",
        "sorts": [(value, label, f"?{listing.address(get, 'sort', set_to=value)}") for value, label in SORTS],
        "clear_url": tray.page_with_only_tray(request),
        **_decorated(request, rows.of_ids(request.user, results.ids)),
    }
    return render(request, "catalogue/product_list.html", context)


def compare(request: HttpRequest) -> HttpResponse:
    chosen = tray.read(request, whole=True)
    compared = tray.rows(chosen.products)
    several = len(chosen.products) > 1
    context = {
        "tray": chosen,
        "products": chosen.products,
        "columns": [
            {"product": each, "without": urlencode([("p", slug) for slug in chosen.slugs if slug != each.slug])}
            for each in chosen.products
        ],
        "different": [row for row in compared if row["differs"]] if several else compared,
        "equal": [row for row in compared if not row["differs"]] if several else [],
        "more_url": f"{reverse('catalogue:products')}?{chosen.query}",
    }
    return render(request, "catalogue/compare.html", context)


def institution_list(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in InstitutionKind.values else ""
    q = request.GET.get("q", "").strip()[:60]
    found = institutions_with_counts(request.user, kind=kind, name=q)
    context = {
        "page": Paginator(found, INSTITUTIONS_PER_PAGE).get_page(request.GET.get("page")),
        "page_query": urlencode({"q": q, "kind": kind}) + "&",
        "kinds": InstitutionKind.choices,
        "kind": kind,
        "q": q,
    }
    return render(request, "catalogue/institution_list.html", context)


def institution(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(institutions(), slug=slug)
    page = Paginator(queries.of_institution(request.user, found), PER_PAGE).get_page(request.GET.get("page"))
    decorated = _decorated(request, rows.of_products(page.object_list))
    context = {
        "institution": found,
        "page": page,
        "own": [each for each in decorated["products"] if each.product.is_own],
        "shared": [each for each in decorated["products"] if not each.product.is_own],
        "outlets": outlets(Asked(institution=found.slug)),
        "services": found.service_items.all(),
        **decorated,
    }
    return render(request, "catalogue/institution.html", context)


def product_context(request: HttpRequest, product: Product) -> dict:
    """For the page of one product: how to keep it, compare it and pass it on."""
    decorated = _decorated(request, rows.of_products([product]))
    return {
        "address": settings.PUBLIC_URL + product.get_absolute_url(),
        "row": decorated.pop("products")[0],
        **decorated,
    }


def qr(request: HttpRequest, slug: str) -> HttpResponse:
    """The product's address to be scanned from paper or a screen."""
    product = visible_product(request.user, slug)
    if product is None:
        raise Http404
    code = segno.make(settings.PUBLIC_URL + product.get_absolute_url(), error="m")
    drawing = BytesIO()
    code.save(drawing, kind="svg", scale=4, border=2, title=product.name, light="#fff")
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


def favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """POST keeps the product (`wanted=1`) or lets it go. A visitor comes by a link, signs in and finds it kept: a page that
    everybody gets from memory holds no form."""
    product = visible_product(request.user, slug)
    if not request.user.is_authenticated:
        if product is None:
            raise Http404
        request.session[ASKED] = slug
        target = urlencode(
            {"next": f"{reverse('catalogue:favourite', args=[slug])}?{urlencode({'next': _back(request, product)})}"}
        )
        return redirect(f"{reverse('account_login')}?{target}")
    if product is None:  # what is offered no more can still be let go
        product = get_object_or_404(Product, slug=slug, favourites__user=request.user)
    asked = request.session.pop(ASKED, None) == slug
    if request.method == "POST":
        _keep(request, product, wanted=request.POST.get("wanted") == "1")
    elif asked:
        _keep(request, product, wanted=True)
    return redirect(_back(request, product))


def _keep(request: HttpRequest, product: Product, *, wanted: bool) -> None:
    assert request.user.is_authenticated  # noqa: S101 — the caller asks
    if not wanted:
        actions.let_go(request.user, product)
        messages.success(request, _("已取消收藏“%s”。") % product.name)
        return
    try:
        actions.keep(request.user, product)
    except actions.FavouritesFull as full:
        messages.error(request, str(full))
    else:
        messages.success(request, _("已收藏“%s”，在“收藏的产品”里可以找到。") % product.name)


def _back(request: HttpRequest, product: Product) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else product.get_absolute_url()


@signed_in
def favourites(request: Request, area: str) -> HttpResponse:
    page = Paginator(queries.kept_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "layout": f"{area}.html",
        "page": page,
        "gone": queries.kept_but_gone(request.user) if page.number == 1 else [],
        **_decorated(request, rows.of_products(page.object_list)),
    }
    return render(request, "catalogue/favourites.html", context)


class ProductFeed(Feed):
    """What is new and what has changed, for readers of feeds."""

    feed_type = Atom1Feed
    title = gettext_lazy("金融产品：新发布与有更新")
    subtitle = gettext_lazy("本站公开的金融产品，最近发布或修改的在前")
    description = subtitle

    def link(self) -> str:
        return reverse("catalogue:products")

    def feed_url(self) -> str:
        return reverse("catalogue:product_feed")

    def items(self) -> list[Product]:
        return queries.changed_lately()

    def item_title(self, product: Product) -> str:
        return (_("新产品：%s") if product.is_new else _("有更新：%s")) % f"{product.name}（{product.institution}）"

    def item_description(self, product: Product) -> str:
        return product.summary

    def item_guid(self, product: Product) -> str:
        return settings.PUBLIC_URL + product.get_absolute_url()

    def item_pubdate(self, product: Product):
        return product.first_published_at

    def item_updateddate(self, product: Product):
        return product.last_published_at

    def item_author_name(self, product: Product) -> str:
        return product.institution.name

    def item_categories(self, product: Product) -> list[str]:
        return [product.get_kind_display(), *product.labels("purposes")]
