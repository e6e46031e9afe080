"""Reads of outlets and service items: public, of active institutions, each with whether it is open now and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Institution, Region
from accounts.workdays import Day, days

from .. import queries
from ..models import Landmark, Outlet, ServiceItem, StatedCount
from . import hours
from .distance import Factors, Point, straight_km

AHEAD = 10  # days in which the next opening is looked for: the longest public holiday and its weekends
MOST = 3000  # outlets that one question looks at


@dataclass(frozen=True)
class Asked:
    """What a visitor narrows the list to. Empty: everything."""

    text: str = ""
    institution: str = ""  # slug
    region: str = ""  # code
    service: str = ""  # name
    government: bool = False
    open_now: bool = False


@dataclass
class Found:
    """One outlet as the list shows it. `km` is the straight line from where the visitor starts."""

    outlet: Outlet
    status: hours.Status
    km: float | None = None
    minutes: float | None = None
    number: int = 0  # on the map and in the list
    words: str = ""  # of the status


@dataclass
class Answer:
    rows: list[Found] = field(default_factory=list)
    beyond: int = 0  # with a point, outside the circle
    unplaced: int = 0  # without a point, so that nobody can say how far


def outlets(asked: Asked) -> QuerySet[Outlet]:
    """Those that fit, but for the hours, which no table can be asked for."""
    found = Outlet.objects.filter(institution__is_active=True).select_related("institution", "region")
    if asked.text:
        places = ("name", "address", "institution__name", "institution__short_name", "region__full_name")
        wanted = Q()
        for place in places:
            wanted |= Q(**{f"{place}__icontains": asked.text})
        served = ServiceItem.objects.filter(outlets=OuterRef("pk"), name__icontains=asked.text)
        found = found.filter(wanted | Q(Exists(served)))
    if asked.institution:
        found = found.filter(institution__slug=asked.institution)
    if asked.region:
        found = found.filter(region__in=_places_in(asked.region))
    if asked.service:
        found = found.filter(Exists(ServiceItem.objects.filter(outlets=OuterRef("pk"), name=asked.service)))
    if asked.government:
        found = found.filter(has_government_counter=True)
    return found.order_by("institution__name", "name", "pk")


def _places_in(code: str) -> QuerySet[Region]:
    return Region.objects.filter(Q(pk=code) | Q(parent=code) | Q(parent__parent=code))


def week(now: datetime) -> list[Day]:
    """The coming days as opening hours see them; one query."""
    today = timezone.localtime(now).date()
    return days(today, today + timedelta(days=AHEAD))


def status(outlet: Outlet, now: datetime, coming: list[Day]) -> hours.Status:
    return hours.status(coming, timezone.localtime(now), outlet.hours, outlet.exceptions, outlet.holiday_rule)


def find(
    asked: Asked,
    *,
    now: datetime,
    start: Point | None = None,
    minutes: int = 0,
    mode: str = "walk",
    factors: Factors | None = None,
) -> Answer:
    """The outlets that fit, by name; from `start`, those within `minutes` (0: any), the nearest first. Two queries."""
    coming = week(now)
    rows = [Found(outlet, status(outlet, now, coming)) for outlet in outlets(asked)[:MOST]]
    if asked.open_now:
        rows = [row for row in rows if row.status.is_open]
    if start is None or factors is None:
        return Answer(rows)
    for row in rows:
        if (point := row.outlet.point) is not None:
            row.km = straight_km(start, point)
            row.minutes = factors.minutes(row.km, mode)
    placed = sorted((row for row in rows if row.minutes is not None), key=lambda row: (row.km, row.outlet.pk))
    within = [row for row in placed if not minutes or row.minutes <= minutes]  # type: ignore[operator]
    return Answer(within, beyond=len(placed) - len(within), unplaced=len(rows) - len(placed))


def choices() -> dict[str, list]:
    """What the list can be narrowed to: institutions [(slug, name)], places [Region], services [name]. Three queries."""
    open_ones = Outlet.objects.filter(institution__is_active=True)
    codes = list(open_ones.order_by().values_list("region", flat=True).distinct())
    wider = {code[:2] + "0000" for code in codes} | {code[:4] + "00" for code in codes} | set(codes)
    places = [place for place in Region.objects.filter(pk__in=wider).order_by("pk") if place.level > 1]
    return {
        "institutions": list(
            Institution.objects.filter(pk__in=open_ones.values("institution"))
            .order_by("name")
            .values_list("slug", "name")
        ),
        "places": places,
        "services": list(
            ServiceItem.objects.filter(outlets__in=open_ones).order_by("name").values_list("name", flat=True).distinct()
        ),
    }


def landmarks() -> QuerySet[Landmark]:
    return Landmark.objects.select_related("region").order_by("region_id", "name")


def outlet(pk: int) -> Outlet | None:
    found = Outlet.objects.filter(pk=pk, institution__is_active=True).select_related("institution", "region")
    return found.prefetch_related("services").first()


@dataclass(frozen=True)
class Weekday:
    name: str
    date: Any
    times: str
    note: str
    is_today: bool


def seven_days(found: Outlet, coming: list[Day]) -> list[Weekday]:
    """Today and the next six days as they really are: holidays and exceptions applied. `times` is None when unknown."""
    rows = []
    for number, day in enumerate(coming[:7]):
        today = hours.on(day, found.hours, found.exceptions, found.holiday_rule)
        times = None if today.times is None else hours.write_times(today.times)
        rows.append(Weekday(hours.NAMES[day.date.weekday()], day.date, times, today.note, number == 0))  # type: ignore[arg-type]
    return rows


def on_duty(found: Outlet) -> list[dict[str, str]]:
    """Who is there when, by role: [{role, when}]."""
    return [
        {"role": hours.DUTIES[code], "when": hours.write(times)}
        for code, times in found.duty.items()
        if code in hours.DUTIES
    ]


def stated(*subjects: str) -> QuerySet[StatedCount]:
    """What institutions' sources say there are."""
    found = StatedCount.objects.filter(institution__is_active=True, subject__in=subjects)
    return found.select_related("institution").order_by("institution__name", "subject")


