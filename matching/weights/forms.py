"""Forms of the weights: one number for each term, and what is said when they are saved."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..ranking.scoring import TERMS
from . import actions, queries

FARTHEST = timedelta(days=366)


class WeightsForm(forms.Form):
    """Plain inputs; with script each has a slider beside it. Field names are those of the terms."""

    prefix = "term"

    def __init__(self, *args: Any, in_force: Mapping[str, float], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: _plain(in_force.get(name, 0.0)) for name in TERMS})
        super().__init__(*args, **kwargs)
        self.in_force = queries.shares(in_force)
        for name in TERMS:
            self.fields[name] = forms.DecimalField(
                label=queries.label(name),
                help_text=queries.explanation(name),
                min_value=0,
                max_value=actions.LARGEST,
                max_digits=4,
                decimal_places=2,
                widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal", "data-weight": ""}),
                error_messages={"required": _("请填 0 到 10 之间的数；不看这一项就填 0。")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            terms = actions.checked(cleaned)
        except actions.BadTerms as error:
            raise ValidationError(str(error)) from error
        if queries.shares(terms) == self.in_force:
            raise ValidationError(_("各项占比与现在相同，没有可以预览的变化。"))
        self.terms = terms
        return cleaned

    def lines(self) -> list[tuple[forms.BoundField, float]]:
        """Each field with the share that its term has now."""
        return [(self[name], self.in_force[name]) for name in TERMS]


def _plain(value: float) -> str:
    return f"{value:g}"


class SaveForm(forms.Form):
    why = forms.CharField(
        label=_("为什么这样改"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会写进历史，也显示在公开的“怎么匹配和排序”里，请不要写企业和个人的信息。"),
        error_messages={"required": _("请写一句为什么这样改，企业和同事都看得到。")},
    )
    starts_on = forms.DateField(
        label=_("从哪天起用"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填就马上起用。"),
    )

    def clean_starts_on(self) -> date | None:
        day, today = self.cleaned_data["starts_on"], timezone.localdate()
        if day is not None and day < today:
            raise ValidationError(_("这一天已经过去。请填今天或以后的日期，或者不填。"))
        if day is not None and day > today + FARTHEST:
            raise ValidationError(_("请填一年之内的日期。"))
        return day
