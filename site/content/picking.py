"""The block in which an editor chooses from a source of `cards`: one name a line, searched for as one types."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from wagtail import blocks

from . import cards


class PickWidget(forms.Textarea):
    """With script: search, pick, remove; without: type names."""

    def __init__(self, kind: str) -> None:
        super().__init__({"rows": 3, "data-code-list": f"/cms/content/pick/{kind}/"})

    def build_attrs(self, base_attrs, extra_attrs=None):
        words = {
            "data-add": _("输入名称查找，回车添加"),
            "data-remove": _("移除"),
            "data-none": _("没有找到，请换个说法"),
        }
        return super().build_attrs(base_attrs, {**words, **(extra_attrs or {})})

    class Media:
        js = ("js/code-list.js",)
        css = {"all": ("css/code-list.css",)}


class PickField(forms.Field):
    """Lines ↔ keys."""

    def __init__(self, *, kind: str, least: int = 0, most: int = 12, **kwargs) -> None:
        self.kind, self.least, self.most = kind, least, most
        super().__init__(widget=PickWidget(kind), **kwargs)

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        keys, unknown = cards.read(self.kind, (value or "").splitlines())
        if unknown:
            raise ValidationError(_("没有找到：%s。请从列出的名称里选。") % "、".join(unknown))
        return keys

    def validate(self, value: list[str]) -> None:
        """A draft, in which nothing is required yet, may have begun to choose."""
        super().validate(value)
        if value and self.required and len(value) < self.least:
            raise ValidationError(_("请至少选 %d 个。") % self.least)
        if len(value) > self.most:
            raise ValidationError(_("最多选 %d 个。") % self.most)


class PickBlock(blocks.FieldBlock):
    """Keys of a source; drawn by the source's template for the reader who asks. `limit`: how many when none is chosen."""

    def __init__(
        self, kind: str, *, required: bool = True, help_text: Any = None, least: int = 0, most: int = 12, **kwargs
    ) -> None:
        self.kind = kind
        self.field = PickField(kind=kind, least=least, most=most, required=required, help_text=help_text)
        super().__init__(**kwargs)

    def value_for_form(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(cards.write(self.kind, value or []))

    def value_from_form(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> list[str]:
        return list(value or [])

    def get_default(self) -> list[str]:
        return []

    def render(self, value: list[str], context: Any = None) -> str:
        return draw(self.kind, value, context)


def draw(kind: str, keys: list[str], context: Any, limit: int = 0) -> str:
    """The cards that the reader may see; "" when there are none, or nobody reads (a log that writes a page down)."""
    source, request = cards.get(kind), (context or {}).get("request")
    if source is None or request is None or not (keys or limit):
        return ""
    found = source.build(getattr(request, "user", AnonymousUser()), keys, limit)
    # strip() makes a plain string of what the template has escaped where it must
    return mark_safe(render_to_string(source.template, {"cards": found}, request).strip()) if found else ""
