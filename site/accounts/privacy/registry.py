"""What each app has registered: sections of the export, parts of the erasure, records whose private values staff may ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

if TYPE_CHECKING:
    from ..models import Enterprise, User

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """One table of the export: Chinese heads, plain values (text, numbers, None)."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


Exporter = Callable[["User", "Enterprise | None"], list[Section]]


@dataclass(frozen=True)
class Keeping:
    """What stays after an erasure, why and until when; shown before it is asked for."""

    what: Text
    why: Text
    until: Text


@dataclass(frozen=True)
class Eraser:
    """One app's part. `person(user)` and `enterprise(firm)` remove or make anonymous within the caller's transaction.

    `refuse_*` give a sentence that says what has to be done first, or "". `order`: what refers to others goes first.
    """

    app: str
    order: int
    person: Callable[["User"], None]
    enterprise: Callable[["Enterprise"], None]
    removes: Sequence[Text] = ()  # in words, shown before it is asked for
    keeps: Sequence[Keeping] = ()
    refuse_person: Callable[["User"], str] = lambda user: ""
    refuse_enterprise: Callable[["Enterprise"], str] = lambda firm: ""


@dataclass(frozen=True)
class Masked:
    """One private value: as everybody of the page sees it, and whole."""

    label: Text
    masked: str
    whole: str


@dataclass(frozen=True)
class Reveal:
    """A kind of record whose private values are masked on desk pages. `find` gives None for who may not even see it masked."""

    kind: str
    find: Callable[["User", int], models.Model | None]
    values: Callable[[Any], list[Masked]]
    title: Callable[[Any], str]
    back: Callable[[Any], str]
    fields: Sequence[str] = field(default=("联系人", "联系电话"))


exporters: dict[str, Exporter] = {}
erasers: dict[str, Eraser] = {}
reveals: dict[str, Reveal] = {}


def register_export(app: str, exporter: Exporter) -> None:
    exporters[app] = exporter


def register_erasure(eraser: Eraser) -> None:
    erasers[eraser.app] = eraser


def register_reveal(reveal: Reveal) -> None:
    reveals[reveal.kind] = reveal
