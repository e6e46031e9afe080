"""Which links stand where. Apps with links outside editorial pages register a function (`portal` does so for the catalogue)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, Protocol

from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.rich_text import RichText

from ..models import ArticlePage, CasePage, HomePage, PolicyPage

PAGES = (HomePage, ArticlePage, PolicyPage, CasePage)
ANCHOR = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
ADDRESS = re.compile(r"^(https?://|/(?!/))", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    url: str
    title: str
    edit_url: str = ""


class Carried(Protocol):
    """What a registered source gives for each link."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def edit_url(self) -> str: ...


_sources: list[Callable[[], Iterable[Carried]]] = []


def register(source: Callable[[], Iterable[Carried]]) -> None:
    if source not in _sources:
        _sources.append(source)


def everything() -> Iterator[Carried]:
    yield from pages()
    for source in _sources:
        yield from source()


def pages() -> Iterator[Found]:
    """Links of what is published. A link to a page or a file is named by its key: it breaks when the row is gone."""
    for model in PAGES:
        for page in model.objects.live().iterator(chunk_size=100):
            edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
            addresses = list(of_stream(getattr(page, "body", ())))
            if getattr(page, "source_url", ""):
                addresses.append(page.source_url)
            for url in dict.fromkeys(addresses):
                yield Found(url, f"{page._meta.verbose_name}：{page.title}"[:255], edit)


def of_stream(stream: Any) -> Iterator[str]:
    for child in stream:
        yield from of_value(child.value)


def of_value(value: Any) -> Iterator[str]:
    """Addresses in any block's value: texts with anchors, fields that hold an address, and what lies inside lists."""
    if isinstance(value, RichText):
        yield from of_html(value.source)
    elif isinstance(value, str):
        if ADDRESS.match(value) and " " not in value:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from of_value(each)
    elif hasattr(value, "url") and hasattr(value, "file_extension"):
        yield value.url
    elif isinstance(value, Iterable):
        for each in value:
            yield from of_value(getattr(each, "value", each))


def of_html(html: str) -> Iterator[str]:
    for match in ANCHOR.finditer(html):
        said = {name.lower(): unescape(text) for name, text in ATTRIBUTE.findall(match[1])}
        kind, key = said.get("linktype", ""), said.get("id", "")
        if kind == "page" and key.isdecimal():
            page = Page.objects.live().filter(pk=int(key)).first()
            yield page.url if page is not None and page.url else f"page:{key}"
        elif kind == "document" and key.isdecimal():
            file = get_document_model().objects.filter(pk=int(key)).first()
            yield file.url if file is not None else f"document:{key}"
        elif ADDRESS.match(said.get("href", "")):
            yield said["href"]
