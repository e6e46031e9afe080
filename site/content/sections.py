"""What stands on the front page under the box. Apps register their sections in `AppConfig.ready`; content knows none of them.

    from content import sections
    sections.register("events", "events/_home.html", home.next_events, order=30)

`build(request)` returns what the template finds as `data`, or None when there is nothing to show; it may ask of the reader
only whether they have signed in, since the page is kept for all (`{% kept %}`). The catalogue, which may
not import content, is registered by `portal`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Section:
    key: str
    template: str
    build: Callable[[HttpRequest], Any | None]
    order: int


@dataclass(frozen=True)
class Built:
    """A section on the way to the page; its facts are read when the page comes to them, if it does."""

    section: Section
    request: HttpRequest

    @property
    def template(self) -> str:
        return self.section.template

    @cached_property
    def data(self) -> Any | None:
        return self.section.build(self.request)


_sections: dict[str, Section] = {}


def register(key: str, template: str, build: Callable[[HttpRequest], Any | None], *, order: int = 50) -> None:
    """Adds a section; a key is registered once. Keep `build` to two or three queries: the page is the front door."""
    _sections.setdefault(key, Section(key, template, build, order))


def unregister(key: str) -> None:
    """Forgets a section (tests)."""
    _sections.pop(key, None)


def build(request: HttpRequest) -> list[Built]:
    """All sections, in order; one without data shows nothing."""
    return [Built(each, request) for each in sorted(_sections.values(), key=lambda each: (each.order, each.key))]
