from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from catalogue import home
        from content import sections

        from . import checks, invalidation  # noqa: F401  (checks register themselves)

        invalidation.connect()
        # The catalogue may not know the front page's app; everyone else registers there by themselves.
        sections.register("products", "catalogue/_home.html", home.products_by_purpose, order=10)
