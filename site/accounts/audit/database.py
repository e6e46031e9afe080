"""The trail is append-only: said to the database itself, whoever writes.

An entry may be changed once, when it gets its place in the chain, and then in nothing else; it is never deleted. A
day's row only counts up, and only while no later day is open. SQLite drops a table's triggers whenever a later
migration rebuilds that table, so they are put back after every `migrate` (`apps.py`).
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from .chain import CONTENT

ENTRY, DAY = "accounts_auditentry", "accounts_auditday"
REFUSAL = "the audit trail is append-only"
FIXED = ("day", "previous_day", "opening_hash", "first_sequence")
_LATER = f"(SELECT 1 FROM {DAY} WHERE day > OLD.day)"  # noqa: S608  (constants only)


def _differs(columns: tuple[str, ...], operator: str) -> str:
    return " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in columns)


def _sqlite() -> list[str]:
    conditions = {
        (ENTRY, "DELETE"): "1",
        (ENTRY, "UPDATE"): f"OLD.sequence IS NOT NULL OR NEW.sequence IS NULL OR {_differs(CONTENT, 'IS NOT')}",
        # REPLACE INTO would delete the row that it meets without telling a DELETE trigger.
        (ENTRY, "INSERT"): f"EXISTS (SELECT 1 FROM {ENTRY} WHERE id = NEW.id OR sequence = NEW.sequence)",  # noqa: S608
        (DAY, "DELETE"): "1",
        (DAY, "UPDATE"): f"NEW.entries <= OLD.entries OR EXISTS {_LATER} OR {_differs(FIXED, 'IS NOT')}",
        (DAY, "INSERT"): f"EXISTS (SELECT 1 FROM {DAY} WHERE day >= NEW.day)",  # noqa: S608
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for (table, event), condition in conditions.items()
    ]


def _postgresql() -> list[str]:
    entry = f"OLD.sequence IS NOT NULL OR NEW.sequence IS NULL OR {_differs(CONTENT, 'IS DISTINCT FROM')}"
    day = f"NEW.entries <= OLD.entries OR EXISTS {_LATER} OR {_differs(FIXED, 'IS DISTINCT FROM')}"
    statements = []
    for table, condition in ((ENTRY, entry), (DAY, day)):
        statements += [
            f"""
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NOT ({condition}) THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
            f"""
CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
""",
            f"""
CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()
""",
        ]
    return statements


def install(connection: BaseDatabaseWrapper) -> None:
    """Adds what is missing; again and again does no harm."""
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """For the migration's way back, and for tests: they empty every table, and play the tamperer."""
    with connection.cursor() as cursor:
        for table in (ENTRY, DAY):
            if connection.vendor == "sqlite":
                for event in ("delete", "update", "insert"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
            else:
                cursor.execute(f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE")


def restore(connection: BaseDatabaseWrapper) -> None:
    """After a migrate: the triggers, where SQLite has dropped them with a rebuilt table."""
    if {ENTRY, DAY} <= set(connection.introspection.table_names()):
        install(connection)
