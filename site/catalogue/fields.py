"""Form and model fields that the catalogue needs and Django lacks."""

from django import forms
from django.db import models


class ChoiceListField(models.JSONField):
    """A list of codes out of `item_choices`, stored as a JSON array, edited as check boxes. Empty list = not stated."""

    def __init__(self, *args, item_choices=(), **kwargs):
        self.item_choices = item_choices
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs  # choices are presentation, not schema: no migration when one is added

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
