"""Forms of joining, claiming, inviting and merging."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from .. import phones, uscc
from ..adapter import PhoneField
from ..forms import UploadField
from ..models import Enterprise, EnterpriseMember
from ..queries import enterprise_by_uscc
from ..roles import Role


class KeyedForm(forms.Form):
    """A post sent twice is one record."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CreditCodeField(forms.CharField):
    """统一社会信用代码, checked as at registration."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", _("统一社会信用代码"))
        kwargs.setdefault("help_text", _("营业执照右上角的 18 位"))
        attrs = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value):
        return uscc.clean(super().clean(value))


class JoinForm(KeyedForm):
    uscc = CreditCodeField()
    message = forms.CharField(
        label=_("想对负责人说的话"),
        help_text=_("说明您是谁、负责什么，方便负责人确认，如：我是财务小李，负责贷款事宜"),
        max_length=200,
    )


class ClaimForm(KeyedForm):
    uscc = CreditCodeField()
    statement = forms.CharField(
        label=_("情况说明"),
        help_text=_("如：原负责人已离职，联系不上；我是现任法定代表人"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    licence = UploadField(label=_("营业执照照片"), required=True)
    letter = UploadField(
        label=_("授权书或介绍信"),
        help_text=_("不是法定代表人时需要，盖公章；JPG、PNG 或 PDF，不超过 10 MB"),
    )

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            for name in ("licence", "letter"):
                if name in self.files and name not in self.errors:
                    self.add_error(name, _("其他内容已为您保留，这个文件请重新选择。"))


class SupplyForm(forms.Form):
    note = forms.CharField(label=_("补充说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    licence = UploadField(label=_("营业执照照片"), help_text=_("不选则用原来的；JPG、PNG 或 PDF，不超过 10 MB"))
    letter = UploadField(label=_("授权书或介绍信"), help_text=_("不选则用原来的；JPG、PNG 或 PDF，不超过 10 MB"))


class InviteMemberForm(KeyedForm):
    phone = PhoneField(help_text=_("链接会发到这个手机，7 天内有效，只有这个号码能用"))
    kind = forms.ChoiceField(
        label=_("身份"),
        choices=[
            (EnterpriseMember.Kind.MEMBER, _("经办人：办理需求、对接和报名")),
            (EnterpriseMember.Kind.OWNER, _("负责人：还可以管理成员")),
        ],
        initial=EnterpriseMember.Kind.MEMBER,
    )


class RolesField(forms.MultipleChoiceField):
    def __init__(self, roles: list[Role], **kwargs) -> None:
        choices = [(role.value, role.label) for role in roles]
        super().__init__(label=_("角色"), choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)


class InviteStaffForm(KeyedForm):
    """`places` are (value, name) of where this person may invite; `roles` all that may be given there."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    contact = forms.CharField(
        label=_("手机号或电子邮箱"),
        help_text=_("邀请链接发到这里，7 天内有效"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, roles: list[Role], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = RolesField(roles)

    def clean_contact(self) -> str:
        text = self.cleaned_data["contact"].strip()
        if "@" in text:
            validate_email(text)
            return text.lower()
        return phones.clean(text)

    @property
    def where(self) -> dict[str, str]:
        """{phone} or {email}."""
        contact = self.cleaned_data["contact"]
        return {"email": contact} if "@" in contact else {"phone": contact}


class MergeFindForm(forms.Form):
    """Which two: the one that stays, and the one that goes into it."""

    keep = CreditCodeField(label=_("保留哪家企业"), help_text=_("统一社会信用代码"))
    merge = CreditCodeField(label=_("并入哪家企业"), help_text=_("它的记录会移到保留的企业，旧代码仍能找到"))

    def clean_keep(self) -> Enterprise:
        return self._found("keep")

    def clean_merge(self) -> Enterprise:
        return self._found("merge")

    def _found(self, name: str) -> Enterprise:
        found = enterprise_by_uscc(self.cleaned_data[name])
        if found is None:
            raise ValidationError(_("没有登记过这个代码的企业。"))
        return found

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("keep") and data.get("keep") == data.get("merge"):
            raise ValidationError(_("这两个代码已经是同一家企业。"))
        return data
