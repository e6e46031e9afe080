"""From a change of the site to a change of the indices.

A change writes a `Change` row in its own transaction. Where the index lives in the site's own database the same process
applies it as soon as the transaction has committed, so a publish is found at once; a search made inside the transaction
applies it first. An index that is a file of this host follows the outbox before each answer. Elasticsearch is written by
the queue (`deliver`), never by a request; until it has a change, answers about that kind come from the embedded engine. What
a crash leaves over is picked up by the queue's clock (`sweep`). Applying reads the row anew, so order and repetition do no harm.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone

from . import circuit, failures, reading, statistics, words
from .building import entries
from .engines import Engine, local, remote
from .errors import EngineDown, EngineRefused, RebuildOvertaken
from .events import answers_changed
from .models import Change
from .registry import PUBLIC, get, types, types_touched_by

logger = logging.getLogger(__name__)
KEPT = timedelta(days=7)
LATEST_COMMIT = timedelta(minutes=10)  # no transaction stays open longer after it has noted a change
SEEN_KEPT = 5000  # numbers above the mark that are remembered one by one
NUMBERS_KEPT = timedelta(days=1)
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
        if not local().inline:
            return  # readers follow the outbox
        if len(self.changed) > AT_ONCE:
            from .tasks import drain_outbox

            drain_outbox.enqueue()
        elif self.changed:
            with transaction.atomic():
                _apply(local(), self.changed)


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
    here = set(transaction.get_connection().savepoint_ids)
    batch = next((each for savepoints, each in _batches() if savepoints == here), None)
    fresh = [each for each in dict.fromkeys(changed) if batch is None or each not in batch.noted]
    if not fresh:
        return
    far = remote() is not None
    Change.objects.bulk_create([Change(kind=kind, object_id=pk, remote=far) for kind, pk in fresh])
    known = batch is not None
    batch = batch or _Batch()
    batch.changed |= set(fresh)
    batch.noted |= set(fresh)
    if known:
        return
    transaction.on_commit(batch, robust=True)
    if far or not local().inline:
        from .tasks import follow_outbox

        follow_outbox.enqueue()


def settle() -> None:
    """Before an answer: what this process changed in a transaction that is still open, or, where the index is a file of
    this host, what anybody has changed."""
    index = local()
    if sees_open_transactions() and circuit.usable():
        deliver()
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
    """Makes these documents of the index say what the database says now; those that nobody changed are left alone.

    A document that can not be read leaves the index (it may have been closed to some) and is noted in `failures`.
    """
    document_type = get(kind)
    # Versions are read before the rows: a row can then only be newer than its version says, never older. The number of a
    # rebuild or repair (document 0) lifts them: a transaction that began before it may commit after it.
    versions = _versions(kind, [0, *pks])
    number = versions.pop(0, 0)
    versions = {pk: max(version, number) for pk, version in versions.items()}
    unreadable: dict[int, str] = {}
    try:
        rows = reading.some(document_type, list(versions))
        written = list(entries(document_type, rows, versions, words.analyser(), unreadable))
    except DatabaseError:
        raise
    except Exception as error:  # of the app's queryset: the whole batch of this kind
        logger.exception("search: %s can not be read", kind)
        written, unreadable = [], dict.fromkeys(versions, f"{type(error).__name__}: {error}")
    present = {each.id for each in written}
    gone = {pk: version for pk, version in versions.items() if pk not in present}
    is_local = index.name == local().name
    closed = [each.id for each in written if PUBLIC not in each.visibility]
    concerns_all = len(closed) < len(written) or (is_local and local().any_public(kind, closed))
    try:
        index.write(written)
    except EngineRefused as refusal:
        logger.error("search: %s refuses documents of %s: %s", index.name, kind, refusal.documents)
        unreadable |= refusal.documents
        gone |= {pk: versions[pk] for pk in refusal.documents}
    index.delete(kind, gone)
    failures.note(kind, unreadable)
    if is_local:
        if gone or concerns_all:
            answers_changed.send(document_type.model)
        if index.inline:  # undone with the index row by a rollback
            last = max(versions.values(), default=0)
            if remote() is not None:
                done_locally(Change.objects.filter(kind=kind, object_id__in=pks, pk__lte=last))
            else:
                _forget(kind, pks, last)
        statistics.refresh_when_outgrown(kind, index)


def _versions(kind: str, pks: list[int]) -> dict[int, int]:
    """The last change of each. Written out, since to make Django compile it takes longer than to write a document."""
    table, places = Change._meta.db_table, ", ".join(["%s"] * len(pks))
    sql = f"SELECT object_id, max(id) FROM {table} WHERE kind = %s AND object_id IN ({places}) GROUP BY object_id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, *pks])
        return dict(cursor.fetchall())


def _forget(kind: str, pks: list[int], last: int) -> None:
    """Changes that nobody waits for any more; written out for the same reason."""
    table, places = Change._meta.db_table, ", ".join(["%s"] * len(pks))
    sql = f"DELETE FROM {table} WHERE kind = %s AND object_id IN ({places}) AND id <= %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, *pks, last])


def done_locally(changed: QuerySet[Change]) -> None:
    """These are in the index that lives in this database; what waits for nobody else goes."""
    if remote() is not None:
        changed.filter(remote=True).update(local=False)
        changed = changed.filter(remote=False)
    changed._raw_delete(changed.db)  # nothing refers to them and nobody listens: `delete` would read them first


def drain(batch: int = 500) -> int:
    """Applies all that is open in the outbox of an inline engine; how many changes."""
    done = 0
    while True:
        rows = Change.objects.filter(local=True).exclude(object_id=0).order_by("pk")
        found = list(rows.values_list("pk", "kind", "object_id")[:batch])
        if not found:
            return done
        known = {each.kind for each in types()}
        with transaction.atomic():
            _apply(local(), {(kind, pk) for _change, kind, pk in found if kind in known})
            done_locally(Change.objects.filter(pk__in=[change for change, _kind, _pk in found]))
        done += len(found)


def deliver(batch: int = 500) -> int:
    """Brings Elasticsearch up to the outbox; how many changes. Not while the circuit is open, and it opens it."""
    if not circuit.usable():
        return 0
    try:
        return deliver_all(batch)
    except EngineDown as error:
        circuit.failed(error)
        return 0


def deliver_all(batch: int = 500) -> int:
    """Raises EngineDown; what was not delivered stays."""
    index, done = remote(), 0
    while index is not None:
        found = list(Change.objects.filter(remote=True).order_by("pk").values_list("pk", "kind", "object_id")[:batch])
        if not found:
            break
        known = {each.kind for each in types()}
        _apply(index, {(kind, pk) for _change, kind, pk in found if kind in known})
        delivered = Change.objects.filter(pk__in=[change for change, _kind, _pk in found])
        if local().inline:
            delivered.filter(local=False).delete()
        delivered.update(remote=False)
        done += len(found)
    return done


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
        except RebuildOvertaken:
            if index.get_mark("followed") == "0:":  # not by one of all kinds that is done
                index.set_mark("followed", "")
        except BaseException:
            index.set_mark("followed", "")
            raise
        return 0
    through, seen = _followed(index)
    rows = Change.objects.filter(pk__gt=through).exclude(pk__in=seen).exclude(object_id=0).order_by("pk")
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


def follow_everywhere() -> None:
    """For the queue: the file of its host, and Elasticsearch."""
    if not local().inline:
        follow(local())
    deliver()


def sees_open_transactions() -> bool:
    """For tests, which never commit: they clear the file themselves."""
    return getattr(settings, "SEARCH_SEES_OPEN_TRANSACTIONS", False)


def _followed(index: Engine) -> tuple[int, set[int]]:
    """The number through which the index has followed the outbox, and those above it that it has already seen."""
    through, _sep, seen = index.get_mark("followed").partition(":")
    return int(through or 0), {int(each) for each in seen.split(",") if each}


def place_now() -> str:
    """The mark of an index that has followed all that is committed now, and nothing of what is still open."""
    settled = timezone.now() - LATEST_COMMIT
    low = Change.objects.filter(created_at__lt=settled).aggregate(last=Max("pk"))["last"] or 0
    recent = Change.objects.filter(pk__gt=low).order_by("-pk").values_list("pk", flat=True)[:SEEN_KEPT]
    return f"{low}:{','.join(map(str, sorted(recent)))}"


def waiting(index: Engine) -> int:
    """Changes that are not in the index yet."""
    if index.name != local().name:
        return Change.objects.filter(remote=True).count()
    if index.inline:
        return Change.objects.filter(local=True).exclude(object_id=0).count()
    through, seen = _followed(index)
    return Change.objects.filter(pk__gt=through).exclude(pk__in=seen).exclude(object_id=0).count()


def sweep() -> None:
    """By the clock: applies what a crash left over, tries again what failed, forgets what everybody has long followed, takes
    away what a killed rebuild has left in the local index."""
    now = timezone.now()
    tried = failures.try_again()
    if local().inline:
        drain()
        Change.objects.filter(object_id=0, created_at__lt=now - NUMBERS_KEPT).delete()
    else:
        follow(local())
        Change.objects.filter(created_at__lt=now - KEPT, remote=False).delete()
    if abandoned := local().take_away_abandoned():
        logger.info("search: took away what killed rebuilds of %s had left", ", ".join(abandoned))
    if remote() is None:
        Change.objects.filter(remote=True).update(remote=False)  # Elasticsearch has been given up
        if local().inline:
            Change.objects.filter(local=False).exclude(object_id=0).delete()
    elif circuit.usable():
        deliver()
    elif circuit.claim():
        from .maintenance import heal

        heal()
    if remote() is None or circuit.usable():
        failures.forget(tried, now)
