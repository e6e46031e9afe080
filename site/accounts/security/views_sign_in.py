"""Signing in where it is ours: the code's page, lost factors, and an administrator's help for a colleague."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.account.views import ConfirmLoginCodeView as AllauthConfirmLoginCodeView
from allauth.core.exceptions import RateLimited
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import phones
from ..http import Request
from ..models import User
from ..roles import Role, role_required
from ..sms.backends import SmsError
from . import account_actions, codes, contacts, factors, limits, recovery, stages
from .forms import CodeForm, ReasonForm

PURPOSE = "lost factor"
FOUND = 20


class ConfirmLoginCodeView(AllauthConfirmLoginCodeView):
    def _resend_form_valid(self, form) -> HttpResponse:
        """allauth's own fails for a number that nobody has; here the two pages are alike."""
        if self._process.user is not None:
            return super()._resend_form_valid(form)
        adapter = get_adapter(self.request)
        try:
            adapter.send_unknown_account_sms(self._process.state["phone"])
            self._process.add_sent_message({})
            self._process.record_resend()
            self._process.persist()
        except RateLimited:
            adapter.add_message(self.request, messages.ERROR, message=adapter.error_messages["rate_limited"])
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _verify_form_valid(self, form) -> HttpResponse:
        user = self._process.user
        if user is not None and not user.phone_verified and user.last_login is None:
            account_actions.claim_from_stranger(user)
        return super()._verify_form_valid(form)


confirm_login_code = ConfirmLoginCodeView.as_view()


@login_stage_required(stage=stages.AuthenticateStage.key, redirect_urlname="account_login")
def lost_factor(request: Request) -> HttpResponse:
    """For who has passed password or code, but has no factor at hand: see `recovery`."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user = stage.login.user
    if factors.is_staff(user) or not user.phone:
        return render(request, "accounts/security/lost_factor_staff.html", {"is_staff": factors.is_staff(user)})
    form = None
    if request.method == "POST" and request.POST.get("action") == "send":
        try:
            codes.send(request, PURPOSE, user.phone)
        except (limits.TooMany, SmsError) as error:
            messages.error(request, str(error))
    elif request.method == "POST":
        form = CodeForm(request.POST, purpose=PURPOSE)
        if form.is_valid():
            return _request_or_carry_out(request, stage)
    if form is None and codes.sent_to(request, PURPOSE):
        form = CodeForm(purpose=PURPOSE)
    found = recovery.waiting(user)
    context = {
        "form": form,
        "phone": user.phone,
        "recovery": found,
        "is_due": found is not None and recovery.is_due(found),
        "hours": settings.FACTOR_RECOVERY_HOURS,
    }
    return render(request, "accounts/security/lost_factor.html", context)


def _request_or_carry_out(request: Request, stage) -> HttpResponse:
    user = stage.login.user
    found = recovery.waiting(user)
    if found is None or not recovery.is_due(found):
        recovery.request(user)
        return redirect("account_lost_factor")
    recovery.carry_out(user)
    messages.success(request, _("第二道验证已移除，请重新登录，并到“登录与安全”重新设置。"))
    return stage.abort()  # this sign-in began when a factor was still asked for


def cancel_recovery(request: Request, token: str) -> HttpResponse:
    """From the link in message, mail or notice; nobody needs to be signed in to stop a removal."""
    found = recovery.by_token(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        recovery.cancel(found)
        found.refresh_from_db()
    return render(request, "accounts/security/recovery_cancel.html", {"recovery": found})


@role_required(Role.ADMINISTRATOR)
def help_list(request: Request) -> HttpResponse:
    """Finds the colleague who is shut out."""
    text = request.GET.get("q", "").strip()[:60]
    people: list[User] = []
    if text:
        phone = phones.normalise(text)
        wanted = Q(phone=phone) if phone else Q(name__icontains=text) | Q(username__iexact=text)
        people = list(User.objects.filter(wanted).order_by("name", "pk")[:FOUND])
    return render(request, "accounts/security/help_list.html", {"q": text, "people": people})


@role_required(Role.ADMINISTRATOR)
@reauthentication_required
def help_person(request: Request, pk: int) -> HttpResponse:
    """What the colleague signs in with, and its reset with a reason."""
    person = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            removed = factors.reset(person, by=request.user, reason=form.cleaned_data["reason"])
        except factors.NotOneself as error:
            form.add_error(None, str(error))
        else:
            text = _("已重置 %(person)s 的 %(count)s 项验证方式，并让其所有设备退出登录。")
            messages.success(request, text % {"person": person, "count": len(removed)})
            return redirect("accounts:sign_in_help")
    context = {
        "person": person,
        "form": form,
        "is_self": person.pk == request.user.pk,
        "authenticators": Authenticator.objects.filter(user=person).order_by("pk"),
        "security_page": contacts.security_page(request.user),
    }
    return render(request, "accounts/security/help_person.html", context)
