"""Small helpers of the search page."""

import re
from collections.abc import Container, Iterable
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search import circuit
from search.analysis import Mark
from search.models import EngineState
from search.results import FacetResult, Hit

register = template.Library()
SPECIAL = re.compile("[&<>\"']")
BOXES = 15  # values of a facet that are shown
OPEN = 2  # facets that are unfolded


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
    parts = [f'<li><h3><a href="{_safe(hit.url)}">{_marked(hit.title)}</a></h3>']
    if hit.summary:
        parts.append(f"<p>{_marked(hit.summary)}</p>")
    if hit.snippet:
        parts.append(f'<p class="muted">{_marked(hit.snippet)}</p>')
    if hit.meta or pinned:
        said = (_("编辑置顶"), *hit.meta) if pinned else hit.meta
        meta = "".join([f"<span>{_safe(each)}</span>" for each in said])
        parts.append(f'<p class="muted search-meta">{meta}</p>')
    return "".join([*parts, "</li>"])


@register.filter
def links(choices: Iterable[Any], current: str) -> SafeString:
    """Links to other views of the results, with how many each has where that is known; `aria-current` of the chosen one."""
    return mark_safe("".join([_link(each, f' aria-current="{current}"') for each in choices]))


def _link(choice: Any, current: str) -> str:
    count = "" if choice.count is None else f' <span class="number muted">{choice.count}</span>'
    label = escape(str(choice.label))
    return f'<a href="?{escape(choice.link)}"{current if choice.selected else ""}>{label}{count}</a>'


@register.filter
def how_many(total: int) -> str:
    return ngettext("共 %(total)s 个结果", "共 %(total)s 个结果", total) % {"total": total}


@register.filter
def boxes(facets: Iterable[FacetResult], chosen: Container[str]) -> SafeString:
    """Facets that fold, the first two and those with something `chosen` open: their first values, and those that are set, as
    boxes to tick."""
    return mark_safe(
        "".join(
            [
                f'<details class="search-facet"{" open" if place < OPEN or facet.name in chosen else ""}>'
                f"<summary>{escape(str(facet.label))}</summary><ul>{_boxes(facet)}</ul></details>"
                for place, facet in enumerate(facets)
            ]
        )
    )


def _boxes(facet: FacetResult) -> str:
    name = escape(facet.name)
    return "".join(
        [
            f'<li><label><input type="checkbox" name="{name}" value="{_safe(each.value)}"'
            f"{' checked' if each.selected else ''}> <span>{_safe(str(each.label))}</span>"
            f' <span class="muted number">{each.count}</span></label></li>'
            for place, each in enumerate(facet.values)
            if place < BOXES or each.selected
        ]
    )


@register.filter
def between(bounds: Iterable[Any]) -> SafeString:
    """Two inputs for each range; a script makes sliders of them where there are `steps`."""
    return mark_safe("".join([_between(each) for each in bounds]))


def _between(bound: Any) -> str:
    label, low, high = escape(str(bound.label)), escape(_("不低于")), escape(_("不高于"))
    if bound.unit:
        label = escape(_("%(label)s（%(unit)s）") % {"label": bound.label, "unit": bound.unit})
    steps = (
        f' data-steps="{escape(bound.steps)}" data-says="{escape(bound.says)}" data-any="{escape(_("不限"))}"'
        if bound.steps
        else ""
    )
    unknown = f'<p class="help">{escape(_("没有写明的也会列出"))}</p>' if bound.keep_unknown else ""
    return (
        f'<fieldset class="search-bound"{steps}><legend>{label}</legend><div class="search-between">'
        f'{_number(bound.low_name, bound.low, low)}<span aria-hidden="true">–</span>{_number(bound.high_name, bound.high, high)}'
        f"</div>{unknown}</fieldset>"
    )


def _number(name: str, value: Any, says: str) -> str:
    shown = "" if value is None else escape(localize(value))
    return (
        f'<input name="{escape(name)}" inputmode="decimal" maxlength="16" value="{shown}"'
        f' aria-label="{says}" placeholder="{says}">'
    )


@register.filter
def item(table: dict[str, Any], key: str) -> Any:
    return table.get(key, key)


@register.inclusion_tag("search/trouble.html", takes_context=True)
def search_trouble(context: dict[str, Any]) -> dict[str, EngineState | None]:
    """A quiet line for staff while the embedded engine stands in for Elasticsearch; nothing for anybody else."""
    user = getattr(context.get("request"), "user", None)
    return {"trouble": circuit.trouble() if user is not None and user.is_staff else None}
