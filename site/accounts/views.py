"""Pages about one's enterprise, consents and notices; sign-in's last step; the demo inbox."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import actions, audit, queries
from .forms import EnterpriseForm
from .http import Request
from .models import Claim, Enterprise, Industry, JoinRequest, Region, SmsMessage
from .people import queries as people
from .roles import Role, member_required, signed_in


def _next(request: Request, default: str) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else default


@signed_in
def start(request: Request) -> HttpResponse:
    """After signing in: where this person belongs."""
    if request.user.enterprise is not None:
        return redirect("/me/")
    works_here = request.user.roles or request.user.lacks_factor
    return redirect("/desk/" if works_here else reverse("accounts:enterprise_new"))


def options(request: Request, table: str) -> JsonResponse:
    """Suggestions for the region and industry fields: public code tables."""
    text = request.GET.get("q", "").strip()[:40]
    tables: dict[str, Callable[[str], Sequence[Region | Industry]]] = {
        "regions": queries.find_regions,
        "industries": queries.find_industries,
    }
    find = tables.get(table)
    if find is None:
        raise Http404
    return JsonResponse({"options": [str(each) for each in find(text)] if text else []})


@signed_in
def enterprise_new(request: Request) -> HttpResponse:
    if request.user.enterprise is not None and request.method == "GET":
        return redirect(_next(request, "/me/"))
    form = EnterpriseForm(request.POST or request.kept_draft, request.FILES or None)
    taken = ""
    if request.method == "POST" and form.is_valid():
        try:
            enterprise = actions.register_enterprise(user=request.user, **form.cleaned_data)
        except (actions.EnterpriseTaken, actions.OneEnterprise) as error:
            form.add_error("uscc", str(error))
            taken = str(form.data["uscc"]) if isinstance(error, actions.EnterpriseTaken) else ""
            form.ask_for_file_again()
        else:
            messages.success(request, _("%(name)s 已登记。") % {"name": enterprise.name})
            return redirect(_next(request, "/me/"))
    context = {
        "form": form,
        "next": _next(request, ""),
        "taken": taken,
        "asked": people.requests_of(request.user).filter(state=JoinRequest.State.WAITING),
        "claimed": request.user.claims.filter(state__in=Claim.OPEN_STATES).select_related("enterprise"),
    }
    return render(request, "accounts/enterprise_new.html", context)


@member_required
def enterprise(request: Request) -> HttpResponse:
    form = EnterpriseForm(request.POST or request.kept_draft, request.FILES or None, instance=request.user.enterprise)
    opened_on = request.POST.get("opened_on", "")
    try:
        if opened_on and opened_on != str(request.user.enterprise.pk):
            raise actions.MergedMeanwhile
        if request.method == "POST" and form.is_valid():
            fields = {name: value for name, value in form.cleaned_data.items() if name != "uscc"}
            actions.update_enterprise(request.user.enterprise, **fields)
            messages.success(request, _("已保存。"))
            return redirect("accounts:enterprise")
    except actions.MergedMeanwhile as merged:
        form.full_clean()
        form.add_error(None, str(merged))
        form.ask_for_file_again()
    return render(request, "accounts/enterprise.html", {"form": form, "enterprise": request.user.enterprise})


@signed_in
def licence(request: Request, pk: int) -> FileResponse | HttpResponse:
    visible = queries.enterprises_visible_to(request.user)
    if found_old := Enterprise.every.filter(pk=pk, merged_into__isnull=False).first():
        now = get_object_or_404(visible, pk=queries.standing(found_old).pk)
        return redirect("accounts:licence", pk=now.pk)  # for now: a merge may be undone
    found = get_object_or_404(visible, pk=pk)
    if not found.licence:
        raise Http404
    audit.viewed(found, ["营业执照"], purpose="supervision" if Role.SUPERVISOR in request.user.roles else "visit")
    return FileResponse(found.licence.open(), as_attachment=True)


@member_required
def consents(request: Request) -> HttpResponse:
    return render(request, "accounts/consents.html", {"consents": queries.consents_of(request.user.enterprise)})


@require_POST
@member_required
def consent_withdraw(request: Request, pk: int) -> HttpResponse:
    consent = get_object_or_404(queries.consents_of(request.user.enterprise), pk=pk)
    actions.withdraw_consent(consent)
    messages.success(request, _("已撤回对 %(name)s 的授权，对方不再能查看您的资料。") % {"name": consent.institution})
    return redirect("accounts:consents")


@require_POST
@member_required
def consent_restore(request: Request, pk: int) -> HttpResponse:
    """Undo of a withdrawal: a consent given anew."""
    consent = get_object_or_404(queries.consents_of(request.user.enterprise), pk=pk)
    actions.give_consent(
        enterprise=request.user.enterprise, institution=consent.institution, by=request.user, purpose=consent.purpose
    )
    messages.success(request, _("已重新授权 %(name)s。") % {"name": consent.institution})
    return redirect("accounts:consents")


@signed_in
def notices(request: Request, area: str) -> HttpResponse:
    found = list(queries.notices_of(request.user)[:100])
    actions.read_notices(request.user)
    return render(request, "accounts/notices.html", {"notices": found, "layout": f"{area}.html"})


def demo_inbox(request: Request) -> HttpResponse:
    from .demo import demo_accounts

    return render(
        request,
        "accounts/demo_inbox.html",
        {"messages_sent": SmsMessage.objects.all()[:30], "accounts": demo_accounts()},
    )
