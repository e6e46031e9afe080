"""Rebuild, verify and repair the index; what `manage.py search` and the queue call."""

import gc
import hashlib
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction

from . import circuit, crew, failures, outbox, statistics, words
from .building import BATCH, entries, fingerprint, read
from .engines import Engine, Entry, configured, engine, local, remote
from .errors import EngineDown, EngineRefused, RebuildOutrun, RebuildOvertaken
from .events import answers_changed
from .models import Change, FailedDocument
from .reading import rows
from .registry import DocumentType, get, types

if TYPE_CHECKING:
    from .engines.elastic import ElasticEngine
    from .engines.embedded import EmbeddedEngine
    from .engines.embedded.filling import Filling

logger = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]
SHAPE = 2  # of what the engines keep; another number has every index filled anew
TRIES = 3  # of a rebuild that others change more than it can follow
ROUNDS, FEW = 5, 100  # changes made meanwhile are followed so often before the last time, or until they are so few
OLDEST = 1  # version of what a new index of Elasticsearch is filled with: any change is newer


@dataclass(frozen=True)
class Difference:
    """`what`: missing (in the index), stale, surplus, unreadable (by its `documents.py`)."""

    engine: str
    kind: str
    id: int
    what: str


def rebuild(
    kinds: Iterable[str] = (), engine_name: str = "", progress: Progress | None = None, processes: int | None = 1
) -> dict[str, int]:
    """Writes all documents anew, a kind at a time; readers see the old ones until a kind is complete. kind → documents.

    In the engine named (raises EngineDown), or in all; Elasticsearch, when it is not usable, has it done as it comes back.
    Raises RebuildOvertaken when another rebuild of the same kind has begun meanwhile: that one goes on. `processes`: how many
    read and analyse; None is what suits this computer (see `crew`).
    """
    outbox.settle()
    chosen = [get(kind) for kind in kinds] or types()
    whole = len(chosen) == len(types())
    far = remote()
    if engine_name and far is not None and engine(engine_name) is far:
        return {each.kind: _refill(far, each, progress, processes) for each in chosen}
    engine(engine_name)  # raises for one that is not there
    index, place, made_for = local(), outbox.place_now(), built_for()
    written = {each.kind: _rebuild(index, each, progress, processes) for each in chosen}
    if whole:
        index.set_mark("built_for", made_for)
        if not index.inline:
            index.set_mark("followed", place)
    if not engine_name and far is not None and circuit.usable():
        try:
            for each in chosen:
                _refill(far, each, progress, processes)
        except EngineDown as error:
            circuit.failed(error)
        except RebuildOvertaken:
            logger.info("search: another rebuild took over")  # it began later, and reads what is newer
    return written


def built_for() -> str:
    """Changes when documents have to be written anew: with the words of the analysis, and with what apps declare."""
    digest = hashlib.blake2b(f"{SHAPE} {words.analyser().vocabulary.version}".encode(), digest_size=12)
    for module in sorted({each.title.__module__ for each in types()}):
        source = getattr(sys.modules.get(module), "__file__", None)
        digest.update(Path(source).read_bytes() if source else module.encode())
    return digest.hexdigest()


def bring_up_to_date(progress: Progress | None = None) -> None:
    """At the start of a new version of the site: rebuilds an index that was made by an older one (or none)."""
    outbox.sweep()
    if not is_current(local()):
        try:
            rebuild(progress=progress)
        except RebuildOvertaken as overtaken:
            logger.info("search: %s", overtaken)  # the other one began later, and reads what is newer
    far = remote()
    if far is not None and not _is_fine(far):
        heal(progress)


def _is_fine(far: "ElasticEngine") -> bool:
    try:
        if circuit.usable() and not is_current(far):
            circuit.failed(EngineDown("outdated", "it was filled by another version of this site"))
    except EngineDown as error:
        circuit.failed(error)
    return circuit.usable()


def is_current(index: Engine) -> bool:
    """Built with the words and declarations of now."""
    far = remote()
    if far is not None and index is far:
        return not _unfit(far)
    return index.get_mark("built_for") == built_for()


def heal(progress: Progress | None = None) -> bool:
    """Tries Elasticsearch, rebuilds kinds that it lost or holds in an older shape, delivers what waits, and lets it answer."""
    index = remote()
    if index is None:
        return False
    try:
        index.ping()
        for document_type in _unfit(index):
            circuit.still_trying()
            _refill(index, document_type, progress)
        outbox.deliver_all()
        index.probe([each.kind for each in types()])
    except EngineDown as error:
        circuit.failed(error)
        return False
    except RebuildOvertaken:
        return False
    circuit.recovered()
    return True


