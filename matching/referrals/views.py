"""Pages of referrals: consent and start, the enterprise's timeline, the institution's desk, the supervisor's overdue list."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.actions import consent_wording
from accounts.http import Request
from accounts.queries import has_consent
from accounts.roles import Role, member_required, role_required
from accounts.wording import masked_text
from catalogue.models import Product
from catalogue.queries import products_visible_to

from ..matcher import match, need_facts
from ..models import Referral
from ..needs.queries import needs_of
from ..needs.reading import chips, trait_names
from . import actions, queries
from .forms import AcceptForm, ContactForm, DeclineForm, FailForm, GrantForm, RatingForm, WithdrawForm
from .promises import promises
from .states import ENTERPRISE, MACHINE, MANAGER, NEXT, State

if TYPE_CHECKING:
    from .queries import StandingReferral

AT_MOST = 5
STEPS: dict[str, Any] = {
    "accept": AcceptForm,
    "contact": ContactForm,
    "grant": GrantForm,
    "fail": FailForm,
    "decline": DeclineForm,
}
DO: dict[str, Callable[..., Referral]] = {
    "accept": actions.accept,
    "contact": actions.record_contact,
    "grant": actions.record_grant,
    "fail": actions.record_failure,
    "decline": actions.decline,
}
BUTTONS = {
    "accept": gettext_lazy("受理"),
    "contact": gettext_lazy("保存联系记录"),
    "grant": gettext_lazy("登记办成"),
    "fail": gettext_lazy("登记未办成"),
    "decline": gettext_lazy("婉拒"),
}


def _chosen(request: Request, values: list[str]) -> QuerySet[Product]:
    ids = [int(value) for value in values if value.isdecimal() and len(value) < 18][:AT_MOST]
    return products_visible_to(request.user).filter(pk__in=ids).order_by("institution__name", "name")


@never_cache
@member_required
def refer(request: Request, pk: int) -> HttpResponse:
    """One page that names each institution, what it gets, for what, until when; each ticked by itself, none beforehand."""
    need = get_object_or_404(needs_of(request.user).select_related("enterprise", "author"), pk=pk)
    data = request.POST or request.kept_draft or request.GET
    products = list(_chosen(request, data.getlist("p")))
    if not products:
        messages.warning(request, _("请先选出想对接的产品。"))
        return redirect(need)
    error = ""
    ticked = {int(value) for value in data.getlist("consent") if value.isdecimal() and len(value) < 18}
    if request.method == "POST":
        matches = match(request.user, need_facts(need, need.enterprise))
        try:
            started = actions.start(
                need=need,
                product_ids=[product.pk for product in products],
                consented=ticked,
                by=request.user,
                client_key=_key(request),
                matches={product.pk: matches.of(product.pk) for product in products},
            )
        except actions.ReferralRefused as refused:
            error = str(refused)
        else:
            messages.success(request, _("已发出 %(n)s 个对接申请，有进展会通知您。") % {"n": len(started)})
            return redirect(started[0] if len(started) == 1 else f"{need.get_absolute_url()}#referrals")
    parties: dict[int, dict[str, Any]] = {}
    for product in products:
        party = parties.setdefault(
            product.institution_id,
            {
                "institution": product.institution,
                "products": [],
                "wording": consent_wording(need.enterprise, product.institution),
                "in_force": has_consent(need.enterprise_id, product.institution_id),
                "ticked": product.institution_id in ticked,
            },
        )
        party["products"].append(product)
    context = {
        "need": need,
        "products": products,
        "parties": list(parties.values()),
        "error": error,
        "key": request.POST.get("client_key") or uuid.uuid4(),
        "promise": promises()["accept"],
    }
    return render(request, "matching/refer.html", context, status=422 if error else 200)


def _key(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return uuid.uuid4()


@never_cache
@member_required
def my_referrals(request: Request) -> HttpResponse:
    page = Paginator(queries.referrals_of(request.user.enterprise), 20).get_page(request.GET.get("page"))
    rows = [(each, "" if hasattr(each, "rating") else NEXT[State(each.state)][0]) for each in page]
    return render(request, "matching/my_referrals.html", {"page": page, "rows": rows})


def _own(request: Request, pk: int) -> Referral:
    return get_object_or_404(queries.referrals_of(request.user.enterprise), pk=pk)


@never_cache
@member_required
def referral(request: Request, pk: int) -> HttpResponse:
    return _my_page(request, _own(request, pk))


def _my_page(request: Request, found: Referral, rating_form: Any = None, withdraw_form: Any = None) -> HttpResponse:
    """The timeline with the next step and who owns it on top."""
    rating = getattr(found, "rating", None)
    text, owner = NEXT[State(found.state)]
    context = {
        "referral": found,
        "rating": rating,
        "next_step": "" if rating and owner == ENTERPRISE else text,
        "owner": found.institution if owner == MANAGER else _("您"),
        "timeline": queries.timeline(found),
        "can_rate": found.is_judged and rating is None,
        "rating_form": rating_form or RatingForm(),
        "withdraw_form": withdraw_form or WithdrawForm(),
    }
    wrong = request.method == "POST"
    return render(request, "matching/referral.html", context, status=422 if wrong else 200)


@never_cache
@member_required
def withdraw(request: Request, pk: int) -> HttpResponse:
    found = _own(request, pk)
    form = WithdrawForm(request.POST or request.kept_draft)
    if request.method != "POST" or not form.is_valid():
        return _my_page(request, found, withdraw_form=form)
    try:
        actions.withdraw(found, by=request.user, **form.cleaned_data)
    except actions.ReferralRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回，机构已收到通知。"))
    return redirect(found)


@never_cache
@member_required
def rate(request: Request, pk: int) -> HttpResponse:
    found = _own(request, pk)
    form = RatingForm(request.POST or request.kept_draft)
    if request.method != "POST" or not form.is_valid():
        return _my_page(request, found, rating_form=form)
    try:
        actions.rate(found, by=request.user, **form.cleaned_data)
    except actions.ReferralRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("谢谢您的评价，机构和主管部门都会看到。"))
    return redirect(found)


@never_cache
@role_required(Role.RELATIONSHIP_MANAGER)
def desk_referrals(request: Request) -> HttpResponse:
    show = request.GET.get("show", "open")
    show = show if show in {"open", "late", "closed"} else "open"
    mine = request.GET.get("mine") == "1"
    page = Paginator(queries.inbox(request.user, show=show, mine=mine), 30).get_page(request.GET.get("page"))
    counts = queries.inbox_counts(request.user, mine=mine)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "show": show,
        "mine": mine,
        "page_query": f"{kept.urlencode()}&" if kept else "",
        "tabs": [
            ("open", _("待办"), counts["open"]),
            ("late", _("已超时"), counts["late"]),
            ("closed", _("已结束"), 0),
        ],
    }
    return render(request, "matching/desk_referrals.html", context)


def _at_desk(request: Request, pk: int) -> "StandingReferral":
    return get_object_or_404(queries.referrals_for_desk(request.user), pk=pk)


@never_cache
@role_required(Role.RELATIONSHIP_MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR)
def desk_referral(request: Request, pk: int) -> HttpResponse:
    return _desk_page(request, _at_desk(request, pk))


def _desk_page(request: Request, found: "StandingReferral", bound: Any = None, step: str = "") -> HttpResponse:
    can_act = any(each.pk == found.institution_id for each in request.user.institutions_as(Role.RELATIONSHIP_MANAGER))
    seen = queries.disclosure(request.user, found)
    actors = [MANAGER] if can_act else []
    order = list(STEPS)
    allowed = sorted(MACHINE.available(found, actors), key=lambda each: order.index(each.name))
    steps = [
        {
            "name": each.name,
            "label": each.label,
            "button": BUTTONS[each.name],
            "form": bound if each.name == step else STEPS[each.name](auto_id=f"id_{each.name}_%s"),
            "is_open": each.name == step or number == 0,
        }
        for number, each in enumerate(allowed)
    ]
    context = {
        "referral": found,
        "seen": seen,
        "said": masked_text(found.need.text, found.need.author.name) if seen.why_hidden else found.need.text,
        "chips": chips(found.need) if seen.enterprise else [],
        "traits": trait_names(found.need.enterprise.traits) if seen.enterprise else [],
        "steps": steps,
        "timeline": queries.timeline(found, seen),
        "rating": getattr(found, "rating", None),
        "late_days": queries.late_since(found) if found.is_late else 0,
        "can_act": can_act,
        "next_step": NEXT[State(found.state)][0],
    }
    if not seen.why_hidden:
        fields = ["联系人", "联系电话", "统一社会信用代码", "需求"]
        audit.viewed(found, fields, enterprise=found.need.enterprise, purpose="referral")
    wrong = request.method == "POST"
    return render(request, "matching/desk_referral.html", context, status=422 if wrong else 200)


@never_cache
@role_required(Role.RELATIONSHIP_MANAGER)
def desk_step(request: Request, pk: int, step: str) -> HttpResponse:
    """One step of the institution. GET (a way back after signing in) shows the referral."""
    if step not in STEPS:
        raise Http404
    found = _at_desk(request, pk)
    if request.method != "POST":
        draft = request.kept_draft
        return _desk_page(request, found, STEPS[step](draft, auto_id=f"id_{step}_%s"), step)
    if found.institution_id not in {each.pk for each in request.user.institutions_as(Role.RELATIONSHIP_MANAGER)}:
        raise Http404
    form = STEPS[step](request.POST, auto_id=f"id_{step}_%s")
    if not form.is_valid():
        return _desk_page(request, found, form, step)
    try:
        DO[step](found, by=request.user, **form.cleaned_data)
    except actions.ReferralRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已保存，企业会收到通知。"))
    return redirect(found.get_desk_url())


@never_cache
@role_required(Role.SUPERVISOR, Role.ADMINISTRATOR)
def overdue(request: Request) -> HttpResponse:
    institution = queries.institution_named(request.GET.get("institution", ""))
    found = queries.overdue()
    if institution is not None:
        found = found.filter(institution=institution)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.with_days_late(list(page)),
        "institution": institution,
        "by_institution": queries.open_by_institution(),
        "page_query": f"institution={institution.pk}&" if institution else "",
    }
    return render(request, "matching/overdue.html", context)