def services(*, group: str = "", institution: str = "", text: str = "") -> QuerySet[ServiceItem]:
    """Service items with the outlets that offer them."""
    found = ServiceItem.objects.filter(institution__is_active=True).select_related("institution")
    if group in ServiceItem.Group.values:
        found = found.filter(group=group)
    if institution:
        found = found.filter(institution__slug=institution)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(description__icontains=text))
    offered = Prefetch("outlets", Outlet.objects.order_by("name").only("name"))
    return found.prefetch_related(offered).order_by("institution__name", "group", "pk")


def service_institutions() -> list[tuple[str, str]]:
    held = ServiceItem.objects.filter(institution__is_active=True).order_by().values("institution")
    return list(queries.institutions().filter(pk__in=held).order_by("name").values_list("slug", "name"))


def by_group(items: Iterable[ServiceItem], counts: Iterable[StatedCount]) -> list[dict]:
    """[{institution, groups: [{code, label, named, stated}]}]: each institution's items by group, beside how many its
    source says there are."""
    said = {(each.institution_id, each.subject): each for each in counts}
    found: dict[int, dict] = {}
    for item in items:
        place = found.setdefault(item.institution_id, {"institution": item.institution, "groups": {}})
        group = place["groups"].setdefault(
            item.group,
            {
                "code": item.group,
                "label": item.get_group_display(),
                "named": [],
                "stated": said.get((item.institution_id, item.group)),
            },
        )
        group["named"].append(item)
    order = ServiceItem.Group.values
    for place in found.values():
        place["groups"] = sorted(place["groups"].values(), key=lambda each: order.index(each["code"]))
    return list(found.values())
