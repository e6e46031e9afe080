"""`manage.py prepare`: brings database, static files and schedules to this version. Safe again and again, and from N hosts."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from accounts import actions as accounts_actions
from catalogue import actions as catalogue_actions
from matching.gazetteer import loading as places
from portal import schedules, serving
from portal.models import Epoch
from search import defaults as search_defaults
from search.maintenance import bring_up_to_date

LOCK = 0x59514C4B  # of PostgreSQL's advisory locks, ours


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Across hosts by an advisory lock on PostgreSQL, across processes of this host by a lock file."""
    with (settings.DATA_DIR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
                yield
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        else:
            yield


class Command(BaseCommand):
    help = "Migrates, loads code tables, collects static files and sets schedules, as far as each is needed."
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        quiet = {"verbosity": max(0, options["verbosity"] - 1)}
        with one_at_a_time():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", database=DEFAULT_DB_ALIAS, interactive=False, **quiet)
            if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
                call_command("createcachetable", **quiet)
            Epoch.objects.get_or_create(pk=1)
            if "load_reference" in get_commands() and not apps.get_model("accounts.Region").objects.exists():
                call_command("load_reference", **quiet)
            accounts_actions.sync_groups()
            catalogue_actions.sync_groups()
            schedules.sync()
            search_defaults.load()
            places.load()
            bring_up_to_date()
            if settings.STATIC_ROOT and not serving.static_is_current():
                call_command("collectstatic", interactive=False, **quiet)
