"""Who keeps the table: supervisors (administrators may do everything)."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission

from accounts.actions import group_for
from accounts.roles import Role

RIGHTS = tuple(f"{verb}_place" for verb in ("view", "add", "change", "delete"))


def sync_groups() -> None:
    create_permissions(apps.get_app_config("matching"), verbosity=0)
    found = Permission.objects.filter(content_type__app_label="matching", codename__in=RIGHTS)
    group_for(Role.SUPERVISOR).permissions.add(*found)
