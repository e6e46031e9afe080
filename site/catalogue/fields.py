"""Form and model fields that the catalogue needs and Django lacks."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


class ChoiceListField(models.JSONField):
    """A list of codes out of `item_choices`, stored as a JSON array, edited as check boxes. Empty list = not stated.

    Choices are presentation, not schema: no migration when one is added."""

    def __init__(self, *args, item_choices=(), **kwargs):
        self.item_choices = item_choices
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=getattr(self.item_choices, "choices", self.item_choices),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )

    def labels(self, values: list[str]) -> list[str]:
        """The names of `values` in the order of the choices."""
        return [
            str(label) for value, label in getattr(self.item_choices, "choices", self.item_choices) if value in values
        ]


class WordListField(models.JSONField):
    """A list of short codes, stored as a JSON array, edited as one line of their names: 首贷户、小型.

    `item_choices`: choices whose codes have names; words that are none of them are kept as they are typed."""

    def __init__(self, *args, item_choices=(), **kwargs):
        self.item_choices = item_choices
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def formfield(self, **kwargs):
        return WordListFormField(
            names={code: str(label) for code, label in self.item_choices},
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


class WordListFormField(forms.Field):
    """ "首贷户、小型" ↔ ["first_loan", "small"]; accepts any separator that people type."""

    widget = forms.TextInput

    def __init__(self, *, names: dict[str, str], **kwargs) -> None:
        self.names = names
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return "、".join(str(self.names.get(word, word)) for word in value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        codes: dict[str, str] = {name: code for code, name in self.names.items()}
        text = value if isinstance(value, str) else "、".join(map(str, value or []))
        words = re.findall(r"[^、，,;；\s]+", text)
        return list(dict.fromkeys(codes.get(word, word) for word in words))

    def has_changed(self, initial, data) -> bool:
        return self.to_python(data) != self.to_python(initial)


class StepsField(models.JSONField):
    """Later rates of a fee by the day: [{"from_day": 6, "rate": "0.05"}], in order. % a day; the first is the row's own."""

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def formfield(self, **kwargs):
        return StepsFormField(
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


STEP = re.compile(r"第?\s*(\d{1,4})\s*天?\s*(?:起|：|:)\s*(?:每天)?\s*(\d+(?:\.\d{1,5})?)\s*%?")


def read_steps(text: str) -> list[dict[str, Any]]:
    """ "第 6 天起 0.05、第 11 天起 0.08" → steps. Raises ValueError with what is wrong, in words."""
    steps: list[dict[str, Any]] = []
    for part in filter(None, (each.strip() for each in re.split(r"[、，,;；\n]+", text))):
        found = STEP.fullmatch(part)
        if found is None:
            raise ValueError(_("“%s”读不懂，请写成“第 6 天起 0.05”。") % part[:40])
        steps.append({"from_day": int(found[1]), "rate": str(Decimal(found[2]))})
    days = [step["from_day"] for step in steps]
    if days != sorted(set(days)) or (days and days[0] < 2):
        raise ValueError(_("各段要按天数从小到大写，从第 2 天或以后开始。"))
    return steps


def write_steps(steps: list[dict[str, Any]]) -> str:
    return "、".join(f"第 {step['from_day']} 天起 {step['rate']}" for step in steps)


class StepsFormField(forms.Field):
    widget = forms.TextInput

    def prepare_value(self, value):
        return write_steps(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return value
        try:
            return read_steps(value or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True
