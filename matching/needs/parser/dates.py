"""下个月20号, 12月底, 后天, 下周五, 还有十天: days of the calendar, counted from today."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .numbers import NUMBER, value

NUMERAL = r"(?:\d{1,2}|[一二两三四五六七八九十廿卅]{1,3})"
WEEKDAYS = {character: place for place, character in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 4}
SAID = re.compile(
    rf"(?P<iso>(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>\d{{1,2}})\s?[-/.月]\s?(?P<d>\d{{1,2}})(?:日|号)?)"
    rf"|(?P<relmonth>下下个?月|下个?月|这个?月|本月|当月)(?:的?(?P<rday>{NUMERAL})(?:号|日)|(?P<rpart>初|上旬|中旬|中|下旬|底|末))?"
    rf"|(?P<nextyear>明年|今年|年底前)?(?P<month>{NUMERAL})月份?(?:的?(?P<mday>{NUMERAL})(?:号|日)|(?P<mpart>初|上旬|中旬|中|下旬|底|末))?(?!以)"
    rf"|(?<![\d月一二三四五六七八九十])(?P<day>{NUMERAL})(?:号|日)(?!楼|线|厂|店|房|仓|车间|院)"
    r"|(?P<edge>月底|月末|年底|年末|年前)"
    r"|(?P<near>大后天|后天|明天|今天|明日)"
    r"|(?P<week>下下?个?(?:周|星期|礼拜)|这个?(?:周|星期|礼拜)|本周)(?P<wday>[一二三四五六日天末])?"
    r"|(?<![一两二三几\d])(?:周|星期)(?P<wonly>[一二三四五六日])"
    rf"|(?:还有|还剩|再过|过|剩|剩下)(?:不到|大概|差不多)?(?P<after>{NUMBER.pattern}|半)(?:来|多)?(?P<aunit>天|个?星期|周|个?礼拜|个?多?月)"
    rf"|(?P<later>{NUMBER.pattern})(?:来|多)?(?P<lunit>天|个?星期|周|个?礼拜|个月)(?:之?后|以后)"
)


@dataclass(frozen=True, slots=True)
class Day:
    start: int
    end: int
    day: date


def dates(text: str, today: date) -> Iterator[Day]:
    """Every day named in `text` (already `plain`); a day that has passed this month or year is the next one."""
    for found in SAID.finditer(text):
        day = _day(found, today)
        if day:
            yield Day(found.start(), found.end(), day)


def _number(words: str | None) -> int | None:
    read = value(words) if words else None
    return int(read[1]) if read else None


def _day(found: re.Match[str], today: date) -> date | None:
    if found["iso"]:
        return _make(int(found["y"]), int(found["m"]), int(found["d"]))
    if found["relmonth"]:
        ahead = {"下下": 2, "下个": 1, "下月": 1}.get(found["relmonth"][:2], 0)
        return _in_month(today, today.year, today.month + ahead, _number(found["rday"]), found["rpart"])
    if found["month"]:
        month = _number(found["month"])
        if month is None or not 1 <= month <= 12:
            return None
        day = _in_month(today, today.year, month, _number(found["mday"]), found["mpart"])
        if day and (found["nextyear"] == "明年" or (day < today and found["nextyear"] is None)):
            return _in_month(today, today.year + 1, month, _number(found["mday"]), found["mpart"])
        return day
    if found["day"]:
        number = _number(found["day"])
        if number is None or not 1 <= number <= 31:
            return None
        day = _in_month(today, today.year, today.month, number, None)
        return _in_month(today, today.year, today.month + 1, number, None) if day is None or day < today else day
    if found["edge"]:
        if found["edge"].startswith("月"):
            return _in_month(today, today.year, today.month, None, "底")
        return date(today.year, 12, 31)
    if found["near"]:
        return today + timedelta(days={"今天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}[found["near"]])
    if found["week"]:
        weeks = 2 if found["week"].startswith("下下") else 1 if found["week"].startswith("下") else 0
        return _weekday(today, weeks, WEEKDAYS[found["wday"]] if found["wday"] else 4)
    if found["wonly"]:
        day = _weekday(today, 0, WEEKDAYS[found["wonly"]])
        return day if day >= today else day + timedelta(days=7)
    words, unit = (found["after"], found["aunit"]) if found["after"] else (found["later"], found["lunit"])
    if words == "半":
        return today + timedelta(days=15) if "月" in unit else None
    count = _number(words)
    if count is None or count > 400:
        return None
    return today + timedelta(days=count * (1 if unit == "天" else 30 if "月" in unit else 7))


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_month(today: date, year: int, month: int, day: int | None, part: str | None) -> date | None:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last = monthrange(year, month)[1]
    if day is not None:
        return _make(year, month, min(day, last)) if 1 <= day <= 31 else None
    if part:
        return date(year, month, {"初": 5, "上": 5, "中": 15}.get(part[0], last))
    return date(year, month, last)


def _weekday(today: date, weeks: int, weekday: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * weeks + weekday)


__all__ = ["Day", "dates"]
