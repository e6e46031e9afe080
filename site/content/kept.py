"""Who was signed out while writing a page gets the typed text back, to paste it in after signing in."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.kept_forms import KeptFormMiddleware

from .models import CasePage, HomePage, PolicyPage

MACHINERY = re.compile(r"(-(id|order|type|deleted|count|value-\d+-(id|order|type|deleted)))$|^(comments|action)-")
NEVER = {"csrfmiddlewaretoken", "next", "slug", "seo_title", "search_description", "show_in_menus"}


class KeptPageMiddleware(KeptFormMiddleware):
    names = frozenset({"wagtailadmin_pages:add", "wagtailadmin_pages:edit"})
    template = "accounts/kept.html"

    def words(self) -> str:
        return _("没有保存：您已退出登录。请点“保存”，在下一页复制您写的内容。")

    def typed(self, post: QueryDict) -> list[tuple[str, str]]:
        return typed(post)


def typed(post: QueryDict) -> list[tuple[str, str]]:
    """What a person wrote: [(label, text)] in the form's order; blocks of the body under the name of the body."""
    found: list[tuple[str, str]] = []
    for name, values in post.lists():
        label = "" if name in NEVER or MACHINERY.search(name) else _label(name)
        text = "\n".join(filter(None, map(_words, values))) if label else ""
        if text and found and found[-1][0] == label:
            found[-1] = (label, f"{found[-1][1]}\n{text}")
        elif text:
            found.append((label, text))
    return found


def _label(name: str) -> str:
    """What the form calls the field; "" for what it keeps for itself."""
    own = name.split("-", maxsplit=1)[0]
    for model in (PolicyPage, CasePage, HomePage):
        columns = {each.name: each for each in model._meta.get_fields() if hasattr(each, "verbose_name")}
        if own in columns:
            return str(columns[own].verbose_name)
    return ""


def _words(value: str) -> str:
    """As typed; of rich text, which comes as the editor's own JSON, its lines."""
    try:
        told = json.loads(value)
    except ValueError:
        return value.strip()
    if isinstance(told, dict):
        return "\n".join(_lines(told))
    return value.strip() if not isinstance(told, list) else ""


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for each in told.get("blocks") or []:
        if isinstance(each, dict) and str(each.get("text", "")).strip():
            yield str(each["text"]).strip()
