"""Chains entries by hash: each names the hash before it, each day opens with a seal of the day before.

An entry is written in its change's own transaction; taking the chain's lock there would make writers wait for each
other's whole transactions, and deadlock with the locks those hold. So the chain is extended right after the commit, in a
short transaction of its own that locks the newest day's row. What a crash leaves unchained, the next one chains.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from ..models import AuditDay, AuditEntry

BATCH = 500
CONTENT = (  # what the hash covers, beside its place in the chain
    "id",
    "at",
    "actor_id",
    "actor_roles",
    "verb",
    "model",
    "object_id",
    "label",
    "enterprise_id",
    "institution_id",
    "person_id",
    "changes",
    "detail",
    "address",
    "path",
    "reason",
)


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, UTC times to the microsecond."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_scalar)


def _scalar(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the audit trail")


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def entry_hash(entry: "AuditEntry", sequence: int, day: date, previous: str) -> str:
    content = {name: getattr(entry, name) for name in CONTENT}
    return digest({"content": content, "sequence": sequence, "day": day, "previous": previous})


def opening_hash(day: date, before: "AuditDay | None") -> str:
    """What a day opens with: a seal of all that the day before says of itself."""
    sealed = None
    if before is not None:
        sealed = {
            "day": before.day,
            "opening": before.opening_hash,
            "first": before.first_sequence,
            "entries": before.entries,
            "last": before.last_hash,
        }
    return digest({"day": day, "before": sealed})


def seal_after_commit() -> None:
    """Has the chain extended once the running transaction is committed; asked again in the same one, it does nothing."""
    connection = transaction.get_connection()
    if all(function is not seal for _sids, function, _robust in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def seal() -> int:
    """Chains what is committed and not chained yet, in the order it was written; gives how many entries that were."""
    total = 0
    while count := _seal_batch():
        total += count
        if count < BATCH:
            break
    return total


@transaction.atomic
def _seal_batch() -> int:
    from ..models import AuditEntry

    head = _lock_newest_day()
    waiting = list(AuditEntry.objects.filter(sequence__isnull=True).order_by("pk")[:BATCH])
    if not waiting:
        return 0
    head = _today(head)
    sequence = head.first_sequence + head.entries
    for entry in waiting:
        made = entry_hash(entry, sequence, head.day, head.last_hash)
        models.QuerySet(AuditEntry).filter(pk=entry.pk).update(  # past the manager; the database lets it happen once
            sequence=sequence, day=head.day, previous_hash=head.last_hash, hash=made
        )
        head.last_hash = made
        sequence += 1
    head.entries += len(waiting)
    head.save(update_fields=["entries", "last_hash"])
    return len(waiting)


def _lock_newest_day() -> "AuditDay | None":
    """The newest day's row, locked. None before the first entry ever."""
    from ..models import AuditDay

    while True:
        newest = AuditDay.objects.select_for_update().order_by("-day").first()
        if newest is None or not AuditDay.objects.filter(day__gt=newest.day).exists():
            return newest  # else another opened a day while this one waited for the lock


def _today(newest: "AuditDay | None") -> "AuditDay":
    """Today's row; a clock set back goes on in the newest day. The lock on the day before keeps others out."""
    from ..models import AuditDay

    today = timezone.localdate()
    if newest is not None and newest.day >= today:
        return newest
    opening = opening_hash(today, newest)
    return AuditDay.objects.create(
        day=today,
        previous_day=newest.day if newest else None,
        opening_hash=opening,
        first_sequence=newest.first_sequence + newest.entries if newest else 1,
        last_hash=opening,
    )
