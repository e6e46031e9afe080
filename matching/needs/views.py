"""Pages of a need: one box, what was understood, what fits, the choice of products."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.http import Request
from accounts.models import Trait
from accounts.privacy.erasure import Erased
from accounts.roles import Role, member_required, role_required, signed_in
from accounts.wording import masked_text
from catalogue.queries import products_visible_to

from ..matcher import match, need_facts
from ..models import Need
from ..referrals.queries import referrals_of
from . import actions, asking, queries
from .forms import SAID, NeedForm
from .parser import ParsedNeed, Reason
from .reading import Piece, chips, form_values, need_of, pieces

EXAMPLES = (
    "想借 50 万收鲜叶，用几天还几天，没有抵押物",
    "下个月 20 号有 800 万贷款到期，银行同意续贷，差几天过桥资金",
    "科技公司，想融资 500 万做研发，有发明专利",
)
TRAVELS_NOT = {"csrfmiddlewaretoken", "client_key", "step"}


def _tells_new(data: QueryDict) -> bool:
    """有新的合适产品时告诉我: yes until the box was shown and left empty."""
    return "tells_new" in data or "tells_asked" not in data


def _key(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return uuid.uuid4()


def _address(data: QueryDict) -> str:
    """This page with all that was typed in its address, so that nothing is lost on the way to signing in."""
    kept = [(name, value) for name, values in data.lists() for value in values if value and name not in TRAVELS_NOT]
    return asking.address(kept, confirmed="confirmed" in data)


@never_cache
def need_new(request: Request) -> HttpResponse:
    """GET: one box; with ?text= what is understood and what fits, for visitors too. POST: correct (preview) or submit."""
    if request.method == "POST":
        return _posted(request)
    data = request.kept_draft or request.GET
    text = " ".join(data.get("text", "").split())
    slug = data.get("product", "")
    product = products_visible_to(request.user).filter(slug=slug).first() if slug else None
    confirmed = "confirmed" in data or request.kept_draft is not None
    if not text and not confirmed:
        return render(
            request,
            "matching/need_new.html",
            {
                "examples": EXAMPLES,
                "product": product,
                "form": NeedForm() if "form" in data else None,
                "tells_new": _tells_new(data),
                "key": uuid.uuid4(),
                "is_member": getattr(request.user, "enterprise", None) is not None,
            },
        )
    today = timezone.localdate()
    parsed = asking.understand(text, today) if text else None
    if parsed is not None and asking.is_final(parsed, confirmed=confirmed):
        too_little = parsed.reason_code == Reason.TOO_LITTLE
        context = {
            "parsed": parsed,
            "text": text,
            "product": product,
            "form": asking.AskForm(parsed, today) if too_little else None,
            "steps": asking.next_steps(parsed),
            "key": uuid.uuid4(),
        }
        return render(request, "matching/need_new.html", context)
    if confirmed:
        values = data.copy()
        values["text"] = text
        form = NeedForm(values, parsed=parsed)
        need = Need(**form.need_fields()) if form.is_valid() else None
    else:
        need = need_of(parsed, timezone.localdate())  # type: ignore[arg-type]  # a text without `confirmed` was parsed
        form = NeedForm(initial=form_values(need), parsed=parsed)
    return render(request, "matching/need_understood.html", _understood(request, form, need, parsed, product))


def _understood(
    request: Request, form: NeedForm, need: Need | None, parsed: ParsedNeed | None, product: Any
) -> dict[str, Any]:
    matches, question = None, None
    if need is not None:
        matches = match(request.user, need_facts(need, getattr(request.user, "enterprise", None)), translated=True)
        question = asking.one_question(matches.question, need, product)
    return {
        "form": form,
        "need": need,
        "pieces": pieces(need.text, need.marks) if need is not None else (),
        "chips": chips(need) if need is not None else (),
        "text": form["text"].value() or "",
        "parsed": parsed,
        "product": product,
        "tells_new": _tells_new(request.POST or request.kept_draft or request.GET),
        "matches": matches,
        "question": question,
        "which_place": asking.which_place(need, product) if need is not None else None,
        "key": uuid.uuid4(),
        "is_member": getattr(request.user, "enterprise", None) is not None,
    }


def _posted(request: Request) -> HttpResponse:
    address = _address(request.POST)
    if request.POST.get("step") == "preview":
        return redirect(address)
    if not request.user.is_authenticated:
        messages.info(request, _("请先登录；您填写的内容已为您保留，登录后接着提交。"))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': address})}")
    if request.user.enterprise is None:
        messages.info(request, _("请先登记企业；您填写的内容已为您保留，登记后接着提交。"))
        return redirect(f"{reverse('accounts:enterprise_new')}?{urlencode({'next': address})}")
    text = " ".join(request.POST.get("text", "").split())
    parsed = asking.understand(text, timezone.localdate()) if text else None
    if parsed is not None and asking.is_final(parsed, confirmed=True):
        return redirect(address)
    values = request.POST.copy()
    values["text"] = text
    form = NeedForm(values, parsed=parsed)
    product = products_visible_to(request.user).filter(slug=request.POST.get("product", "")).first()
    if not form.is_valid():
        return render(
            request, "matching/need_understood.html", _understood(request, form, None, parsed, product), status=422
        )
    try:
        need = actions.submit(
            enterprise=request.user.enterprise,
            by=request.user,
            client_key=_key(request),
            product=product,
            tells_new=_tells_new(request.POST),
            **form.need_fields(),
        )
    except Erased as gone:
        messages.error(request, str(gone))
        return redirect("accounts:enterprise_new")
    messages.success(request, _("需求已提交。"))
    return redirect(need)


@never_cache
@signed_in
def need(request: Request, pk: int) -> HttpResponse:
    """What was understood, what fits now, and the referrals of it."""
    found = get_object_or_404(queries.needs_visible_to(request.user), pk=pk)
    is_own = any(each.enterprise_id == found.enterprise_id for each in request.user.memberships)
    # Someone who looks in from outside sees what the enterprise sees.
    matches = match(found.author, need_facts(found, found.enterprise), translated=True)
    referrals = list(referrals_of(found.enterprise).filter(need=found).order_by("pk"))
    running = {each.product_id for each in referrals if each.is_open}
    said = pieces(found.text, found.marks)
    context = {
        "need": found,
        "is_own": is_own,
        "can_choose": is_own and found.is_open,
        "pieces": said,
        "chips": chips(found),
        "matches": matches,
        "question": asking.one_question(matches.question, found) if is_own and found.is_open else None,
        "referrals": referrals,
        "running": running,
        "is_advisor": bool(request.user.roles & {Role.ADVISOR, Role.TEAM_LEAD}),
    }
    if not is_own:
        fields = ["融资需求", "联系人", "联系电话"] if found.advisor_taken_by_id == request.user.pk else ["融资需求"]
        audit.viewed(found, fields, enterprise=found.enterprise, purpose="need")
        if found.advisor_taken_by_id != request.user.pk:
            context["pieces"] = [Piece(masked_text(each.text, found.author.name), each.field) for each in said]
    return render(request, "matching/need.html", context)


@never_cache
@member_required
def need_edit(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.needs_of(request.user), pk=pk)
    if not found.is_open:
        messages.warning(request, _("这个需求已经结束，不能再改。可以重新提交一个。"))
        return redirect(found)
    data = request.POST or request.kept_draft
    form = NeedForm(data or None, initial=form_values(found), need=found)
    if request.method == "POST" and form.is_valid():
        fields = form.need_fields()
        fields.pop("text")
        try:
            actions.correct(found, by=request.user, **fields)
        except actions.NeedClosed as error:
            messages.warning(request, str(error))
            return redirect(found)
        messages.success(request, _("已按修改重新匹配。"))
        return redirect(found)
    return render(
        request,
        "matching/need_edit.html",
        {"form": form, "need": found, "pieces": pieces(found.text, found.marks)},
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@member_required
def need_answer(request: Request, pk: int) -> HttpResponse:
    """The answer to the one question: a yes or a no."""
    found = get_object_or_404(queries.needs_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(found)
    name, answer = request.POST.get("name", ""), SAID.get(request.POST.get("answer", ""))
    code = name.removeprefix("trait_")
    fields: dict[str, Any] = {}
    if name in asking.YES_NO_FIELDS:
        fields = {name: answer}
    elif name.startswith("trait_") and code in Trait.values and answer is not None:
        fields = {"traits": found.traits | {code: answer}}
    if fields:
        try:
            actions.correct(found, by=request.user, **fields)
        except actions.NeedClosed as error:
            messages.warning(request, str(error))
    return redirect(found)


@never_cache
@member_required
def need_tell(request: Request, pk: int) -> HttpResponse:
    """Whether to be told of new products that fit."""
    found = get_object_or_404(queries.needs_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(found)
    try:
        need = actions.tell_of_new(found, yes="tells_new" in request.POST)
    except actions.NeedClosed as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request,
            _("有新的合适产品时会通知您。") if need.tells_new else _("不再通知这个需求的新产品。"),
        )
    return redirect(found)


@never_cache
@member_required
def need_advisor(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.needs_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(found)
    try:
        actions.ask_advisor(found)
    except actions.NeedClosed as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("已转给金融顾问，顾问接手后会电话联系您。"))
    return redirect(found)


@never_cache
@role_required(Role.ADVISOR, Role.TEAM_LEAD)
def need_take(request: Request, pk: int) -> HttpResponse:
    """An advisor takes the hand-over."""
    found = get_object_or_404(queries.needs_visible_to(request.user), pk=pk, wants_advisor_at__isnull=False)
    if request.method != "POST":
        return redirect(found)
    try:
        actions.take_by_advisor(found, by=request.user)
    except actions.NeedTaken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("已由您接手，请尽快联系企业。"))
    return redirect(found)


@never_cache
@member_required
def need_close(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.needs_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(found)
    actions.close(found)
    messages.success(request, _("需求已结束。正在对接的机构不受影响，如不需要请逐个撤回。"))
    return redirect(found)


@never_cache
@member_required
def my_needs(request: Request) -> HttpResponse:
    page = Paginator(queries.needs_of(request.user).prefetch_related("referrals"), 20).get_page(request.GET.get("page"))
    return render(request, "matching/my_needs.html", {"page": page})
