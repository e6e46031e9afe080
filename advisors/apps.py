from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AdvisorsConfig(AppConfig):
    name = "advisors"
    verbose_name = _("金融顾问")

    def ready(self) -> None:
        post_migrate.connect(_restore_overlap_rule, sender=self, dispatch_uid="visits-do-not-overlap")


def _restore_overlap_rule(*, using: str, **kwargs) -> None:
    from django.db import connections

    from .database import restore

    restore(connections[using])
