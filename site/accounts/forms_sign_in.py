"""Forms of signing up and in: one field takes whatever people type; the words are ours."""

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.forms import VerifyPhoneForm as AllauthVerifyPhoneForm
from django import forms
from django.utils.translation import gettext_lazy as _

from . import phones


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


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
            self.fields["phone"].label = _("手机号")
            self.fields["phone"].help_text = _("没有注册过的手机号请先注册。")
        if "email" in self.fields:
            del self.fields["email"]


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


def _numeric_code(field: forms.Field) -> None:
    field.label = _("验证码")
    field.help_text = _("短信里的 6 位数字")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class ConfirmLoginCodeForm(AllauthConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _numeric_code(self.fields["code"])


class VerifyPhoneForm(AllauthVerifyPhoneForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _numeric_code(self.fields["code"])
