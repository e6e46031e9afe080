"""The page 登录与安全 and what hangs on it: name, phone, password, passkeys, devices signed in."""

import time
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..http import Request
from ..roles import signed_in
from ..sms.backends import SmsError
from . import account_actions, codes, contacts, factors, limits, oidc, sessions
from .forms import AddPasskeyForm, CodeForm, NameForm, NewPasswordForm, NewPhoneForm

OLD_PHONE, NEW_PHONE = "old phone", "new phone"
OLD_PHONE_PROVED = "accounts.old_phone_proved_at"
PROOF_SECONDS = 600


def _next(request: Request, default: str) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else default


@signed_in
def security(request: Request, area: str) -> HttpResponse:
    """Everything about one's own sign-in on one page."""
    user = request.user
    sync_user_email_address(user)  # one that the sign-up or an import left on the account alone
    found = list(Authenticator.objects.filter(user=user).order_by("pk"))
    passkeys = [each for each in found if each.type == Authenticator.Type.WEBAUTHN]
    recovery = next((each for each in found if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return render(
        request,
        "accounts/security/security.html",
        {
            "layout": f"{area}.html",
            "emails": EmailAddress.objects.filter(user=user).order_by("-primary", "pk"),
            "passkeys": passkeys,
            "totp": next((each for each in found if each.type == Authenticator.Type.TOTP), None),
            "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else None,
            "must_have": factors.must_have(user),
            "lacks_factor": factors.must_have(user) and not factors.has_second_factor(user),
            "places": sessions.places_of(user, request.session.session_key),
            "oidc": settings.OIDC_NAME if oidc.is_on() else "",
            "connected": SocialAccount.objects.filter(user=user).first() if oidc.is_on() else None,
        },
    )


@signed_in
def to_security(request: Request) -> HttpResponse:
    """Where allauth has an overview of its own."""
    return redirect(contacts.security_page(request.user))


@signed_in
def name(request: Request) -> HttpResponse:
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        request.user.save(update_fields=["name"])  # no more: sessions ended in this moment stay ended
        messages.success(request, _("已保存。"))
        return redirect(contacts.security_page(request.user))
    return render(request, "accounts/security/name.html", {"form": form, "back": contacts.security_page(request.user)})


def _proved_by_factor(request: Request) -> bool:
    """Whether this person has used authenticator, passkey or recovery code in the last minutes."""
    records = get_authentication_records(request, request.user)
    return any(each["method"] == "mfa" and time.time() - each["at"] < PROOF_SECONDS for each in records)


def _may_name_a_new_phone(request: Request) -> bool:
    proved_at = request.session.get(OLD_PHONE_PROVED, 0)
    return not request.user.phone or _proved_by_factor(request) or time.time() - proved_at < PROOF_SECONDS


def _send_code(request: Request, purpose: str, phone: str) -> bool:
    """Whether it was sent; else the page says why not."""
    try:
        codes.send(request, purpose, phone)
    except (limits.TooMany, SmsError) as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("验证码已发送，请查看短信。"))
    return True


@signed_in
@reauthentication_required
def change_phone(request: Request) -> HttpResponse:
    """Both ends are proved: first the number of now (or a second factor), then the new one."""
    user, back = request.user, contacts.security_page(request.user)
    if not _may_name_a_new_phone(request):
        return _prove_old_phone(request, back)
    sent_to = codes.sent_to(request, NEW_PHONE)
    if sent_to and request.method == "POST" and "code" in request.POST:
        code_form = CodeForm(request.POST, purpose=NEW_PHONE)
        if code_form.is_valid():
            try:
                account_actions.change_phone(user, sent_to)
            except account_actions.PhoneTaken as error:
                messages.error(request, str(error))
                return redirect("account_change_phone")
            request.session.pop(OLD_PHONE_PROVED, None)
            messages.success(request, _("手机号已更换，请用新手机号登录。"))
            return redirect(back)
        return render(request, "accounts/security/phone_code.html", {"form": code_form, "phone": sent_to, "back": back})
    form = NewPhoneForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid() and _send_code(request, NEW_PHONE, form.cleaned_data["phone"]):
        context = {"form": CodeForm(purpose=NEW_PHONE), "phone": form.cleaned_data["phone"], "back": back}
        return render(request, "accounts/security/phone_code.html", context)
    return render(request, "accounts/security/phone_new.html", {"form": form, "back": back})


def _prove_old_phone(request: Request, back: str) -> HttpResponse:
    form = None
    if request.method == "POST" and request.POST.get("action") == "send" and request.user.phone:
        _send_code(request, OLD_PHONE, request.user.phone)
    elif request.method == "POST":
        form = CodeForm(request.POST, purpose=OLD_PHONE)
        if form.is_valid():
            request.session[OLD_PHONE_PROVED] = time.time()
            return redirect("account_change_phone")
    if form is None and codes.sent_to(request, OLD_PHONE):
        form = CodeForm(purpose=OLD_PHONE)
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "form": form,
        "back": back,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "has_code": bool(kinds - {Authenticator.Type.WEBAUTHN}),
    }
    return render(request, "accounts/security/phone_old.html", context)


