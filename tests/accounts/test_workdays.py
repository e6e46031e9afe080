"""Working days over holidays and the weekends worked in exchange."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from accounts.models import HolidayOverride
from accounts.workdays import add_workdays, is_workday, workdays_between

pytestmark = pytest.mark.django_db


def moment(*args: int) -> datetime:
    return timezone.make_aware(datetime(*args))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ((2024, 11, 22, 15), 1, (2024, 11, 25, 15)),  # Friday → Monday
        ((2024, 2, 9, 10), 1, (2024, 2, 18, 10)),  # 除夕 → Sunday 18th, worked in exchange
        ((2024, 9, 30, 10), 1, (2024, 10, 8, 10)),  # 国庆
        ((2024, 9, 27, 10), 1, (2024, 9, 29, 10)),  # Sunday 29th is worked
        ((2024, 11, 20, 9), 3, (2024, 11, 25, 9)),
        ((2024, 11, 23, 9), 0, (2024, 11, 23, 9)),
    ],
)
def test_add_workdays(start, days, end):
    assert add_workdays(moment(*start), days) == moment(*end)


def test_workdays_between():
    assert workdays_between(moment(2024, 11, 22, 15), moment(2024, 11, 22, 18)) == 0
    assert workdays_between(moment(2024, 11, 22, 15), moment(2024, 11, 26, 9)) == 2


def test_year_that_the_library_does_not_know():
    assert [is_workday(date(2099, 1, day)) for day in (1, 2, 3, 4)] == [True, True, False, False]


def test_override():
    HolidayOverride.objects.create(day=date(2099, 1, 1), is_workday=False, reason="元旦")
    assert is_workday(date(2099, 1, 1)) is False
    assert add_workdays(moment(2098, 12, 31, 9), 1) == moment(2099, 1, 2, 9)
