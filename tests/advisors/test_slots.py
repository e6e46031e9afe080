"""Free times: working days, working hours, less what is taken."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import HolidayOverride
from advisors import actions
from advisors.models import WorkingHours
from advisors.slots import free_slots
from tests.advisors.conftest import coming
from tests.advisors.factories import AdvisorFactory

pytestmark = pytest.mark.django_db


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def test_two_weeks_of_working_days_without_holidays():
    advisor = AdvisorFactory()
    found = free_slots([advisor], now=at(date(2026, 9, 29), 12))  # a Tuesday; National Day is 1–7 October 2026
    days = list(dict.fromkeys(timezone.localdate(slot.starts_at) for slot in found))
    assert days == [date(2026, 9, 30), *(date(2026, 10, day) for day in (8, 9, 10, 12, 13))]  # the 10th is worked
    assert [timezone.localtime(slot.starts_at).time() for slot in found[:6]] == [
        time(9), time(10), time(11), time(13, 30), time(14, 30), time(15, 30),
    ]  # fmt: skip


def test_weekend_made_a_working_day_has_the_hours_of_a_monday():
    advisor = AdvisorFactory()
    WorkingHours.objects.create(advisor=advisor, weekday=0, starts_at=time(8), ends_at=time(9))
    HolidayOverride.objects.create(day=date(2026, 11, 28), is_workday=True, reason="测试")
    found = free_slots([advisor], now=at(date(2026, 11, 25), 12))
    assert [slot.starts_at for slot in found] == [
        at(date(2026, 11, 28), 8), at(date(2026, 11, 30), 8), at(date(2026, 12, 7), 8),
    ]  # fmt: skip


def test_standing_visits_take_their_slots_and_cancelled_ones_do_not(people, plan):
    visit = plan(starts_at=coming(1, 9) + timedelta(minutes=30))
    starts = [slot.starts_at for slot in free_slots([people.advisor])]
    assert [coming(1, hour) in starts for hour in (9, 10, 11)] == [False, False, True]
    actions.cancel_visit(visit, by=people.owner, reason="不用了")
    assert coming(1, 9) in [slot.starts_at for slot in free_slots([people.advisor])]


def test_advisor_whose_account_is_closed_has_no_time(people):
    assert free_slots([people.advisor]) != []
    people.advisor.user.is_active = False
    assert free_slots([people.advisor]) == []


def test_slots_of_many_advisors_take_three_queries(django_assert_num_queries):
    for number in (1, 3):
        advisors = [AdvisorFactory() for _ in range(number)]
        with django_assert_num_queries(3):
            free_slots(advisors)
