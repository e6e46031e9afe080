"""Small helpers of the search page."""

from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString, mark_safe

from search import circuit
from search.analysis import Mark
from search.models import EngineState

register = template.Library()


@register.filter
def search_examples(texts: str) -> list[dict[str, str]]:
    """ "惠担贷,担贷" → links to those searches."""
    return [{"text": text, "query": urlencode({"q": text})} for text in texts.split(",")]


@register.filter
def marked(marks: Iterable[Mark]) -> SafeString:
    """Pieces of a text → HTML, hits in <mark>."""
    return mark_safe("".join(f"<mark>{escape(mark.text)}</mark>" if mark.hit else escape(mark.text) for mark in marks))


@register.filter
def item(table: dict[str, Any], key: str) -> Any:
    return table.get(key, key)


@register.inclusion_tag("search/trouble.html", takes_context=True)
def search_trouble(context: dict[str, Any]) -> dict[str, EngineState | None]:
    """A quiet line for staff while the embedded engine stands in for Elasticsearch; nothing for anybody else."""
    user = getattr(context.get("request"), "user", None)
    return {"trouble": circuit.trouble() if user is not None and user.is_staff else None}
