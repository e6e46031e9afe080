from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


def grant(sender: AppConfig, using: str, **kwargs: object) -> None:
    """A new database gets the rights of those who keep the names of places."""
    from .gazetteer import permissions
    from .models import Place

    if using == "default" and Place._meta.db_table in connections[using].introspection.table_names():
        permissions.sync_groups()


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("匹配与对接")

    def ready(self) -> None:
        from accounts import navigation
        from catalogue.panels import register_figures
        from content import cards as pages

        from . import handover, panels, privacy, signals
        from .alerts import noticing
        from .costs import cards
        from .gaps import panels as gap_panels
        from .gaps.queries import MAY_READ
        from .referrals import queries

        privacy.declare()
        signals.connect()
        noticing.connect()
        post_migrate.connect(grant, sender=self, dispatch_uid="matching-rights")
        handover.register()
        register_figures("product_figures")
        pages.register(
            pages.Source(
                "calculators", _("算成本"), cards.find, cards.names, cards.build, "matching/_calculator_cards.html"
            )
        )
        navigation.register("me", _("我的需求"), "matching:my_needs", order=10)
        navigation.register("me", _("对接进度"), "matching:my_referrals", order=15)
        managers, supervisors = (Role.RELATIONSHIP_MANAGER,), (Role.SUPERVISOR, Role.ADMINISTRATOR)
        navigation.register(
            "desk", _("对接单"), "matching:desk_referrals", roles=managers, order=10, count=queries.waiting_count
        )
        navigation.register(
            "desk", _("超时督办"), "matching:overdue", roles=supervisors, order=12, count=queries.overdue_count
        )
        navigation.register("desk", _("匹配权重"), "matching:weights", roles=supervisors, order=40)
        navigation.register_panel("desk", "weights", panels.weights, roles=supervisors, order=40)
        navigation.register("desk", _("更正"), "matching:corrections", roles=supervisors, order=18)
        navigation.register("desk", _("需求空白"), "matching:gaps", roles=MAY_READ, order=38)
        navigation.register_panel("desk", "gaps", gap_panels.gaps, roles=MAY_READ, order=60)
        navigation.register_panel("me", "needs", panels.my_needs, order=10)
        navigation.register_panel("me", "referrals", panels.my_referrals, order=15)
        navigation.register_panel("desk", "referrals", panels.desk_referrals, roles=managers, order=10)
        navigation.register_panel("desk", "overdue", panels.overdue, roles=supervisors, order=12)
        navigation.register_panel("desk", "corrections", panels.corrections, roles=supervisors, order=18)
