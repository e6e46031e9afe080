"""The audit trail's chain: whole after many writers, and every way of tampering with it is found and named."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.audit import chain
from accounts.models import AuditDay, AuditEntry
from tests.factories import EnterpriseFactory, RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _from_here(request):
    """An empty trail: laying the site's ground has left entries already."""
    from accounts.audit import database

    request.getfixturevalue("transactional_db")
    database.uninstall(connection)
    for model in (AuditEntry, AuditDay):
        QuerySet(model).delete()
    database.install(connection)


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


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_auditentry",
        "UPDATE accounts_auditentry SET reason = 'x'",
        "UPDATE accounts_auditentry SET hash = 'x'",
        "DELETE FROM accounts_auditday",
        "UPDATE accounts_auditday SET entries = 0",
        "UPDATE accounts_auditday SET opening_hash = 'x', entries = entries + 1",
    ],
)
def test_database_refuses(statement):
    RegionFactory()
    before = list(AuditEntry.objects.values()), list(AuditDay.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (list(AuditEntry.objects.values()), list(AuditDay.objects.values())) == before


def test_enterprise_is_named_by_number_only():
    EnterpriseFactory(name="遂昌云峰茶业有限公司")
    entry = AuditEntry.objects.get(model="accounts.enterprise")
    assert entry.label == ""
    assert entry.changes["name"] == [None, "遂昌**"]
    assert chain.seal() == 0
    with audit.acting(note="测试"):
        assert audit.record("checked").path == "测试"
