"""Opening hours as data and as people write them. No Django models, no clock: callers bring the day and the time.

Hours are `{"1": [["09:00", "17:00"]], …}`: ISO weekday ("1" is Monday) → openings, each from–to; a day that is left out is
closed; an empty dict is *not stated*. Written: 周一至周五 09:00–17:00；周六、周日 09:30–16:00.
Exceptions are `[{"day": "2027-02-17", "times": [], "note": "春节"}]`, one line each: 2027-02-17 休息 春节.
Duty is `{"advisor": hours}`, one line each: 金融顾问：周一、周三 09:00–12:00; a day without times is the whole opening.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accounts.workdays import Day

Times = list[list[str]]
Hours = dict[str, Times]

NAMES = "一二三四五六日"
WHOLE_DAY = [["00:00", "24:00"]]
DUTIES = {"advisor": "金融顾问", "relationship_manager": "客户经理", "government": "政务专员"}
MOST_DAYS = 400  # of one exception's range

_DAYS = {"工作日": "12345", "周末": "67", "双休日": "67", "每天": "1234567", "每日": "1234567", "全周": "1234567"}
_WEEKDAY = r"(?:周|星期|礼拜)([一二三四五六日天])"
_RANGE = re.compile(rf"{_WEEKDAY}(?:至|到|-)(?:周|星期|礼拜)?([一二三四五六日天])")
_LIST = re.compile(r"(?:周|星期|礼拜)((?:[一二三四五六日天][、,和及]?(?:周|星期|礼拜)?)+)")
_CLOCK = r"(\d{1,2})(?::(\d{2})|点(半)?(?:(\d{1,2})分)?)"
_TIMES = re.compile(rf"{_CLOCK}(?:至|到|-){_CLOCK}")
_AFTERNOON = re.compile(rf"下午\s*{_CLOCK}(?:至|到|-)(?:下午)?{_CLOCK}")
_HOUR = r"\d{1,2}(?=:|点)"
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_DATES = re.compile(rf"{_DATE}(?:(?:至|到|-|~){_DATE})?")


def _plain(text: str) -> str:
    return re.sub(r"[–—~〜－]", "-", unicodedata.normalize("NFKC", text)).strip()


def _weekday(name: str) -> int:
    return NAMES.index("日" if name == "天" else name) + 1


def _clock(hour: str, minute: str | None, half: str | None, minutes: str | None) -> str:
    found = int(hour), 30 if half else int(minute or minutes or 0)
    if found > (24, 0) or found[1] > 59:
        raise ValueError(_("没有这个时间：%s") % f"{found[0]}:{found[1]:02}")
    return f"{found[0]:02}:{found[1]:02}"


def _times(text: str) -> tuple[Times, str]:
    """The openings in `text`, in order, and what else stands there."""
    text = _AFTERNOON.sub(lambda m: re.sub(_HOUR, lambda hour: str(int(hour[0]) % 12 + 12), m[0][2:]), text)
    found = [[_clock(*m.groups()[:4]), _clock(*m.groups()[4:])] for m in _TIMES.finditer(text)]
    rest = _TIMES.sub(" ", text)
    if whole := re.search(r"全天|24\s*小时", rest):
        found, rest = WHOLE_DAY, rest.replace(whole.group(), " ")
    found = sorted(found)
    if any(start >= end for start, end in found):
        raise ValueError(_("结束时间要晚于开始时间：%s") % text.strip())
    if any(one[1] > two[0] for one, two in pairwise(found)):
        raise ValueError(_("时间重叠了：%s") % text.strip())
    return found, rest


def _days(text: str) -> tuple[set[int], str]:
    found: set[int] = set()
    for word, numbers in _DAYS.items():
        if word in text:
            found |= {int(number) for number in numbers}
            text = text.replace(word, " ")

    def span(match: re.Match) -> str:
        first, last = _weekday(match[1]), _weekday(match[2])
        if last < first:
            raise ValueError(_("请从前往后写星期：%s") % match[0])
        found.update(range(first, last + 1))
        return " "

    text = _RANGE.sub(span, text)
    for match in _LIST.finditer(text):
        found |= {_weekday(name) for name in match[1] if name in "一二三四五六日天"}
    return found, _LIST.sub(" ", text)


def read(text: str, *, times_needed: bool = True) -> Hours:
    """What was written, as data. Raises ValueError naming the part that can not be read."""
    hours: Hours = {}
    for part in re.split(r"[;；\n。]+", _plain(text)):
        if not part.strip():
            continue
        times, rest = _times(part)
        days, rest = _days(rest)
        closed = "休息" in rest or "不营业" in rest
        rest = re.sub(r"休息|不营业|营业|上午|中午|[\s,、:和及()]+", "", rest)
        if rest or not days or (not times and not closed and times_needed) or (times and closed):
            raise ValueError(_("这一段没有看懂：%s。请写成“周一至周五 09:00-17:00；周六、周日 休息”。") % part.strip())
        for day in days:
            if str(day) in hours:
                raise ValueError(_("周%(day)s写了两次，请合成一段。") % {"day": NAMES[day - 1]})
            if not closed:
                hours[str(day)] = times
    return dict(sorted(hours.items()))


def write_times(times: Times) -> str:
    if times == WHOLE_DAY:
        return "全天"
    return "、".join(f"{start}–{end}" for start, end in times)


def write(hours: Mapping[str, Times]) -> str:
    """One line; "" when nothing is stated. Days with the same times stand together."""
    groups: dict[str, list[int]] = {}
    for day, times in sorted(hours.items()):
        groups.setdefault(write_times(times), []).append(int(day))
    return "；".join(f"{write_days(days)} {times}".strip() for times, days in groups.items())


def write_days(days: Sequence[int]) -> str:
    """[1, 2, 3, 4, 5, 7] → 周一至周五、周日."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    words: list[str] = []
    for run in runs:
        names = [f"周{NAMES[day - 1]}" for day in run]
        words += [f"{names[0]}至{names[-1]}"] if len(run) > 2 else names
    return "、".join(words)


