"""An advisor's standing visits never overlap: said to the database itself, whoever writes.

PostgreSQL has an exclusion constraint; SQLite gets two triggers that refuse the row. SQLite drops a table's triggers
whenever a later migration rebuilds that table, so they are put back after every `migrate` (`apps.py`).
"""

from django.db.backends.base.base import BaseDatabaseWrapper

NAME = "visits_do_not_overlap"
STANDING = "('planned', 'confirmed', 'done')"  # = models.ACTIVE_STATES; a test holds them together

# Plain SQL: django.contrib.postgres cannot be imported where only the embedded default's libraries are installed.
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""
ALTER TABLE advisors_visit ADD CONSTRAINT {NAME}
EXCLUDE USING gist (advisor_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (state IN {STANDING})
""",
]

SQLITE = [
    f"""
CREATE TRIGGER IF NOT EXISTS {NAME}_{event.lower().replace(" ", "_")} BEFORE {event} ON advisors_visit
WHEN NEW.state IN {STANDING}
BEGIN
  SELECT RAISE(ABORT, '{NAME}') WHERE EXISTS (
    SELECT 1 FROM advisors_visit
    WHERE advisor_id = NEW.advisor_id AND id IS NOT NEW.id AND state IN {STANDING}
      AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  );
END
"""  # noqa: S608  (constants only)
    for event in ("INSERT", "UPDATE")
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Adds what is missing; again and again does no harm on SQLite, on PostgreSQL it is for the migration only."""
    statements = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def uninstall(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{event}")
        else:
            cursor.execute(f"ALTER TABLE advisors_visit DROP CONSTRAINT IF EXISTS {NAME}")


def restore(connection: BaseDatabaseWrapper) -> None:
    """After a migrate: the triggers, where SQLite has dropped them with a rebuilt table."""
    if connection.vendor == "sqlite" and "advisors_visit" in connection.introspection.table_names():
        install(connection)
