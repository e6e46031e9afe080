"""What of events waits on the landing pages."""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import Panel, Row
from accounts.wording import clock

from . import queries
from .models import Event


def mine(user: User) -> Panel:
    """A person's own coming events."""
    found = [each for each in queries.registrations_of(user)[:20] if each.event.ends_at >= timezone.now()]
    rows = [
        Row(each.event.title, each.get_absolute_url(), f"{clock(each.event.starts_at)} {each.event.venue}")
        for each in found[:5]
    ]
    return Panel(
        _("我的活动"),
        rows,
        len(found),
        reverse("events:my_events"),
        _("还没有报名活动。"),
        _("看看近期活动"),
        reverse("events:events"),
    )


def _soon(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.filter(ends_at__gte=timezone.now() - timedelta(hours=12)).exclude(state__in=("archived", "cancelled"))


def organised(user: User) -> Panel:
    found = queries.with_counts(_soon(queries.organised_by(user)))
    rows = [
        Row(
            event.title,
            reverse("events:desk_event", args=[event.slug]),
            _("%(state)s · 已报名 %(n)s 人") % {"state": event.get_state_display(), "n": event.confirmed},
            due_at=event.starts_at,
        )
        for event in found[:5]
    ]
    return Panel(_("近期活动"), rows, found.count(), reverse("events:desk_events"), _("没有将要举办的活动。"))


def doors(user: User) -> Panel:
    """Where a member of the door staff is on duty."""
    found = _soon(queries.at_the_door(user))
    rows = [
        Row(event.title, reverse("events:door", args=[event.slug]), event.venue, due_at=event.starts_at)
        for event in found[:5]
    ]
    return Panel(_("我负责签到的活动"), rows, found.count(), "/desk/", _("还没有分配给您的活动，请联系组织者。"))