def _unfit(index: "ElasticEngine") -> list[DocumentType]:
    wanted = built_for()
    return [
        each
        for each in types()
        if not index.indices.fits(each.kind) or index.get_mark(f"built_for:{each.kind}") != wanted
    ]


class _Counted:
    """Tells `progress` from time to time how far a kind is."""

    def __init__(self, document_type: DocumentType, progress: Progress | None) -> None:
        self.document_type, self.progress = document_type, progress
        self.total = document_type.queryset().count() if progress else 0
        self.done = 0
        self.unreadable: dict[int, str] = {}

    def __iter__(self) -> Iterator[Any]:
        for obj in rows(self.document_type):
            yield obj
            self.done += 1
            if self.done % BATCH == 0:
                self.tell()

    def entries(self, version: int, processes: int | None) -> Iterator[Entry]:
        """Of all rows, in the order of their keys; made here, or by several processes."""
        many = crew.size(self.document_type, processes)
        if many == 1:
            yield from entries(self.document_type, self, version, words.analyser(), self.unreadable)
            return
        for made, unreadable in crew.parts(self.document_type, version, many):
            yield from made
            self.unreadable |= unreadable
            self.done += len(made) + len(unreadable)
            self.tell()

    def tell(self) -> None:
        if self.progress:
            self.progress(self.document_type.kind, self.done, self.total)


def _rebuild(
    index: "EmbeddedEngine", document_type: DocumentType, progress: Progress | None, processes: int | None
) -> int:
    for turn in range(1, TRIES + 1):
        try:
            with _undisturbed():
                return _build(index, document_type, progress, processes)
        except RebuildOutrun as outrun:
            logger.warning("search: %s", outrun)
            if turn == TRIES:
                raise
    raise AssertionError  # not reached


def _build(
    index: "EmbeddedEngine", document_type: DocumentType, progress: Progress | None, processes: int | None
) -> int:
    """In new tables beside the living ones, which go on answering and being written to."""
    kind, objects = document_type.kind, _Counted(document_type, progress)
    version = _number(kind)  # before the first row is read
    with index.filling(kind) as filling:
        filling.write(objects.entries(version, processes))
        for _round in range(ROUNDS):
            if len(changed := filling.changed()) <= FEW:
                break
            for start in range(0, len(changed), BATCH):
                _catch_up(filling, document_type, changed[start : start + BATCH], version, objects.unreadable)
        counted = index.frequencies(filling.place, statistics.FREQUENT)
        with transaction.atomic(), filling.turn():  # nobody else writes meanwhile
            if changed := filling.changed():
                _catch_up(filling, document_type, changed, version, objects.unreadable)
            written = filling.swap()
            if index.inline:
                outbox.done_locally(Change.objects.filter(kind=kind, pk__lt=version).exclude(object_id=0))
            failures.note(kind, objects.unreadable)
            statistics.keep(kind, counted)
            answers_changed.send(document_type.model)
    objects.tell()
    return written


def _catch_up(
    filling: "Filling", document_type: DocumentType, pks: list[int], version: int, unreadable: dict[int, str]
) -> None:
    """Documents that were changed while the kind was being built, read once more."""
    for pk in pks:
        unreadable.pop(pk, None)
    objects = document_type.queryset().filter(pk__in=pks)
    written = list(entries(document_type, objects, version, words.analyser(), unreadable))
    present = {each.id for each in written}
    filling.mend(written, {pk: version for pk in pks if pk not in present})


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The garbage collector looks only at what comes up meanwhile, not at the whole site, and not as often."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _refill(
    index: "ElasticEngine", document_type: DocumentType, progress: Progress | None, processes: int | None = 1
) -> int:
    """Fills a new index of Elasticsearch beside the living one, which goes on answering and being written to."""
    kind = document_type.kind

    def told(kind: str, done: int, total: int) -> None:
        circuit.still_trying()
        if progress:
            progress(kind, done, total)

    wanted = built_for()
    with index.rebuilding(kind) as filling:
        objects = _Counted(document_type, told)
        try:
            written = filling.write(objects.entries(OLDEST, processes))
        except EngineRefused as refusal:
            objects.unreadable |= refusal.documents
            written = objects.done - len(objects.unreadable)
    failures.note(kind, objects.unreadable)
    index.set_mark(f"built_for:{kind}", wanted)
    objects.tell()
    return written


