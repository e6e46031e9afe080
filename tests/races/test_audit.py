"""Many writers at once: the audit trail's chain stays whole, nobody waits for another's transaction."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import chain, verification
from accounts.models import AuditDay, AuditEntry
from tests.races.clients import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 8, 5


def write(number: int) -> None:
    for turn in range(EACH):
        with transaction.atomic():
            audit.record("checked", reason=f"{number} {turn}")


def gaps() -> list[str]:
    return [each.text for each in verification.verify().defects]


def test_chain_stays_whole_under_parallel_writers():
    before = AuditEntry.objects.count()
    assert at_once([lambda number=number: write(number) for number in range(WRITERS)]) == [None] * WRITERS
    chain.seal()
    assert AuditEntry.objects.count() == before + WRITERS * EACH
    report = verification.verify()
    assert (report.defects, report.unchained) == ([], 0)


def test_chain_extended_without_its_lock_breaks():
    """Negative control: two that read the same head both write after it, and one of the two is refused or lost."""
    audit.record("checked")
    read = threading.Barrier(2)

    def extend() -> None:
        head = AuditDay.objects.order_by("-day").first()
        read.wait(timeout=30)
        sequence = head.first_sequence + head.entries
        entry = AuditEntry(at=timezone.now(), verb="unlocked", day=head.day, sequence=sequence)
        entry.previous_hash = head.last_hash
        entry.save()
        entry.refresh_from_db()

    results = at_once([extend, extend])
    assert [type(each).__name__ for each in results if each is not None] == ["IntegrityError"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time anyway")
def test_long_transaction_makes_no_other_wait():
    written, done = threading.Event(), threading.Event()

    def long() -> None:
        with transaction.atomic():
            audit.record("long")
            written.set()
            assert done.wait(timeout=30)

    def short() -> None:
        assert written.wait(timeout=30)
        audit.record("short")
        done.set()

    assert at_once([long, short]) == [None, None]
    assert gaps() == []
