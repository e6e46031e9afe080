"""Forms: why whole values are wanted; that an erasure is meant."""

from django import forms
from django.utils.translation import gettext_lazy as _

REASONS = [
    ("contact", _("联系当事人")),
    ("check", _("核实情况")),
    ("complaint", _("处理投诉或纠纷")),
    ("law", _("依法调取")),
    ("other", _("其他")),
]


class RevealForm(forms.Form):
    reason = forms.ChoiceField(label=_("为什么要看"), choices=[("", _("请选择")), *REASONS])
    text = forms.CharField(
        label=_("具体说明"),
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("如：对接单超时，电话催办。会写进审计记录，当事人看得到。"),
    )

    def said(self) -> str:
        label = dict(REASONS)[self.cleaned_data["reason"]]
        return f"{label}：{self.cleaned_data['text']}"


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("我已看过哪些会删除、哪些会保留，确定要删除。"),
        error_messages={"required": _("确定要删除请先勾选。")},
    )
