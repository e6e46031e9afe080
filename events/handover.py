"""What an organiser or somebody at the door holds: the events ahead that name them."""

from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import notify
from accounts.models import Institution, User
from accounts.people import handover
from accounts.roles import Role

from .models import Event


def register() -> None:
    """Called once, by `AppConfig.ready`."""
    for key, label, role, field in (
        ("events", gettext_lazy("负责的活动"), Role.ORGANISER, "organisers"),
        ("doors", gettext_lazy("要签到的活动"), Role.DOOR_STAFF, "door_staff"),
    ):
        handover.register(
            handover.Holding(
                key=key,
                label=label,
                roles=frozenset({role}),
                rows=partial(_ahead, field),
                move=partial(_move, field),
                nobody=gettext_lazy("不另指定"),
                open=handover.Open(partial(_links, field), "user"),
            )
        )


def _ahead(field: str, user: User, place: Institution | None) -> QuerySet[Event]:
    return Event.objects.filter(**{field: user}, ends_at__gt=timezone.now()).order_by("starts_at", "pk")


def _links(field: str) -> QuerySet:
    """One row for each event ahead and each of its people."""
    return getattr(Event, field).through.objects.filter(event__ends_at__gt=timezone.now())


def _move(field: str, user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    """Of past events nothing changes: they say who was there."""
    for event in list(_ahead(field, user, place)):
        people = getattr(event, field)
        people.remove(user)
        if to is not None:
            people.add(to)
            notify(to, _("活动“%s”转给您负责。") % event.title, event.get_absolute_url())
    return []
