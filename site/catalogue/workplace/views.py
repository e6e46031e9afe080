"""Pages of the work place for products."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.http import Request
from accounts.roles import Role, role_required

from .. import actions, versions
from .. import queries as catalogue
from ..exchange.exporting import FORMATS
from ..exchange.views import send_export
from ..models import Product
from . import queries

PER_PAGE, REVIEWS_PER_PAGE, OPEN_AT_MOST = 50, 20, 5
REFUSED_SHOWN = 5
TABS = (
    ("", gettext_lazy("全部")),
    ("stale", gettext_lazy("待复核")),
    ("review", gettext_lazy("审核中")),
    ("returned", gettext_lazy("被退回")),
    ("draft", gettext_lazy("没提交的修改")),
)
KEEPERS = (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER)


@never_cache
@role_required(*KEEPERS, Role.SUPERVISOR, Role.ADMINISTRATOR)
def products(request: Request) -> HttpResponse:
    """Own products with their state, 待复核 first; confirmed by one press, one or many."""
    show = request.GET.get("show", "") if request.GET.get("show", "") in queries.SHOWS else ""
    q = request.GET.get("q", "").strip()[:40]
    if request.method == "POST":
        chosen = catalogue.editable_by(request.user, Product).filter(pk__in=_keys(request, "products"))
        _tell(request, actions.confirm_many(chosen, request.user), _("已复核 %d 个产品：内容没有变化。"))
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    found = queries.products_of(request.user, show=show, text=q)
    if request.GET.get("export") in FORMATS:
        return send_export(request, "products", found, request.GET["export"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    keeps = {each.pk for each in request.user.institutions_as(*KEEPERS)}
    rows = [
        {"product": each, "state": queries.state_of(each), "confirms": each.live and each.institution_id in keeps}
        for each in page
    ]
    context = {
        "page": page,
        "page_query": urlencode({"show": show, "q": q}) + "&",
        "rows": rows,
        "confirms": any(row["confirms"] for row in rows),
        "tabs": TABS,
        "show": show,
        "q": q,
        "adds": bool(request.user.roles & set(KEEPERS)),
        "breaks_glass": Role.ADMINISTRATOR in request.user.roles,
        "decides": bool(request.user.roles & {Role.PRODUCT_REVIEWER, Role.SUPERVISOR}),
    }
    return render(request, "catalogue/desk/products.html", context)


@never_cache
@role_required(Role.PRODUCT_REVIEWER, Role.SUPERVISOR)
def reviews(request: Request, pk: int | None = None) -> HttpResponse:
    """What waits for this person, each with all it changes; decided one by one or many at once."""
    if request.method == "POST":
        return _decide(request)
    institution, q = request.GET.get("institution", ""), request.GET.get("q", "").strip()[:40]
    waiting = queries.waiting_for(request.user, institution=institution, text=q)
    if pk is not None:
        waiting = waiting.filter(pk=get_object_or_404(catalogue.editable_by(request.user, Product), pk=pk).pk)
    page = Paginator(waiting, REVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    found = queries.reviews(page)
    context = {
        "page": page,
        "page_query": urlencode({"institution": institution, "q": q}) + "&",
        "reviews": found,
        "open": pk is not None or len(found) <= OPEN_AT_MOST,
        "institutions": queries.institutions_waiting(request.user) if pk is None else [],
        "institution": institution,
        "q": q,
        "more": page.has_other_pages(),
        **request.session.pop("review_refused", {"comment": "", "chosen": []}),
        "one": pk,
    }
    return render(request, "catalogue/desk/reviews.html", context)


def _decide(request: Request) -> HttpResponse:
    back = redirect(request.get_full_path())
    chosen = catalogue.editable_by(request.user, Product).filter(pk__in=_keys(request, "products")).order_by("pk")
    comment = request.POST.get("comment", "")[:500]
    if not chosen:
        request.session["review_refused"] = {"comment": comment, "chosen": []}
        messages.warning(request, _("请先选中要处理的产品。"))
        return back
    read = {each.pk: int(request.POST.get(f"read-{each.pk}", "")) for each in chosen if _number(request, each.pk)}
    try:
        if request.POST.get("do") == "approve":
            _tell(request, actions.approve_many(chosen, request.user, comment, read), _("通过了 %d 个产品。"))
        elif request.POST.get("do") == "send_back":
            _tell(
                request, actions.send_back(chosen, request.user, comment, read), _("退回了 %d 个产品，已通知提交人。")
            )
    except actions.ReviewRefused as error:
        request.session["review_refused"] = {"comment": comment, "chosen": [each.pk for each in chosen]}
        messages.error(request, str(error))
    else:
        if request.resolver_match and request.resolver_match.kwargs.get("pk"):
            return redirect("catalogue:desk_reviews")
    return back


def _number(request: Request, pk: int) -> bool:
    text = request.POST.get(f"read-{pk}", "")
    return text.isdecimal() and len(text) < 18


def _keys(request: Request, name: str) -> list[int]:
    """The chosen ones, or all of the page when that is ticked."""
    values = request.POST.getlist(f"{name}-shown" if request.POST.get("all") else name)
    return [int(value) for value in values if value.isdecimal() and len(value) < 18][:1000]


def _tell(request: Request, found: actions.Decisions, words: str) -> None:
    if found.done:
        messages.success(request, words % len(found.done))
    elif not found.refused:
        messages.warning(request, _("请先选中要处理的产品。"))
    for product, reason in found.refused[:REFUSED_SHOWN]:
        messages.error(request, _("%(name)s：%(reason)s") % {"name": product.name, "reason": reason})
    if (more := len(found.refused) - REFUSED_SHOWN) > 0:
        messages.error(request, _("另有 %d 个产品没有处理。") % more)


class GlassForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("为什么不能等审核"),
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("会记入日志，并通知发布机构和主管部门"),
    )


@never_cache
@role_required(Role.ADMINISTRATOR)
def publish_at_once(request: Request, pk: int) -> HttpResponse:
    """Breaks the glass: past the review, with a reason that everybody concerned reads."""
    product = get_object_or_404(Product.objects.select_related("institution", "live_revision"), pk=pk)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_at_once(product, request.user, form.cleaned_data["reason"])
        except actions.ReviewRefused as error:
            form.add_error("reason", str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("已发布“%s”，并通知了发布机构和主管部门。") % product.name)
            return redirect(reverse("catalogue:desk_products"))
    context = {"product": product, "form": form, "differences": versions.unpublished(product)}
    return render(request, "catalogue/desk/publish.html", context)