def _number(kind: str) -> int:
    """A version above all given out so far."""
    return Change.objects.create(kind=kind, object_id=0, local=False).pk


def differences(kinds: Iterable[str] = (), engine_name: str = "") -> Iterator[Difference]:
    """Compares every document with the database, in the engine named or in all. Raises EngineDown."""
    indices = [engine(engine_name)] if engine_name else configured()
    outbox.settle()
    outbox.deliver()
    for document_type in [get(kind) for kind in kinds] or types():
        kind = document_type.kind
        held = {index.name: {each.id: each.fingerprint for each in index.held(kind)} for index in indices}
        for obj in document_type.queryset().order_by("pk").iterator(chunk_size=BATCH):
            said = _said(document_type, obj)
            for index in indices:
                known = held[index.name].pop(obj.pk, None)
                if said is None:
                    yield Difference(index.name, kind, obj.pk, "unreadable")
                elif known is None:
                    yield Difference(index.name, kind, obj.pk, "missing")
                elif known != said:
                    yield Difference(index.name, kind, obj.pk, "stale")
        for index in indices:
            for pk in held[index.name]:
                yield Difference(index.name, kind, pk, "surplus")


def _said(document_type: DocumentType, obj: Any) -> str | None:
    """The fingerprint; None for what can not be read."""
    try:
        return fingerprint(read(document_type, obj))
    except DatabaseError:
        raise
    except Exception:  # whatever an app's function raises; `entries` logs it when it is written
        return None


def repair(kinds: Iterable[str] = (), engine_name: str = "") -> list[Difference]:
    """Mends just what differs; what it was."""
    found = list(differences(kinds, engine_name))
    for name, kind in dict.fromkeys((each.engine, each.kind) for each in found):
        index, document_type = engine(name), get(kind)
        pks = [each.id for each in found if (each.engine, each.kind) == (name, kind)]
        number = _number(kind)
        far = remote()
        if far is not None and index is far and any(each.version > number for each in far.held(kind)):
            _refill(far, document_type, None)  # the database is an older copy: what it writes is refused as too old
            continue
        with transaction.atomic(), index.transaction():
            for start in range(0, len(pks), BATCH):
                _mend(index, document_type, pks[start : start + BATCH], number)
            if index.name == local().name:
                statistics.refresh(kind, index)
                answers_changed.send(document_type.model)
    return found


def _mend(index: Engine, document_type: DocumentType, pks: list[int], version: int) -> None:
    unreadable: dict[int, str] = {}
    objects = document_type.queryset().filter(pk__in=pks)
    written = list(entries(document_type, objects, version, words.analyser(), unreadable))
    try:
        index.write(written)
    except EngineRefused as refusal:
        unreadable |= refusal.documents
    present = {each.id for each in written} - set(unreadable)
    index.delete(document_type.kind, {pk: version for pk in pks if pk not in present})
    failures.note(document_type.kind, unreadable)


@dataclass(frozen=True)
class KindStatus:
    kind: str
    indexed: int
    database: int


@dataclass(frozen=True)
class Failing:
    kind: str
    id: int
    attempts: int
    error: str


@dataclass(frozen=True)
class Status:
    """`current`: built with the words and declarations of now. `waiting`: changes not yet in the index. `trouble`: why
    this engine is not asked now, "" when it is."""

    engine: str
    current: bool
    waiting: int
    kinds: list[KindStatus]
    trouble: str = ""
    failing: list[Failing] = field(default_factory=list)


def status(engine_name: str = "") -> Status:
    """Of the local engine, or the one named. Raises EngineDown."""
    index = engine(engine_name)
    trouble = circuit.trouble() if index.name != local().name else None
    return Status(
        engine=index.name,
        current=is_current(index),
        waiting=outbox.waiting(index),
        kinds=[KindStatus(each.kind, index.count(each.kind), each.queryset().count()) for each in types()],
        trouble=trouble.reason if trouble else "",
        failing=[Failing(*row) for row in FailedDocument.objects.values_list("kind", "object_id", "attempts", "error")],
    )


def forget_host_index() -> None:
    """Empties an index that is a file of this host, so that what a test run rolled back does not stay in it."""
    index = local()
    if not index.inline and index.get_mark("followed"):
        for each in types():
            index.clear(each.kind)
        index.set_mark("followed", "0:")
        index.set_mark("built_for", "")


def drop_leftovers() -> None:
    """Empties kinds whose table is empty: a flushed or newly made database must not answer from an old index."""
    index = local()
    for each in types():
        if index.count(each.kind) and not each.model._default_manager.exists():
            index.clear(each.kind)
