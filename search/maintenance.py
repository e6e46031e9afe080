"""Rebuild, verify and repair the index; what `manage.py search` and the queue call."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from . import outbox, statistics, words
from .building import BATCH, entries, fingerprint, read
from .engines import Engine, engine
from .events import answers_changed
from .models import Change
from .registry import DocumentType, get, types

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Difference:
    """`what`: missing (in the index), stale, surplus."""

    kind: str
    id: int
    what: str


def rebuild(kinds: Iterable[str] = (), engine_name: str = "", progress: Progress | None = None) -> dict[str, int]:
    """Writes all documents anew, a kind at a time; readers see the old ones until a kind is complete. kind → documents."""
    index = engine(engine_name)
    chosen = [get(kind) for kind in kinds]
    outbox.settle()
    through = Change.objects.aggregate(last=Max("pk"))["last"] or 0
    written = {each.kind: _rebuild(index, each, progress) for each in chosen or types()}
    if not chosen:
        index.set_mark("built_for", built_for())
        if not index.inline:
            index.set_mark("followed", f"{through}:")
    return written


def built_for() -> str:
    """Changes when documents have to be written anew: with the words of the analysis, and with what apps declare."""
    digest = hashlib.blake2b(words.analyser().vocabulary.version.encode(), digest_size=12)
    for module in sorted({each.title.__module__ for each in types()}):
        source = getattr(sys.modules.get(module), "__file__", None)
        digest.update(Path(source).read_bytes() if source else module.encode())
    return digest.hexdigest()


def bring_up_to_date(progress: Progress | None = None) -> None:
    """At the start of a new version of the site: rebuilds an index that was made by an older one (or none)."""
    outbox.sweep()
    if not status().current:
        rebuild(progress=progress)


def _rebuild(index: Engine, document_type: DocumentType, progress: Progress | None) -> int:
    analyser = words.analyser()
    queryset = document_type.queryset().order_by("pk")
    total = queryset.count() if progress else 0
    done = 0

    def counted(objects: Iterable) -> Iterator:
        nonlocal done
        for obj in objects:
            yield obj
            done += 1
            if progress and done % BATCH == 0:
                progress(document_type.kind, done, total)

    with transaction.atomic(), index.transaction():
        version = _number(document_type.kind)
        index.clear(document_type.kind)
        objects = counted(queryset.iterator(chunk_size=BATCH))
        written = index.write(entries(document_type, objects, version, analyser))
        Change.objects.filter(kind=document_type.kind, object_id=0).delete()
        if index.inline:
            Change.objects.filter(kind=document_type.kind, pk__lte=version).delete()
        statistics.refresh(document_type.kind, index)
        answers_changed.send(document_type.model)
    if progress:
        progress(document_type.kind, done, total)
    return written


def _number(kind: str) -> int:
    """A version above all given out so far."""
    return Change.objects.create(kind=kind, object_id=0).pk


def differences(kinds: Iterable[str] = (), engine_name: str = "") -> Iterator[Difference]:
    """Compares every document with the database."""
    index = engine(engine_name)
    outbox.settle()
    for document_type in [get(kind) for kind in kinds] or types():
        held = {each.id: each.fingerprint for each in index.held(document_type.kind)}
        for obj in document_type.queryset().order_by("pk").iterator(chunk_size=BATCH):
            known = held.pop(obj.pk, None)
            if known is None:
                yield Difference(document_type.kind, obj.pk, "missing")
            elif known != fingerprint(read(document_type, obj)):
                yield Difference(document_type.kind, obj.pk, "stale")
        for pk in held:
            yield Difference(document_type.kind, pk, "surplus")


def repair(kinds: Iterable[str] = (), engine_name: str = "") -> list[Difference]:
    """Mends just what differs; what it was."""
    index = engine(engine_name)
    found = list(differences(kinds, engine_name))
    analyser = words.analyser()
    for kind in dict.fromkeys(each.kind for each in found):
        document_type = get(kind)
        pks = [each.id for each in found if each.kind == kind]
        with transaction.atomic(), index.transaction():
            version = _number(kind)
            for start in range(0, len(pks), BATCH):
                part = pks[start : start + BATCH]
                objects = list(document_type.queryset().filter(pk__in=part))
                index.write(entries(document_type, objects, version, analyser))
                present = {obj.pk for obj in objects}
                index.delete(kind, {pk: version for pk in part if pk not in present})
            Change.objects.filter(kind=kind, object_id=0).delete()
            statistics.refresh(kind, index)
            answers_changed.send(document_type.model)
    return found


@dataclass(frozen=True)
class KindStatus:
    kind: str
    indexed: int
    database: int


@dataclass(frozen=True)
class Status:
    """`current`: built with the words and declarations of now. `waiting`: changes not yet in the index."""

    engine: str
    current: bool
    waiting: int
    kinds: list[KindStatus]


def status(engine_name: str = "") -> Status:
    index = engine(engine_name)
    return Status(
        engine=index.name,
        current=index.get_mark("built_for") == built_for(),
        waiting=outbox.waiting(index),
        kinds=[KindStatus(each.kind, index.count(each.kind), each.queryset().count()) for each in types()],
    )


def forget_host_index() -> None:
    """Empties an index that is a file of this host, so that what a test run rolled back does not stay in it."""
    index = engine()
    if not index.inline and index.get_mark("followed"):
        for each in types():
            index.clear(each.kind)
        index.set_mark("followed", "0:")
        index.set_mark("built_for", "")


def drop_leftovers() -> None:
    """Empties kinds whose table is empty: a flushed or newly made database must not answer from an old index."""
    index = engine()
    for each in types():
        if index.count(each.kind) and not each.model._default_manager.exists():
            index.clear(each.kind)
