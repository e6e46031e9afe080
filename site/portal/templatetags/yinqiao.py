"""Filters that every template has without loading them: `accounts.wording`."""

from django import template

from accounts import wording

register = template.Library()
for _name in ("money", "percent", "day", "clock", "masked_phone", "masked_name", "masked_text"):
    register.filter(_name, getattr(wording, _name))


@register.filter
def label_of(codes: list[str], field_labels: dict[str, str]) -> str:
    """Names of `codes`, joined by 、."""
    return "、".join(field_labels.get(code, code) for code in codes)
