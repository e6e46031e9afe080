"""Small helpers of the search page."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from search import circuit
from search.analysis import Mark
from search.models import EngineState
from search.queries import FacetResult, Hit

register = template.Library()
SPECIAL = re.compile("[&<>\"']")
BOXES = 15  # values of a facet that are shown


@register.filter
def search_examples(texts: str) -> list[dict[str, str]]:
    """ "惠担贷,担贷" → links to those searches."""
    return [{"text": text, "query": urlencode({"q": text})} for text in texts.split(",")]


@register.filter
def marked(marks: Iterable[Mark]) -> SafeString:
    """Pieces of a text → HTML, hits in <mark>."""
    return mark_safe(_marked(marks))


def _marked(marks: Iterable[Mark]) -> str:
    return "".join([f"<mark>{_safe(mark.text)}</mark>" if mark.hit else _safe(mark.text) for mark in marks])


def _safe(text: str) -> str:
    return escape(text) if SPECIAL.search(text) else text


# What a page has dozens of is written out here: a template takes ten times as long.


@register.filter
def rows(group: Any) -> SafeString:
    """Items of a list of results: `hits`, and which of them an editor put first (`pinned`), for that is said."""
    return mark_safe("\n".join([_row(hit, pinned=hit.id in group.pinned) for hit in group.hits]))


def _row(hit: Hit, *, pinned: bool) -> str:
    parts = [f'<li><h3><a href="{escape(hit.url)}">{_marked(hit.title)}</a></h3>']
    if hit.summary:
        parts.append(f"<p>{_marked(hit.summary)}</p>")
    if hit.snippet:
        parts.append(f'<p class="muted">{_marked(hit.snippet)}</p>')
    if hit.meta or pinned:
        said = (_("编辑置顶"), *hit.meta) if pinned else hit.meta
        meta = "".join([f"<span>{escape(each)}</span>" for each in said])
        parts.append(f'<p class="muted search-meta">{meta}</p>')
    return "".join([*parts, "</li>"])


@register.filter
def boxes(facet: FacetResult) -> SafeString:
    """The first values of a facet, and those that are set, as boxes to tick."""
    name = escape(facet.name)
    shown = [each for place, each in enumerate(facet.values) if place < BOXES or each.selected]
    return mark_safe(
        "".join(
            [
                f'<li><label><input type="checkbox" name="{name}" value="{escape(each.value)}"'
                f"{' checked' if each.selected else ''}> <span>{escape(str(each.label))}</span>"
                f' <span class="muted number">{each.count}</span></label></li>'
                for each in shown
            ]
        )
    )


@register.filter
def item(table: dict[str, Any], key: str) -> Any:
    return table.get(key, key)


@register.inclusion_tag("search/trouble.html", takes_context=True)
def search_trouble(context: dict[str, Any]) -> dict[str, EngineState | None]:
    """A quiet line for staff while the embedded engine stands in for Elasticsearch; nothing for anybody else."""
    user = getattr(context.get("request"), "user", None)
    return {"trouble": circuit.trouble() if user is not None and user.is_staff else None}
