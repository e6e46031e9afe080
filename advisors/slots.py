"""When an advisor can be visited by booking: working hours of the next two weeks' working days less standing visits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.workdays import workdays_in

from .models import ACTIVE_STATES, Advisor, Visit, WorkingHours

LENGTH = timedelta(hours=1)
DAYS_AHEAD = 14
OFFICE_HOURS = [(time(9), time(12)), (time(13, 30), time(17))]  # of an advisor who has stated none, Monday to Friday


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    advisors: tuple[int, ...]  # who is free then, the one with the fewest visits ahead first

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LENGTH

    @property
    def value(self) -> str:
        """As posted by forms."""
        return timezone.localtime(self.starts_at).strftime("%Y-%m-%dT%H:%M")


def free_slots(advisors: Sequence[Advisor], *, now: datetime | None = None) -> list[Slot]:
    """From tomorrow for 14 days, in order. A weekend worked in exchange (调休) has the hours of a Monday. Three queries,
    where the advisors come with their users. Whose account is closed has no time."""
    advisors = [each for each in advisors if each.user is None or each.user.is_active]
    now = now or timezone.now()
    first = timezone.localdate(now) + timedelta(days=1)
    last = first + timedelta(days=DAYS_AHEAD - 1)
    hours = _hours(advisors)
    taken, load = _taken(advisors, _at(first, time.min), _at(last + timedelta(days=1), time.min))
    free: dict[datetime, list[int]] = {}
    for day in workdays_in(first, last):
        weekday = day.weekday() if day.weekday() < 5 else 0
        for advisor in advisors:
            for start in _starts(day, hours[advisor.pk].get(weekday, [])):
                if all(start >= ends or start + LENGTH <= starts for starts, ends in taken[advisor.pk]):
                    free.setdefault(start, []).append(advisor.pk)
    return [Slot(start, tuple(sorted(found, key=lambda pk: (load[pk], pk)))) for start, found in sorted(free.items())]


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _starts(day: date, hours: Iterable[tuple[time, time]]) -> Iterable[datetime]:
    for opens, closes in hours:
        start, end = _at(day, opens), _at(day, closes)
        while start + LENGTH <= end:
            yield start
            start += LENGTH


def _hours(advisors: Sequence[Advisor]) -> dict[int, dict[int, list[tuple[time, time]]]]:
    stated: dict[int, dict[int, list[tuple[time, time]]]] = {}
    for each in WorkingHours.objects.filter(advisor__in=advisors):
        stated.setdefault(each.advisor_id, {}).setdefault(each.weekday, []).append((each.starts_at, each.ends_at))
    usual = dict.fromkeys(range(5), OFFICE_HOURS)
    return {advisor.pk: stated.get(advisor.pk, usual) for advisor in advisors}


def _taken(
    advisors: Sequence[Advisor], first: datetime, last: datetime
) -> tuple[dict[int, list[tuple[datetime, datetime]]], dict[int, int]]:
    taken: dict[int, list[tuple[datetime, datetime]]] = {advisor.pk: [] for advisor in advisors}
    found = Visit.objects.filter(
        advisor__in=advisors, state__in=ACTIVE_STATES, starts_at__lt=last, ends_at__gt=first
    ).values_list("advisor_id", "starts_at", "ends_at")
    for advisor_id, starts_at, ends_at in found:
        taken[advisor_id].append((starts_at, ends_at))
    return taken, {pk: len(times) for pk, times in taken.items()}
