"""Forms of factors and of the page 登录与安全, in our words and with our limits."""

from allauth.account.fields import SetPasswordField
from allauth.core import context
from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..adapter import PhoneField
from ..models import User
from . import codes, limits

NUMERIC = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}


class LimitedFactor:
    """The code of an authenticator or a recovery code is guessed a few times, however many guesses come at once."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label, field.help_text = (
            _("验证码或恢复码"),
            _("验证器应用里的 6 位数字；手机不在身边时填一个 8 位恢复码"),
        )
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= NUMERIC

    def clean_code(self) -> str:
        subject = str(self.user.pk)  # type: ignore[attr-defined]
        try:
            claims = limits.take((limits.FACTOR_GUESS, subject), (limits.FACTOR_GUESS_DAY, subject))
        except limits.TooMany as error:
            raise ValidationError(str(error), code="rate_limited") from error
        code = super().clean_code()  # type: ignore[misc]
        limits.give_back(claims)
        return code


class AuthenticateForm(LimitedFactor, base_forms.AuthenticateForm):
    pass


class ReauthenticateForm(LimitedFactor, base_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(AllauthActivateTOTPForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("应用里显示的 6 位数字")
        self.fields["code"].help_text = _("数字每 30 秒换一次，填现在显示的")
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs |= NUMERIC


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """Always one that signs in by itself, with the device's own lock; `passwordless` is not asked for."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"] = forms.BooleanField(initial=True, widget=forms.HiddenInput)
        self.fields["name"].label = _("给它起个名字")
        self.fields["name"].help_text = _("如：我的手机、办公室电脑")
        self.fields["name"].max_length = 40


class EditPasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名字")
        self.fields["name"].help_text = _("如：我的手机、办公室电脑")


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("怎么称呼您")}
        help_texts = {"name": _("机构和顾问联系您时用，如：王女士、张三")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class NewPhoneForm(forms.Form):
    phone = PhoneField(label=_("新手机号"), help_text=_("会往这个号码发一条验证码"))

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone == self.user.phone:
            raise ValidationError(_("这就是现在用的手机号，请填新的。"))
        return phone


class CodeForm(forms.Form):
    """The code sent for `purpose`."""

    code = forms.CharField(
        label=_("验证码"),
        help_text=_("短信里的 6 位数字"),
        max_length=12,
        widget=forms.TextInput(attrs=NUMERIC),
    )

    def __init__(self, *args, purpose: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose

    def clean_code(self) -> str:
        try:
            right = codes.check(context.request, self.purpose, self.cleaned_data["code"])
        except limits.TooMany as error:
            raise ValidationError(str(error), code="rate_limited") from error
        if not right:
            raise ValidationError(_("验证码不对或已过期，请核对或重新获取。"), code="incorrect_code")
        return self.cleaned_data["code"]


class NewPasswordForm(forms.Form):
    password1 = SetPasswordField(label=_("新密码"), help_text=_("至少 8 位，不要用常见的密码或与手机号相近的密码"))

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].user = user  # type: ignore[attr-defined]
        self.fields["password1"].widget.attrs.pop("placeholder", None)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"),
        help_text=_("会记入审计，如：本人持工作证到场，手机丢失"),
        min_length=6,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
