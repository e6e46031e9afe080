"""Forms about a referral: the institution's steps, the enterprise's withdrawal and rating."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import DeclineReason, FailureReason, Rating
from ..needs.reading import WAN

NOTE = forms.Textarea(attrs={"rows": 3, "maxlength": 400})


def _choose(choices) -> list:
    return [("", _("请选择")), *choices]


class AcceptForm(forms.Form):
    note = forms.CharField(
        label=_("给企业的话"),
        required=False,
        max_length=400,
        widget=NOTE,
        help_text=_("如：预计何时联系、先备好哪些材料"),
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("原因"), choices=_choose(DeclineReason.choices))
    note = forms.CharField(label=_("说明"), required=False, max_length=400, widget=NOTE, help_text=_("企业会看到"))

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("reason") == DeclineReason.OTHER and not data.get("note", "").strip():
            self.add_error("note", _("选择“其他”时，请写明原因，企业会看到。"))
        return data


class ContactForm(forms.Form):
    note = forms.CharField(
        label=_("怎么联系的，谈了什么"),
        max_length=400,
        widget=NOTE,
        help_text=_("企业会看到。如：电话联系，约周三上门看厂房"),
    )


class GrantForm(forms.Form):
    amount = forms.DecimalField(
        label=_("办成金额（万元）"),
        max_digits=10,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    rate = forms.DecimalField(
        label=_("年利率（%）"),
        required=False,
        min_value=0,
        max_value=36,
        max_digits=7,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("没有利率的服务（如保险、股权）不填"),
    )
    on = forms.DateField(label=_("放款（生效）日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("说明"), required=False, max_length=400, widget=NOTE)

    def clean_amount(self):
        if self.cleaned_data["amount"] <= 0:
            raise ValidationError(_("请填大于 0 的金额，单位是万元。"))
        return self.cleaned_data["amount"] * WAN

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise ValidationError(_("放款日期不能晚于今天。"))
        return self.cleaned_data["on"]


class FailForm(forms.Form):
    reason = forms.ChoiceField(label=_("原因"), choices=_choose(FailureReason.choices))
    note = forms.CharField(label=_("说明"), required=False, max_length=400, widget=NOTE, help_text=_("企业会看到"))

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("reason") == FailureReason.OTHER and not data.get("note", "").strip():
            self.add_error("note", _("选择“其他”时，请写明原因，企业会看到。"))
        return data


class WithdrawForm(forms.Form):
    note = forms.CharField(label=_("想说明的"), required=False, max_length=400, widget=NOTE)
    with_consent = forms.BooleanField(
        label=_("同时撤回对这家机构的授权"), required=False, help_text=_("撤回后，这家机构不再能查看您的任何资料。")
    )


class RatingForm(forms.Form):
    level = forms.TypedChoiceField(
        label=_("总体评价"), coerce=int, choices=Rating.Level.choices, widget=forms.RadioSelect
    )
    reasons = forms.MultipleChoiceField(
        label=_("原因"), required=False, choices=Rating.Reason.choices, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label=_("想说的话"), required=False, max_length=400, widget=NOTE)
