"""The form of a need: what a sentence says, or what is filled in without one."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.forms import CodeField
from accounts.models import Region, Trait
from catalogue.models import GuaranteeKind, ProductKind, Purpose

from ..models import Need
from .parser import ParsedNeed
from .reading import WAN, detail_words, marks_that_hold, need_of, sources

YES_NO = [("", _("还没定")), ("yes", _("是")), ("no", _("否"))]
SAID = {"yes": True, "no": False, "": None}
MOST = 500  # characters of a sentence
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


class SaidField(forms.MultipleChoiceField):
    """What the sentence says besides: an address kept from before may name what is no longer read."""

    def validate(self, value: list[str]) -> None:
        pass


class NeedForm(forms.Form):
    """Amounts are typed in 万元 and kept in 元. Everything may stay open; `clean` asks for the least that can be matched."""

    text = forms.CharField(required=False, max_length=MOST, widget=forms.HiddenInput)
    amount_low = forms.DecimalField(
        label=_("至少要多少（万元）"),
        required=False,
        max_digits=10,
        decimal_places=4,
        widget=forms.TextInput(attrs=NUMBER),
    )
    amount_high = forms.DecimalField(
        label=_("最多要多少（万元）"),
        required=False,
        max_digits=10,
        decimal_places=4,
        widget=forms.TextInput(attrs=NUMBER),
    )
    purposes = forms.MultipleChoiceField(
        label=_("用来做什么"), required=False, choices=Purpose, widget=forms.CheckboxSelectMultiple
    )
    guarantee_kinds = forms.MultipleChoiceField(
        label=_("能提供什么担保"), required=False, choices=GuaranteeKind, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        label=_("想要哪类服务"),
        required=False,
        choices=ProductKind,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就都看看"),
    )
    region = CodeField(
        model=Region,
        name_field="full_name",
        source="/accounts/options/regions/",
        label=_("经营所在地"),
        required=False,
        help_text=_("如：舟山市定海区；不填则按企业登记的所在地"),
    )
    term_months = forms.IntegerField(
        label=_("期限（月）"), required=False, min_value=1, max_value=360, widget=forms.TextInput(attrs=NUMBER)
    )
    days = forms.IntegerField(
        label=_("只用几天（天）"), required=False, min_value=1, max_value=3650, widget=forms.TextInput(attrs=NUMBER)
    )
    revolving = forms.ChoiceField(label=_("要随借随还吗"), required=False, choices=YES_NO)
    rate_ceiling = forms.DecimalField(
        label=_("可接受的最高年利率（%）"),
        required=False,
        min_value=0,
        max_value=36,
        max_digits=6,
        decimal_places=3,
        widget=forms.TextInput(attrs=NUMBER),
    )
    needed_by = forms.DateField(
        label=_("最晚哪天要用"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    matures_on = forms.DateField(
        label=_("现有贷款哪天到期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    renewal_agreed = forms.ChoiceField(label=_("银行同意续贷了吗"), required=False, choices=YES_NO)
    said = SaidField(
        label=_("原话里还说到这些"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("匹配时会用到；不对的请取消勾选"),
    )
    said_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    MAIN = ("amount_low", "amount_high", "purposes", "guarantee_kinds")
    MORE = (
        "kinds", "region", "term_months", "days", "revolving", "rate_ceiling", "needed_by", "matures_on",
        "renewal_agreed",
    )  # fmt: skip

    def __init__(
        self, *args, parsed: ParsedNeed | None = None, need: Need | None = None, on: date | None = None, **kwargs
    ) -> None:
        """`parsed`: what the sentence says; `need`: the stored one that is being changed."""
        super().__init__(*args, **kwargs)
        self.parsed, self.on = parsed, on or timezone.localdate()
        self.read = need_of(parsed, self.on) if parsed is not None else need
        self.details: dict[str, Any] = {} if self.read is None else self.read.details
        for trait in Trait:
            self.fields[f"trait_{trait.value}"] = forms.ChoiceField(
                label=trait.label, required=False, choices=[("", _("按登记信息")), ("yes", _("是")), ("no", _("否"))]
            )

        said = detail_words(self.details)
        self.fields["said"].choices = [  # type: ignore[attr-defined]
            (name, _("%(label)s：%(value)s") % {"label": label, "value": value}) for name, (label, value) in said
        ]
        self.fields["said"].initial = [name for name, _words in said]
        self.fields["said_shown"].initial = "1"
        if self.read is not None:
            self._tell_sources(sources(self.read))

    def _tell_sources(self, words: dict[str, str]) -> None:
        """Under each field the words of the sentence that its value was read from."""
        for name, said in words.items():
            if name in self.fields:
                field = self.fields[name]
                field.help_text = format_html("{} {}", field.help_text, _("原话：“%s”") % said)

    def main_fields(self) -> list:
        return [self[name] for name in self.MAIN]

    def more_fields(self) -> list:
        return [self[name] for name in self.MORE]

    def trait_fields(self) -> list:
        return [self[f"trait_{trait.value}"] for trait in Trait]

    @property
    def more_is_open(self) -> bool:
        return any(self[name].value() or self[name].errors for name in self.MORE)

    @property
    def traits_are_open(self) -> bool:
        return any(self[f"trait_{trait.value}"].value() for trait in Trait)

    def _yuan(self, name: str):
        value = self.cleaned_data.get(name)
        if value is None:
            return None
        if value <= 0:
            raise ValidationError(_("请填大于 0 的金额，单位是万元。"))
        return value * WAN

    def clean_amount_low(self):
        return self._yuan("amount_low")

    def clean_amount_high(self):
        return self._yuan("amount_high")

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        low, high = data.get("amount_low"), data.get("amount_high")
        if low is not None and high is not None and low > high:
            self.add_error("amount_high", _("最多的金额不能小于至少的金额。"))
        if data.get("needed_by") and data["needed_by"] < self.on:
            self.add_error("needed_by", _("这一天已经过去了，请核对。"))
        told = (low, high, data.get("purposes"), data.get("kinds"), data.get("matures_on"))
        if not any(told) and not self.errors:
            raise ValidationError(_("请至少填写金额、用途或想要的服务中的一项，这样才能为您匹配。"))
        return data

    def need_fields(self) -> dict[str, Any]:
        """Values of the need's columns. Words stay marked where the sentence's reading was kept as it was."""
        data = self.cleaned_data
        fields = {
            name: data[name]
            for name in (
                "amount_low", "amount_high", "kinds", "purposes", "guarantee_kinds", "region", "term_months", "days",
                "rate_ceiling", "needed_by", "matures_on",
            )
        }  # fmt: skip
        fields["revolving"], fields["renewal_agreed"] = SAID[data["revolving"]], SAID[data["renewal_agreed"]]
        fields["traits"] = {
            trait.value: SAID[data[f"trait_{trait.value}"]] for trait in Trait if data[f"trait_{trait.value}"]
        }
        fields["text"] = data["text"]
        if self.read is not None:
            dropped = {name for name in self.details if data["said_shown"] and name not in data["said"]}
            fields["details"] = {name: value for name, value in self.details.items() if name not in dropped}
            fields["marks"] = [mark for mark in marks_that_hold(self.read, fields) if mark["field"] not in dropped]
        return fields
