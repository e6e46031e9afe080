"""What stands on the front page under the box. Apps register their sections in `AppConfig.ready`; content knows none of them.

    from content import sections
    sections.register("events", "events/_home.html", home.next_events, order=30)

`build(request)` returns what the template finds as `data`, or None when there is nothing to show. The catalogue, which may
not import content, is registered by `portal`.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
    key: str
    template: str
    data: Any


_sections: dict[str, Section] = {}


def register(key: str, template: str, build: Callable[[HttpRequest], Any | None], *, order: int = 50) -> None:
    """Adds a section; a key is registered once. Keep `build` to two or three queries: the page is the front door."""
    _sections.setdefault(key, Section(key, template, build, order))


def unregister(key: str) -> None:
    """Forgets a section (tests)."""
    _sections.pop(key, None)


def build(request: HttpRequest) -> list[Built]:
    """The sections that have something to show, in order."""
    ordered = sorted(_sections.values(), key=lambda each: (each.order, each.key))
    made = [Built(each.key, each.template, each.build(request)) for each in ordered]
    return [each for each in made if each.data is not None]
