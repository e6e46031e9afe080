from django.apps import AppConfig
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def lay_ground(sender, using: str, **kwargs) -> None:
    """A new database gets its home page, its sections and the editors' rights."""
    from . import actions
    from .models import CasePage

    if using == "default" and CasePage._meta.db_table in connections[using].introspection.table_names():
        call_command("createcachetable", verbosity=0)  # saving a site drops its cached addresses
        actions.sync_groups()


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("内容")

    def ready(self) -> None:
        from . import actions

        actions.follow_policies()
        post_migrate.connect(lay_ground, sender=self, dispatch_uid="content-ground")
