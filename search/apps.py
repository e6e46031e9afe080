from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("搜索")

    def ready(self) -> None:
        from . import signals

        autodiscover_modules("documents")
        signals.connect()
        post_migrate.connect(_prepare_index, sender=self)


def _prepare_index(using: str, **kwargs: Any) -> None:
    """Tables of the index exist before the first reader comes; an emptied database empties the index."""
    if using == "default":
        from .engines import local
        from .maintenance import drop_leftovers
        from .registry import types

        local().create(each.kind for each in types())
        drop_leftovers()
