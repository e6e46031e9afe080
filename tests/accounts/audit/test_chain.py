"""The audit trail is append-only in the database itself, and chained right after each commit."""

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.audit import chain
from accounts.models import AuditDay, AuditEntry
from tests.factories import EnterpriseFactory, RegionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("trail")]


def test_entry_of_a_committed_change_is_chained():
    RegionFactory()
    entry = AuditEntry.objects.get()
    day = AuditDay.objects.get()
    assert (entry.sequence, entry.previous_hash, entry.hash) == (1, day.opening_hash, day.last_hash)
    assert day.entries == 1


def test_entry_of_a_change_taken_back_is_gone():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        RegionFactory()
        raise ZeroDivisionError
    assert AuditEntry.objects.count() == 0


def test_entry_of_a_savepoint_taken_back_leaves_the_others_chained():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.record("lost")
            raise ZeroDivisionError
        audit.record("kept")
    assert list(AuditEntry.objects.values_list("verb", "sequence")) == [("kept", 1)]


def test_entries_left_unchained_by_a_crash_are_chained_by_the_next():
    with transaction.atomic():
        audit.record("first")
        connection.run_on_commit.clear()  # the process dies between commit and chain
    assert AuditEntry.objects.get().sequence is None
    audit.record("second")
    assert list(AuditEntry.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2]


def test_day_opens_with_a_seal_of_the_day_before():
    for day in ("2026-03-01", "2026-03-04"):
        with time_machine.travel(f"{day} 10:00+08:00", tick=False):
            audit.record("checked")
    first, second = AuditDay.objects.order_by("day")
    assert (second.previous_day, second.first_sequence) == (first.day, 2)
    assert second.opening_hash == chain.opening_hash(second.day, first)
    assert AuditEntry.objects.get(sequence=2).previous_hash == second.opening_hash


def test_clock_set_back_goes_on_in_the_newest_day():
    for moment in ("2026-03-02 00:01", "2026-03-01 23:59"):
        with time_machine.travel(f"{moment}+08:00", tick=False):
            audit.record("checked")
    assert list(AuditDay.objects.values_list("entries", flat=True)) == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_auditentry",
        "UPDATE accounts_auditentry SET reason = 'x'",
        "UPDATE accounts_auditentry SET hash = 'x'",
        "UPDATE accounts_auditentry SET sequence = NULL",
        "DELETE FROM accounts_auditday",
        "UPDATE accounts_auditday SET entries = 0",
        "UPDATE accounts_auditday SET last_hash = 'x'",
        "UPDATE accounts_auditday SET opening_hash = 'x', entries = entries + 1",
    ],
)
def test_database_refuses(statement):
    RegionFactory()
    before = list(AuditEntry.objects.values()), list(AuditDay.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (list(AuditEntry.objects.values()), list(AuditDay.objects.values())) == before


def test_database_refuses_to_change_an_entry_while_chaining_it():
    with transaction.atomic():
        audit.record("checked")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_auditentry SET sequence = 1, reason = 'x'")


def test_database_refuses_to_change_a_closed_day():
    for day in ("2026-03-01", "2026-03-02"):
        with time_machine.travel(f"{day} 10:00+08:00", tick=False):
            audit.record("checked")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditday SET entries = entries + 1 WHERE day = '2026-03-01'")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
def test_database_refuses_to_replace_an_entry():
    RegionFactory()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("REPLACE INTO accounts_auditentry SELECT * FROM accounts_auditentry")


def test_enterprise_is_named_by_number_only():
    made = EnterpriseFactory(name="遂昌云峰茶业有限公司")
    entry = AuditEntry.objects.get(model="accounts.enterprise")
    assert (entry.label, entry.enterprise_id) == ("", made.pk)
    assert entry.changes["name"] == [None, "遂昌**"]