def read_exceptions(text: str) -> list[dict[str, Any]]:
    """One line for each day or span of days. Raises ValueError naming the line that can not be read."""
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, (_plain(each) for each in re.split(r"[;；\n]+", text))):
        match = _DATES.match(line)
        times, rest = _times(line[match.end() :]) if match else ([], line)
        closed = "休息" in rest or "不营业" in rest
        if match is None or bool(times) == closed:
            raise ValueError(_("这一行没有看懂：%s。请写成“2027-02-17 休息 春节”或“2027-02-20 09:00-12:00”。") % line)
        note = re.sub(r"休息|不营业|营业", "", rest).strip(" ，,、()")[:40]
        try:
            first = date(*map(int, match.groups()[:3]))
            last = date(*map(int, match.groups()[3:])) if match[4] else first
        except ValueError:
            raise ValueError(_("没有这个日期：%s") % line) from None
        if not 0 <= (last - first).days < MOST_DAYS:
            raise ValueError(_("日期的前后不对：%s") % line)
        for number in range((last - first).days + 1):
            day = (first + timedelta(days=number)).isoformat()
            found[day] = {"day": day, "times": times, "note": note}
    return [found[day] for day in sorted(found)]


def write_exceptions(rows: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(
        " ".join(filter(None, (row["day"], write_times(row["times"]) or "休息", row["note"]))) for row in rows
    )


def read_duty(text: str) -> dict[str, Hours]:
    """One role a line, no names and no numbers. Raises ValueError naming the line that can not be read."""
    codes, found = {name: code for code, name in DUTIES.items()}, {}
    for line in filter(None, (_plain(each) for each in text.splitlines())):
        role, _sep, rest = line.partition(":")
        code = codes.get(role.strip())
        if code is None:
            raise ValueError(
                _("这一行没有看懂：%(line)s。请以岗位开头（%(roles)s），如“金融顾问：周一、周三 09:00-12:00”。")
                % {"line": line, "roles": "、".join(codes)}
            )
        found[code] = read(rest, times_needed=False)
    return found


def write_duty(duty: Mapping[str, Hours]) -> str:
    return "\n".join(f"{DUTIES.get(code, code)}：{write(hours)}" for code, hours in duty.items())


@dataclass(frozen=True)
class Today:
    """What holds on one day. `times` is None when nobody stated it."""

    times: Times | None
    note: str = ""


def on(day: Day, hours: Hours, exceptions: Iterable[Mapping[str, Any]], holiday_rule: str) -> Today:
    """The openings of one day: an exception first, then what is said of public holidays, then the weekday's."""
    for row in exceptions:
        if row["day"] == day.date.isoformat():
            return Today(row["times"], row["note"])
    if not hours:
        return Today(None)
    if day.is_holiday:
        holiday = _("法定节假日")
        if holiday_rule == "closed":
            return Today([], holiday)
        if holiday_rule == "weekend":
            return Today(hours.get("7", []), holiday)
        if holiday_rule != "usual":
            return Today(None, holiday)
    return Today(hours.get(str(day.counts_as), []))


@dataclass(frozen=True)
class Status:
    """Whether it is open now. `opens`: the next opening (date, "09:00") within the days that were looked at."""

    state: str  # open, closed, unknown
    until: str = ""
    opens: tuple[date, str] | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def status(days: Sequence[Day], now: datetime, hours: Hours, exceptions: list, holiday_rule: str) -> Status:
    """`days` begin with the day of `now`, which is local time."""
    clock = f"{now:%H:%M}"
    for number, day in enumerate(days):
        today = on(day, hours, exceptions, holiday_rule)
        if today.times is None:
            return Status("unknown") if number == 0 else Status("closed")
        for start, end in today.times:
            if number == 0 and start <= clock < end:
                return Status("open", until=end)
            if number > 0 or start > clock:
                return Status("closed", opens=(day.date, start))
    return Status("closed")
