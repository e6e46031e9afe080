from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from catalogue import cards, home, links, policies
        from content import cards as pages
        from content import panels, sections
        from content.links import gather

        from . import checks, invalidation  # noqa: F401  (checks register themselves)

        invalidation.connect()
        # The catalogue may not know the front page's app; everyone else registers there by themselves.
        for kind, label, build, template in (
            ("products", _("金融产品"), cards.build, "catalogue/_cards.html"),
            ("comparison", _("产品对比"), cards.build_comparison, "catalogue/_comparison.html"),
        ):
            pages.register(pages.Source(kind, label, cards.find, cards.names, build, template))
        gather.register(links.carried)
        panels.register(policies.on_policy_page)
        sections.register("products", "catalogue/_home.html", home.products_by_purpose, order=10)
