"""Opening hours: read as people write them, written back, and what holds at a moment."""

from datetime import date, datetime

import pytest

from accounts.models import HolidayOverride
from accounts.workdays import Day, days
from catalogue.places import hours

WEEK = "周一至周五 09:00–17:00；周六、周日 09:30–16:00"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("周一至周五 9:00-17:00；周六、周日 9:30－16:00", WEEK),
        ("工作日 09：00～17：00;周末 9:30至16:00", WEEK),
        ("每天 24小时", "周一至周日 全天"),
        ("星期一、星期三 8点半到11点30分、下午1点30分-5点", "周一、周三 08:30–11:30、13:30–17:00"),
        ("周一到周六 9:00-12:00；周日休息", "周一至周六 09:00–12:00"),
        ("周六日 9:00-12:00", "周六、周日 09:00–12:00"),
        ("周一 下午13:30-17:00", "周一 13:30–17:00"),
        ("", ""),
    ],
)
def test_hours_typed_in_many_ways_are_written_in_one(typed, written):
    found = hours.read(typed)
    assert hours.write(found) == written
    assert hours.read(written) == found


@pytest.mark.parametrize(
    "typed",
    [
        "周一至周五",
        "九点到五点",
        "周一 9:00-25:00",
        "周一 17:00-9:00",
        "周一 9:00-12:00；周一 13:00-17:00",
        "周一 9:00-12:00、11:00-13:00",
        "周五至周一 9:00-12:00",
        "周一 9:00-12:00 请找王经理",
    ],
)
def test_hours_that_can_not_be_read_are_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        hours.read(typed)


def test_exceptions_span_days_and_are_written_back():
    found = hours.read_exceptions("2027-02-15至2027-02-16 休息 春节\n2027年2月20日 9:00-12:00")
    assert [(row["day"], row["times"], row["note"]) for row in found] == [
        ("2027-02-15", [], "春节"),
        ("2027-02-16", [], "春节"),
        ("2027-02-20", [["09:00", "12:00"]], ""),
    ]
    assert hours.read_exceptions(hours.write_exceptions(found)) == found


@pytest.mark.parametrize("typed", ["春节休息", "2027-02-30 休息", "2027-02-15", "2027-02-16至2027-02-15 休息"])
def test_exceptions_that_can_not_be_read_are_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        hours.read_exceptions(typed)


def test_duty_names_roles_and_never_people():
    found = hours.read_duty("金融顾问：周一、周三 09:00-12:00\n客户经理：工作日")
    assert hours.write_duty(found) == "金融顾问：周一、周三 09:00–12:00\n客户经理：周一至周五"
    for typed in ("张三：周一", "金融顾问：周一 13800000000", "金融顾问 周一"):
        with pytest.raises(ValueError, match=r".+"):
            hours.read_duty(typed)


MONDAY = Day(date(2027, 3, 1), 1, is_holiday=False)
TUESDAY = Day(date(2027, 3, 2), 2, is_holiday=False)
SUNDAY = Day(date(2027, 2, 28), 7, is_holiday=False)
HOLIDAY = Day(date(2027, 3, 1), 1, is_holiday=True)


def at(clock: str, week, rule="", exceptions=(), text=WEEK):
    moment = datetime.combine(week[0].date, datetime.strptime(clock, "%H:%M").time())
    found = hours.status(week, moment, hours.read(text), list(exceptions), rule)
    return found.state, found.until, found.opens


@pytest.mark.parametrize(
    ("clock", "wanted"),
    [
        ("08:59", ("closed", "", (date(2027, 3, 1), "09:00"))),
        ("09:00", ("open", "17:00", None)),
        ("16:59", ("open", "17:00", None)),
        ("17:00", ("closed", "", (date(2027, 3, 2), "09:00"))),
    ],
)
def test_status_changes_at_the_minute(clock, wanted):
    assert at(clock, [MONDAY, TUESDAY]) == wanted


def test_status_between_two_openings_names_the_second():
    text = "工作日 09:00-11:30、13:30-17:00"
    assert at("12:00", [MONDAY], text=text) == ("closed", "", (date(2027, 3, 1), "13:30"))


@pytest.mark.parametrize(
    ("rule", "wanted"), [("closed", "closed"), ("weekend", "open"), ("usual", "open"), ("", "unknown")]
)
def test_status_on_a_public_holiday_follows_the_rule(rule, wanted):
    assert at("10:00", [HOLIDAY], rule)[0] == wanted


def test_status_of_an_exception_goes_before_everything():
    closed = hours.read_exceptions("2027-03-01 休息 搬迁")
    assert at("10:00", [MONDAY, TUESDAY], exceptions=closed) == ("closed", "", (date(2027, 3, 2), "09:00"))
    opened = hours.read_exceptions("2027-03-01 09:00-12:00")
    assert at("10:00", [HOLIDAY], "closed", opened)[:2] == ("open", "12:00")


def test_status_without_hours_is_unknown():
    assert at("10:00", [MONDAY], text="") == ("unknown", "", None)


@pytest.mark.django_db
def test_days_know_holidays_and_weekends_worked_in_exchange():
    HolidayOverride.objects.create(day=date(2031, 3, 3), is_workday=False, reason="测试")  # a Monday
    HolidayOverride.objects.create(day=date(2031, 3, 8), is_workday=True, reason="测试")  # a Saturday
    found = {each.date.day: (each.counts_as, each.is_holiday) for each in days(date(2031, 3, 2), date(2031, 3, 8))}
    assert found == {
        2: (7, False),
        3: (1, True),
        4: (2, False),
        5: (3, False),
        6: (4, False),
        7: (5, False),
        8: (1, False),
    }


@pytest.mark.django_db
def test_days_of_the_national_day_are_holidays():
    assert [each.is_holiday for each in days(date(2024, 9, 30), date(2024, 10, 1))] == [False, True]
