"""iCalendar texts: one event, one ticket, the public calendar."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar
from icalendar import Event as Entry

from .models import Event

ZONE = ZoneInfo("Asia/Shanghai")


def _local(value: datetime) -> datetime:
    return value.astimezone(ZONE)


def calendar(events: Iterable[Event], *, url: str = "") -> bytes:
    """`url` replaces the event's own address (a ticket's)."""
    made = Calendar()
    made.add("prodid", f"-//{settings.SITE_NAME}//events//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    host = urlsplit(settings.PUBLIC_URL).hostname
    for event in events:
        entry = Entry()
        entry.add("uid", f"event-{event.pk}@{host}")
        entry.add("dtstamp", event.updated_at)
        entry.add("last-modified", event.updated_at)
        entry.add("sequence", int(event.updated_at.timestamp()) - int(event.created_at.timestamp()))
        entry.add("summary", event.title)
        entry.add("dtstart", _local(event.starts_at))
        entry.add("dtend", _local(event.ends_at))
        entry.add("location", event.venue or event.online_url)
        entry.add("description", event.summary)
        entry.add("url", url or f"{settings.PUBLIC_URL}{event.get_absolute_url()}")
        entry.add("status", "CANCELLED" if event.state == Event.State.CANCELLED else "CONFIRMED")
        made.add_component(entry)
    made.add_missing_timezones()
    return made.to_ical()


def response(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer
