"""The rule that an advisor's standing visits never overlap, as a constraint (PostgreSQL) or triggers (SQLite)."""

from django.db import migrations

from advisors import database


def install(apps, schema_editor) -> None:
    database.install(schema_editor.connection)


def uninstall(apps, schema_editor) -> None:
    database.uninstall(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("advisors", "0001_initial")]
    operations = [migrations.RunPython(install, uninstall, elidable=False)]
