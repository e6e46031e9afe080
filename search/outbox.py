"""From a change of the site to a change of the index.

A change writes a `Change` row in its own transaction. Where the index lives in the site's own database the same process
applies it as soon as the transaction has committed, so a publish is found at once; a search made inside the transaction
applies it first. An index that is a file of this host follows the outbox before each answer. What a crash leaves over is
picked up by the queue's clock (`sweep`). Applying reads the row anew, so order and repetition do no harm.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Model
from django.utils import timezone

from . import statistics, words
from .building import entries
from .engines import Engine, engine
from .events import answers_changed
from .models import Change
from .registry import PUBLIC, get, types, types_touched_by

KEPT = timedelta(days=7)
LATEST_COMMIT = timedelta(minutes=10)  # no transaction stays open longer after it has noted a change
SEEN_KEPT = 5000  # numbers above the mark that are remembered one by one
AT_ONCE = 1000  # documents applied within one request; the rest is left to the task


class _Local(threading.local):
    suspended = 0


_local = _Local()


class _Batch:
    """Documents changed in one transaction (or savepoint); Django calls it at commit and drops it at rollback.

    `noted`: those with a row in the outbox that nobody has taken yet; only they need no further one.
    """

    def __init__(self) -> None:
        self.changed: set[tuple[str, int]] = set()
        self.noted: set[tuple[str, int]] = set()
        self.__qualname__ = type(self).__qualname__  # what Django's log calls it should it fail

    def __call__(self) -> None:
        if not engine().inline:
            return  # readers follow the outbox
        if len(self.changed) > AT_ONCE:
            from .tasks import drain_outbox

            drain_outbox.enqueue()
        elif self.changed:
            with transaction.atomic():
                _apply(engine(), self.changed)


def _batches() -> Iterator[tuple[set, _Batch]]:
    """Those of the transaction that is open on this connection."""
    for savepoints, function, *_robust in transaction.get_connection().run_on_commit:
        if isinstance(function, _Batch):
            yield savepoints, function


@contextmanager
def suspended() -> Iterator[None]:
    """No changes are noted inside: for bulk loading, to be followed by `manage.py search rebuild` or `rebuild()`."""
    _local.suspended += 1
    try:
        yield
    finally:
        _local.suspended -= 1


def note(obj: Model) -> None:
    """Called by signals for a row that was saved or deleted."""
    if not _local.suspended:
        touched = types_touched_by(type(obj))
        changes((each.kind, int(pk)) for each, keys in touched for pk in keys(obj) if pk is not None)


def changes(changed: Iterable[tuple[str, int]]) -> None:
    """Notes that these documents, (kind, id), have to be looked at again. For bulk changes, which send no signals."""
    if _local.suspended:
        return
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    batch = next((each for savepoints, each in _batches() if savepoints == here), None)
    fresh = [each for each in dict.fromkeys(changed) if batch is None or each not in batch.noted]
    if not fresh:
        return
    Change.objects.bulk_create([Change(kind=kind, object_id=pk) for kind, pk in fresh])
    known = batch is not None
    batch = batch or _Batch()
    batch.changed |= set(fresh)
    batch.noted |= set(fresh)
    if known:
        return
    transaction.on_commit(batch, robust=True)
    if not engine().inline:
        from .tasks import follow_outbox

        follow_outbox.enqueue()


def settle() -> None:
    """Before an answer: what this process changed in a transaction that is still open, or, where the index is a file of
    this host, what anybody has changed."""
    index = engine()
    if not index.inline:
        follow(index, at_most=AT_ONCE)
        if sees_open_transactions():
            for _savepoints, batch in _batches():
                batch.changed = set()
                batch.noted = set()
        return
    here = set(transaction.get_connection().savepoint_ids)
    for savepoints, batch in list(_batches()):
        _apply(index, batch.changed)
        batch.noted = set()
        if savepoints == here:  # else a rollback from here would undo the index and not the change
            batch.changed = set()


def _apply(index: Engine, changed: Iterable[tuple[str, int]]) -> None:
    by_kind: dict[str, list[int]] = {}
    for kind, pk in changed:
        by_kind.setdefault(kind, []).append(pk)
    for kind, pks in sorted(by_kind.items()):
        with index.transaction():  # one writer at a time: what is read inside is what is written
            apply(index, kind, sorted(pks))


def apply(index: Engine, kind: str, pks: list[int]) -> None:
    """Makes these documents of the index say what the database says now; those that nobody changed are left alone."""
    document_type = get(kind)
    # Versions are read before the rows: a row can then only be newer than its version says, never older.
    changed = Change.objects.filter(kind=kind, object_id__in=pks).order_by()
    versions = dict(changed.values_list("object_id").annotate(version=Max("pk")))
    objects = list(document_type.queryset().filter(pk__in=versions))
    present = {obj.pk for obj in objects}
    written = list(entries(document_type, objects, versions, words.analyser()))
    gone = {pk: version for pk, version in versions.items() if pk not in present}
    index.write(written)
    index.delete(kind, gone)
    if gone or any(PUBLIC in each.visibility for each in written):
        answers_changed.send(document_type.model)
    if index.inline:
        changed.filter(pk__lte=max(versions.values(), default=0)).delete()  # undone with the index row by a rollback
    statistics.refresh_when_outgrown(kind, index)


def drain(batch: int = 500) -> int:
    """Applies all that is open in the outbox of an inline engine; how many changes."""
    index, done = engine(), 0
    while True:
        found = list(Change.objects.order_by("pk").values_list("pk", "kind", "object_id")[:batch])
        if not found:
            return done
        known = {each.kind for each in types()}
        with transaction.atomic():
            _apply(index, {(kind, pk) for _change, kind, pk in found if kind in known})
            Change.objects.filter(pk__in=[change for change, _kind, _pk in found]).delete()
        done += len(found)


def follow(index: Engine, at_most: int = 5000) -> int:
    """Brings an index that is a file of this host up to the outbox; how many documents were looked at.

    Transactions may commit in another order than they took numbers, so numbers of the last minutes are read again. A
    change of a transaction that is still open here could be rolled back, and a file would not know: it waits.
    """
    if not index.get_mark("followed"):
        index.set_mark("followed", "0:")  # the rebuild below asks for the outbox, too
        from .maintenance import rebuild

        try:
            rebuild(engine_name=index.name)  # a new file: the outbox does not reach back to the beginning
        except BaseException:
            index.set_mark("followed", "")
            raise
        return 0
    through, seen = _followed(index)
    rows = Change.objects.filter(pk__gt=through).exclude(pk__in=seen).order_by("pk")
    found = list(rows.values_list("pk", "kind", "object_id", "created_at")[:at_most])
    if found and not sees_open_transactions():
        still_open = {each for _savepoints, batch in _batches() for each in batch.changed}
        found = [each for each in found if (each[1], each[2]) not in still_open]
    if not found:
        return 0
    known = {each.kind for each in types()}
    _apply(index, {(kind, pk) for _change, kind, pk, _at in found if kind in known})
    settled = timezone.now() - LATEST_COMMIT
    old = [change for change, _kind, _pk, created_at in found if created_at < settled]
    low = max([through, *old, *sorted(seen | {change for change, *_rest in found})[:-SEEN_KEPT]])
    seen = {each for each in (seen | {change for change, *_rest in found}) if each > low}
    index.set_mark("followed", f"{low}:{','.join(map(str, sorted(seen)))}")
    return len(found)


def sees_open_transactions() -> bool:
    """For tests, which never commit: they clear the file themselves."""
    return getattr(settings, "SEARCH_SEES_OPEN_TRANSACTIONS", False)


def _followed(index: Engine) -> tuple[int, set[int]]:
    """The number through which the index has followed the outbox, and those above it that it has already seen."""
    through, _sep, seen = index.get_mark("followed").partition(":")
    return int(through or 0), {int(each) for each in seen.split(",") if each}


def waiting(index: Engine) -> int:
    """Changes that are not in the index yet."""
    if index.inline:
        return Change.objects.count()
    through, seen = _followed(index)
    return Change.objects.filter(pk__gt=through).exclude(pk__in=seen).count()


def sweep() -> None:
    """By the clock: applies what a crash left over, forgets what every host has long followed."""
    if engine().inline:
        drain()
    else:
        follow(engine())
        Change.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