@signed_in
def new_password(request: Request) -> HttpResponse:
    """For who forgot it: signing in by a code to the phone (and the second factor, where there is one) is the proof."""
    records = get_authentication_records(request, request.user)
    proved = any(each["method"] == "code" and time.time() - each["at"] < PROOF_SECONDS for each in records)
    if not proved and request.user.has_usable_password():
        return redirect("account_change_password")
    back = contacts.security_page(request.user)
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        account_actions.set_password(request.user, form.cleaned_data["password1"])
        update_session_auth_hash(request, request.user)
        sessions.end(request.user, None, request.session.session_key)
        messages.success(request, _("新密码已生效，其他设备上的登录已退出。"))
        return redirect(back)
    return render(request, "accounts/security/password_new.html", {"form": form, "back": back})


@require_POST
@signed_in
def end_session(request: Request, pk: int) -> HttpResponse:
    if sessions.end(request.user, pk, request.session.session_key):
        messages.success(request, _("那台设备已退出登录。"))
    return redirect(f"{contacts.security_page(request.user)}#devices")


@require_POST
@signed_in
def end_other_sessions(request: Request) -> HttpResponse:
    count = sessions.end(request.user, None, request.session.session_key)
    messages.success(request, _("已退出其他 %(count)s 台设备。") % {"count": count})
    return redirect(f"{contacts.security_page(request.user)}#devices")


class GoingOn:
    """Adds a factor, shows recovery codes to whom the factor could shut out, and goes on to where the person was going."""

    request: Request
    did_generate_recovery_codes: bool

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": _next(self.request, "")}  # type: ignore[misc]

    def get_success_url(self) -> str:
        target = _next(self.request, contacts.security_page(self.request.user))
        if self.did_generate_recovery_codes and factors.is_asked_at_sign_in(self.request.user):
            return f"{reverse('mfa_view_recovery_codes')}?{urlencode({'next': target}, safe='/')}"
        return target


class AddPasskeyView(GoingOn, AddWebAuthnView):
    pass


class AddAuthenticatorView(GoingOn, ActivateTOTPView):
    pass


class RecoveryCodesView(ViewRecoveryCodesView):
    def get_context_data(self, **kwargs) -> dict:
        target = _next(self.request, contacts.security_page(self.request.user))
        return super().get_context_data(**kwargs) | {"next": target}


@signed_in
def offer_passkey(request: Request) -> HttpResponse:
    """After signing up: next time by fingerprint or face, if they like."""
    target = _next(request, reverse("account_start"))
    if not Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN).exists():
        context = {
            "form": AddPasskeyForm(user=request.user),
            "js_data": {"creation_options": webauthn.begin_registration(request.user, False)},
            "next": target,
        }
        return render(request, "accounts/security/offer_passkey.html", context)
    return HttpResponseRedirect(target)


@signed_in
def set_up_factor(request: Request) -> HttpResponse:
    """Why staff need a second factor, and the two ways to one."""
    target = _next(request, "/desk/")
    if not factors.must_have(request.user) or factors.has_second_factor(request.user):
        return HttpResponseRedirect(target)
    return render(
        request, "accounts/security/set_up_factor.html", {"next": target, "kept": "kept_draft" in request.session}
    )
