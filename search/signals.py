"""Ears of the outbox: saved, deleted, many-to-many changed, published, unpublished."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from . import outbox, words
from .events import answers_changed
from .models import LexiconTerm, Pin, SynonymGroup
from .registry import types, types_touched_by


def _row(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if kwargs.get("raw"):
        return
    if issubclass(sender, (SynonymGroup, LexiconTerm, Pin)):
        _words_changed(sender)
    elif types_touched_by(sender):
        outbox.note(instance)


def _words_changed(sender: type[Model]) -> None:
    """Works with the next search; where documents have to be analysed anew, the queue does it."""
    from .tasks import bring_up_to_date

    before = words.current().vocabulary.version
    words.changed()
    answers_changed.send(sender)
    if words.analyser().vocabulary.version != before:
        bring_up_to_date.enqueue()


def _many(instance: Model, action: str, reverse: bool, model: type[Model], pk_set: set | None, **kwargs: Any) -> None:
    if not action.startswith("post_"):
        return
    if types_touched_by(type(instance)):
        outbox.note(instance)
    if reverse and pk_set:  # region.products.add(…): the products have changed
        kinds = [each.kind for each in types() if issubclass(model, each.model)]
        outbox.changes((kind, pk) for kind in kinds for pk in pk_set)


def _moved(instance: Any, **kwargs: Any) -> None:
    """A page's address is part of those below it, which Wagtail rewrites without saving them."""
    for page in instance.get_descendants(inclusive=True).specific():
        if types_touched_by(page.specific_class):
            outbox.note(page)


def connect() -> None:
    post_save.connect(_row, dispatch_uid="search-saved")
    post_delete.connect(_row, dispatch_uid="search-deleted")
    m2m_changed.connect(_many, dispatch_uid="search-many")
    if apps.is_installed("wagtail"):
        _connect_pages()


def _connect_pages() -> None:
    from wagtail.signals import page_slug_changed, post_page_move, published, unpublished

    published.connect(_row, dispatch_uid="search-published")
    page_slug_changed.connect(_moved, dispatch_uid="search-slug")
    post_page_move.connect(_moved, dispatch_uid="search-moved")
    unpublished.connect(_row, dispatch_uid="search-unpublished")
