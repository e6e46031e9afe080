"""Forms of signing up and in: one field takes whatever people type; the words are ours."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.forms import VerifyPhoneForm as AllauthVerifyPhoneForm
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import phones
from .models import User
from .security import codes, limits


def account_of(login: str) -> User | None:
    """Whom this phone (E.164), e-mail or user name belongs to."""
    if phones.normalise(login):
        return User.objects.filter(phone=login).first() or User.objects.filter(username=login).first()
    if "@" in login:
        found = filter_users_by_email(login, prefer_verified=True, for_login=True)
        if found:
            return found[0]
    return User.objects.filter(username__iexact=login).first()


def allow_code(phone: str) -> None:
    """Counts one message to `phone` before it is known whose it is; ValidationError with how long to wait."""
    try:
        get_adapter(context.request).allow_code(phone)
    except limits.TooMany as error:
        raise ValidationError(str(error), code="rate_limited") from error


class LimitedCode:
    """A code is guessed a few times, however many guesses come at once."""

    def phone_of_code(self) -> str:
        raise NotImplementedError

    def clean_code(self) -> str:
        try:
            claims = limits.take(codes.guess(context.request, self.phone_of_code()))
        except limits.TooMany as error:
            raise ValidationError(str(error), code="rate_limited") from error
        code = super().clean_code()  # type: ignore[misc]
        limits.give_back(claims)
        return code


class LoginField(forms.CharField):
    """Phone → E.164; user name and e-mail as they are."""

    def __init__(self, **kwargs) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True})
        super().__init__(label=_("手机号、用户名或邮箱"), widget=widget, max_length=254, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        return phones.normalise(value) or value


class LoginForm(AllauthLoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = LoginField()
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields.pop("remember", None)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict:
        """One way to check a password for every way of writing the account: guesses add up, and all take as long."""
        login = self.cleaned_data["login"]
        user = account_of(login)
        return {"username": user.username if user else login, "password": self.cleaned_data.get("password")}


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
            self.fields["phone"].label = _("手机号")
            self.fields["phone"].help_text = _("没有注册过的手机号请先注册。")
        if "email" in self.fields:
            del self.fields["email"]

    def clean_phone(self) -> str:
        phone = super().clean_phone()
        if phone:
            allow_code(phone)
        return phone


class SignupForm(AllauthSignupForm):
    """Phone and password, and the name by which bank and advisor will address this person."""

    name = forms.CharField(label=_("怎么称呼您"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["phone", "name", "password1", "email"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("机构和顾问联系您时用，如：王女士、张三")
        self.fields["phone"].label = _("手机号")
        self.fields["phone"].help_text = _("用来登录和接收验证码")
        self.fields["password1"].label = _("密码")
        self.fields["password1"].help_text = _("至少 8 位，不要用常见的密码或与手机号相近的密码")
        self.fields["password1"].widget.attrs.pop("placeholder", None)
        self.fields["email"].label = _("邮箱")
        self.fields["email"].help_text = _("填了也可以用邮箱登录")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and "phone" in cleaned:
            try:
                allow_code(cleaned["phone"])
            except ValidationError as error:
                self.add_error("phone", error)
        return cleaned


class AddEmailForm(AllauthAddEmailForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("新邮箱")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class ResetPasswordForm(AllauthResetPasswordForm):
    """By e-mail, and only to an address that has been confirmed: one that was mistyped at sign-up is somebody else's."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("邮箱")
        self.fields["email"].help_text = _("已在“登录与安全”里确认过的邮箱")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email = super().clean_email()
        confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True).values_list("user_id", flat=True)
        found: list[User] = list(self.users)  # type: ignore[has-type]
        self.users = [user for user in found if user.pk in set(confirmed)]
        return email


def _numeric_code(field: forms.Field) -> None:
    field.label = _("验证码")
    field.help_text = _("短信里的 6 位数字")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class ConfirmLoginCodeForm(LimitedCode, AllauthConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _numeric_code(self.fields["code"])

    def phone_of_code(self) -> str:
        stage = getattr(context.request, "_login_stage", None)
        return stage.state.get("phone", "") if stage else ""


class VerifyPhoneForm(LimitedCode, AllauthVerifyPhoneForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _numeric_code(self.fields["code"])

    def phone_of_code(self) -> str:
        return self.phone or ""
