from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("产品目录")

    def ready(self) -> None:
        from . import review_notices  # noqa: F401  (connects itself)
