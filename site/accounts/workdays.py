"""Chinese working days: weekends, public holidays and the weekends worked in exchange (调休).

The library knows the State Council's notices up to some year; for later years only weekends count, and overrides
(`HolidayOverride`, edited in the admin as soon as the notice is out) say what differs.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import chinese_calendar
from django.utils import timezone

from .models import HolidayOverride


def is_workday(day: date, overrides: dict[date, bool] | None = None) -> bool:
    known = overrides if overrides is not None else _overrides(day, day)
    if day in known:
        return known[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that the library has no notice for
        return day.weekday() < 5


def workdays_in(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both counted; one query."""
    overrides = _overrides(first, last)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_workday(day, overrides)]


def add_workdays(start: datetime, days: int) -> datetime:
    """`days` working days after `start`, at the same time of day: Friday 15:00 + 1 → Monday 15:00 when both are worked."""
    local = timezone.localtime(start)
    overrides = _overrides(local.date(), local.date() + timedelta(days=days * 3 + 40))
    while days > 0:
        local += timedelta(days=1)
        days -= is_workday(local.date(), overrides)
    return local


def workdays_between(start: datetime, end: datetime) -> int:
    """Working days after the day of `start` up to the day of `end` (0 on the same day)."""
    first, last = timezone.localtime(start).date(), timezone.localtime(end).date()
    overrides = _overrides(first, last)
    return sum(is_workday(first + timedelta(days=n), overrides) for n in range(1, (last - first).days + 1))


def _overrides(first: date, last: date) -> dict[date, bool]:
    return dict(HolidayOverride.objects.filter(day__range=(first, last)).values_list("day", "is_workday"))


@dataclass(frozen=True)
class Day:
    """A day as opening hours see it. `counts_as`: the ISO weekday whose hours hold; a weekend worked in exchange (调休)
    counts as Monday. `is_holiday`: a public holiday, or a weekday that is not worked."""

    date: date
    counts_as: int
    is_holiday: bool


def days(first: date, last: date) -> list[Day]:
    """From `first` to `last`, both counted; one query."""
    overrides = _overrides(first, last)
    return [_day(first + timedelta(days=n), overrides) for n in range((last - first).days + 1)]


def _day(day: date, overrides: dict[date, bool]) -> Day:
    worked, weekend = is_workday(day, overrides), day.weekday() >= 5
    if worked:
        return Day(day, 1 if weekend else day.isoweekday(), is_holiday=False)
    return Day(day, day.isoweekday(), is_holiday=not weekend or day in overrides or _named_holiday(day))


def _named_holiday(day: date) -> bool:
    try:
        is_free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(is_free and name)
