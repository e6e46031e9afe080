"""How allauth signs people in here: one field for phone, user name and e-mail; codes by SMS; exact limits."""

import time
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.core.exceptions import RateLimited
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import phones, sms
from .models import User
from .security import codes, limits
from .sms.backends import SmsError

CODES_ALLOWED, CODES_WAIT = "_codes_allowed", "_codes_wait"  # of a request: what its form has counted, how long to wait


def _wait_for_code() -> str:
    seconds = getattr(context.request, CODES_WAIT, 60)
    return gettext("验证码发送得太频繁了，请 %(wait)s后再试。") % {"wait": limits.wait_in_words(seconds)}


class PhoneField(forms.CharField):
    """Bare 11 digits, with or without +86 and spaces."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value):
        value = super().clean(value)
        return phones.clean(value) if value else value


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "phone_taken": _("这个手机号已经注册，请直接登录。"),
        "email_password_mismatch": _("账号或密码不对，请再试一次，或用短信验证码登录。"),
        "username_password_mismatch": _("账号或密码不对，请再试一次，或用短信验证码登录。"),
        "phone_password_mismatch": _("账号或密码不对，请再试一次，或用短信验证码登录。"),
        "too_many_login_attempts": _("这个验证码试的次数太多了，请重新获取。"),
        "rate_limited": lazy(_wait_for_code, str)(),
        "incorrect_code": _("验证码不对或已过期，请核对或重新获取。"),
        "incorrect_password": _("密码不对，请再试一次。"),
        "same_as_current": _("这就是现在用的，请填新的。"),
    }

    def phone_form_field(self, **kwargs):
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        return phones.clean(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phones.normalise(phone) or phone).order_by("-phone_verified").first()

    def generate_login_code(self) -> str:
        return get_random_string(6, "0123456789")

    def generate_phone_verification_code(self, **kwargs) -> str:
        return get_random_string(6, "0123456789")

    def allow_code(self, phone: str) -> None:
        """Counts one message to this number, known or not. Raises limits.TooMany."""
        codes.allow(self.request, phone)
        setattr(self.request, CODES_ALLOWED, phone)

    def _send(self, phone: str, template: str | None, **parameters: str) -> None:
        """A message, or none for a number that nobody has: page, words and limits are the same."""
        if getattr(self.request, CODES_ALLOWED, None) != phone:
            try:
                self.allow_code(phone)
            except limits.TooMany as error:
                setattr(self.request, CODES_WAIT, error.seconds)
                if self.request.POST.get("action") == "resend":
                    raise RateLimited from error  # the view says so, and the code sent before stays good
                self._refuse(_wait_for_code())
                return
        setattr(self.request, CODES_ALLOWED, None)
        try:
            sms.check_ready()
            if template:
                sms.send_soon(phone, template, **parameters)
        except SmsError as error:
            self._refuse(str(error))

    def _refuse(self, text: str) -> None:
        messages.error(self.request, text)
        self.request.codes_refused = True  # the message that it was sent is left out

    def send_verification_code_sms(self, user, phone: str, code: str, **kwargs) -> None:
        self._send(phone, "code", code=code)

    def send_unknown_account_sms(self, phone: str, **kwargs) -> None:
        """Nobody is told whether a number is known; a stranger gets no message."""
        self._send(phone, None)

    def send_account_already_exists_sms(self, phone: str) -> None:
        """The page says the same in both cases; only whoever holds the phone learns that it is registered."""
        self._send(phone, "known")

    # Wrong passwords: counted before the password is looked at, given back when it was right.

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        account = str(credentials.get("username") or credentials.get("phone") or credentials.get("email") or "")
        try:
            self._taken = limits.take(
                (limits.PASSWORD_ACCOUNT, account),
                (limits.PASSWORD_ACCOUNT_DAY, account),
                (limits.PASSWORD_ADDRESS, self.get_client_ip(request)),
            )
        except limits.TooMany as error:
            text = gettext("密码试的次数太多了，请 %(wait)s后再试，或改用短信验证码、通行密钥登录。")
            wait = {"wait": limits.wait_in_words(error.seconds)}
            raise ValidationError(text % wait, code="too_many_login_attempts") from error

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.give_back(self._taken)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials) -> None:
        """After a reset by e-mail the new password is not kept waiting by guesses at the old one."""
        for user in User.objects.filter(emailaddress__email__iexact=credentials.get("email", "")):
            limits.forget((limits.PASSWORD_ACCOUNT, user.username))

    def is_reauthentication_required(self, *, app: str | None = None) -> bool:
        """Whoever has signed in just now is not asked again."""
        request = context.request
        records = get_authentication_records(request, request.user)
        recent = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        if any(record["at"] > recent for record in records):
            return False
        return super().is_reauthentication_required(app=app)

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.security.stages.AuthenticateStage"}
        return [ours.get(each, each) for each in super().get_login_stages()]

    def post_login(
        self, request: HttpRequest, user, *, signup: bool, redirect_url: str | None, **kwargs
    ) -> HttpResponse:
        response = super().post_login(request, user, signup=signup, redirect_url=redirect_url, **kwargs)
        if not signup:
            return response
        record_authentication(request, user, method="signup")
        query = urlencode({"next": redirect_url}) if redirect_url else ""
        return HttpResponseRedirect(f"{reverse('account_offer_passkey')}{'?' if query else ''}{query}")

    def populate_username(self, request, user) -> None:
        if not user.username:
            user.username = f"u{get_random_string(10, 'abcdefghjkmnpqrstuvwxyz23456789')}"

    def save_user(self, request, user, form, commit=True) -> User:
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit=commit)

    def get_login_redirect_url(self, request) -> str:
        return reverse("account_start")

    def get_signup_redirect_url(self, request) -> str:
        return reverse("account_start")
