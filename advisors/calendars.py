"""Visits as iCalendar (RFC 5545): one entry, or an advisor's feed. Times are those of Asia/Shanghai."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.wording import masked_name

from .models import Visit, VisitState

ZONE = ZoneInfo("Asia/Shanghai")
STATUS = {VisitState.PLANNED: "TENTATIVE", VisitState.CANCELLED: "CANCELLED"}  # any other: CONFIRMED


def calendar(visits: Iterable[Visit], *, name: str = "", method: str = "PUBLISH") -> bytes:
    """A VCALENDAR of these visits. An entry keeps its UID for ever; SEQUENCE grows with each change of the visit."""
    found = Calendar()
    found.add("prodid", "-//Yinqiao//advisors//ZH")
    found.add("version", "2.0")
    found.add("method", method)
    if name:
        found.add("x-wr-calname", name)
        found.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for visit in visits:
        found.add_component(_entry(visit))
    found.add_missing_timezones()
    return found.to_ical()


def single(visit: Visit, shown: str = "whole") -> bytes:
    """One visit, to be added to a calendar; a cancelled one takes itself out of it. `shown`: see `contact_shown`."""
    if shown != "whole":  # not saved: what this reader may see of it
        visit.contact_name = masked_name(visit.contact_name) if shown == "masked" else ""
        visit.place = visit.place if shown == "masked" else ""
    return calendar([visit], method="CANCEL" if visit.state == VisitState.CANCELLED else "PUBLISH")


def _entry(visit: Visit) -> Event:
    entry = Event()
    entry.add("uid", f"visit-{visit.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    entry.add("sequence", visit.sequence)
    entry.add("dtstamp", visit.updated_at)
    entry.add("last-modified", visit.updated_at)
    entry.add("dtstart", timezone.localtime(visit.starts_at, ZONE))
    entry.add("dtend", timezone.localtime(visit.ends_at, ZONE))
    entry.add("summary", _("走访 %s") % visit.enterprise)
    entry.add("location", "" if getattr(visit, "is_hidden", False) else visit.place)
    contact = "" if getattr(visit, "is_hidden", False) else visit.contact_name
    with_whom = _("%(advisor)s，联系人 %(contact)s") % {"advisor": visit.advisor, "contact": contact or "—"}
    entry.add("description", f"{visit.purpose}\n{with_whom}")
    entry.add("status", STATUS.get(VisitState(visit.state), "CONFIRMED"))
    entry.add("url", f"{settings.PUBLIC_URL}{visit.get_absolute_url()}")
    return entry
