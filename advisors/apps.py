from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class AdvisorsConfig(AppConfig):
    name = "advisors"
    verbose_name = _("金融顾问")

    def ready(self) -> None:
        from accounts import navigation
        from content import cards as pages
        from content import sections

        from . import cards, handover, home, panels, privacy, queries

        privacy.declare()
        handover.register()
        sections.register("advisors", "advisors/_home.html", home.find_an_advisor, order=30)

        pages.register(
            pages.Source("advisors", _("金融顾问"), cards.find, cards.names, cards.build, "advisors/_cards.html")
        )
        post_migrate.connect(_restore_overlap_rule, sender=self, dispatch_uid="visits-do-not-overlap")
        navigation.register("desk", _("走访"), "advisors:week", roles=queries.VISIT_ROLES, order=30)
        navigation.register(
            "desk",
            _("诉求"),
            "advisors:requests",
            roles=queries.REQUEST_ROLES,
            order=35,
            count=queries.open_request_count,
        )
        navigation.register("me", _("走访"), "advisors:my_visits", order=30, count=queries.visits_to_confirm)
        navigation.register("me", _("诉求"), "advisors:my_requests", order=35, count=queries.answers_waiting)
        advisors = (Role.ADVISOR, Role.TEAM_LEAD)
        navigation.register_panel("desk", "visits", panels.next_visits, roles=advisors, order=20)
        navigation.register_panel("desk", "callers", panels.callers, roles=advisors, order=18)
        navigation.register_panel("desk", "requests", panels.open_requests, roles=queries.REQUEST_ROLES, order=25)
        navigation.register_panel("me", "visits", panels.my_visits, order=30)
        navigation.register_panel("me", "requests", panels.my_requests, order=35)


def _restore_overlap_rule(*, using: str, **kwargs) -> None:
    from django.db import connections

    from .database import restore

    restore(connections[using])
