"""Chains entries by hash: each names the hash before it, each day opens with a seal of the day before.

An entry is written in its change's own transaction; taking the chain's lock there would make writers wait for each
other's whole transactions, and deadlock with the locks those hold. So the chain is extended right after the commit, in a
short transaction of its own, one at a time. What a crash leaves unchained, the next one chains.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
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


# Fixed texts: the chain is extended at every write, and building these anew costs more than running them.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('accounts_auditday'))"
_NEWEST = "SELECT * FROM accounts_auditday ORDER BY day DESC LIMIT 1"
_WAITING = f"SELECT * FROM accounts_auditentry WHERE sequence IS NULL ORDER BY id LIMIT {BATCH}"  # noqa: S608
_CHAIN = "UPDATE accounts_auditentry SET sequence = %s, day = %s, previous_hash = %s, hash = %s WHERE id = %s"
_COUNT = "UPDATE accounts_auditday SET entries = %s, last_hash = %s WHERE day = %s"


@transaction.atomic
def _seal_batch() -> int:
    """Raw, past the append-only manager; the database lets an entry be chained once."""
    from ..models import AuditDay, AuditEntry

    connection = transaction.get_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # SQLite has one writer at a time
            cursor.execute(_LOCK)
        waiting = list(AuditEntry.objects.raw(_WAITING))
        if not waiting:
            return 0
        day = _today(next(iter(AuditDay.objects.raw(_NEWEST)), None))
        sequence, last = day.first_sequence + day.entries, day.last_hash
        for entry in waiting:
            made = entry_hash(entry, sequence, day.day, last)
            cursor.execute(_CHAIN, [sequence, day.day.isoformat(), last, made, entry.pk])
            sequence, last = sequence + 1, made
        cursor.execute(_COUNT, [day.entries + len(waiting), last, day.day.isoformat()])
    return len(waiting)


def _today(newest: "AuditDay | None") -> "AuditDay":
    """Today's row; a clock set back goes on in the newest day."""
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
