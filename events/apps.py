from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("活动")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import Role
        from content import cards as pages
        from content import sections

        from . import cards, handover, home, panels, privacy

        privacy.declare()
        handover.register()
        sections.register("events", "events/_home.html", home.next_events, order=20)
        pages.register(pages.Source("events", _("活动"), cards.find, cards.names, cards.build, "events/_cards.html"))
        staff = (Role.ORGANISER, Role.SUPERVISOR, Role.ADMINISTRATOR)
        navigation.register("me", _("活动"), "events:my_events", order=50)
        navigation.register("desk", _("活动"), "events:desk_events", order=50, roles=staff)
        navigation.register_panel("me", "events", panels.mine, order=60)
        navigation.register_panel("desk", "events", panels.organised, roles=staff, order=60)
        navigation.register_panel("desk", "door", panels.doors, roles=(Role.DOOR_STAFF,), order=10)
