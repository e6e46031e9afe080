"""How allauth signs people in here: one field for phone, user name and e-mail; codes by SMS."""

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from . import phones, sms
from .models import User
from .sms.backends import SmsError


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
        "too_many_login_attempts": _("试的次数太多了，请几分钟后再试。"),
        "incorrect_code": _("验证码不对或已过期，请核对或重新获取。"),
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

    def _send_code(self, phone: str, code: str) -> None:
        try:
            sms.send(phone, "code", code=code)
        except SmsError as error:
            messages.error(self.request, str(error))

    def send_verification_code_sms(self, user, phone: str, code: str, **kwargs) -> None:
        self._send_code(phone, code)

    def send_unknown_account_sms(self, phone: str, **kwargs) -> None:
        """Nobody is told whether a number is known; a stranger gets no message."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        """As above: the page says the same in both cases."""

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
