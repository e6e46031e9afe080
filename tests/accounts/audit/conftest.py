import pytest


@pytest.fixture
def trail(transactional_db):
    """An empty, committed trail: laying the site's ground has left entries already."""
    from django.db import connection
    from django.db.models import QuerySet

    from accounts.audit import database
    from accounts.models import AuditDay, AuditEntry

    database.uninstall(connection)
    for model in (AuditEntry, AuditDay):
        QuerySet(model).delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'accounts_auditentry'")
    database.install(connection)
