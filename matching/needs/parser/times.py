"""Days and spans: when a loan falls due, by when money must be there, for how long it is used."""

import re
from decimal import Decimal
from typing import Any

from .clauses import clause
from .dates import dates
from .numbers import Duration, durations
from .reading import Reading


def times(said: Reading) -> None:
    days_named = list(dates(said.text, said.today))
    due = _due(said, days_named)
    for each in durations(said.text):
        if any(day.start < each.end and each.start < day.end for day in days_named):
            continue
        _duration(said, each)
    if "within_days" not in said.values:
        for day in days_named:
            if day.start == due:
                continue
            after = said.text[day.end : day.end + 6]
            if (
                re.match(r"(?:之?前|就?要|必须|得|内|要用|前后|交|付)", after)
                and 0 <= (day.day - said.today).days <= 90
            ):
                said.values["within_days"] = (day.day - said.today).days
                said.mark("within_days", said.values["within_days"], day.start, day.end)
                break
    if "within_days" not in said.values:
        hits = [
            hit
            for hit in said.affirmed("speed")
            if not any(day.start <= hit.start < day.end for day in days_named if day.start == due)
        ]
        hits = [
            hit
            for hit in hits
            if not re.match(r"[^,。]{0,4}到期", said.text[hit.end :])
            and not said.text[hit.start - 1 : hit.end + 1].startswith(("应", "不"))
        ]
        if hits:
            fastest = min(hits, key=lambda hit: int(hit.code))
            said.values["within_days"] = int(fastest.code)
            said.mark("within_days", int(fastest.code), fastest.start, fastest.end)


def _due(said: Reading, days_named: list[Any]) -> int | None:
    """Reads when the existing loan falls due; returns where that was said."""
    ends = list(re.finditer(r"到期|到日子|还款日|要还|就到了|到期日|要还银行|得还|得先还|要先还", said.text))
    for day in days_named:
        for word in ends:
            if -14 <= word.start() - day.end <= 12 and not re.search(
                r"[。;!?]", said.text[min(day.end, word.end()) : max(day.start, word.start())]
            ):
                said.values["matures_on"] = day.day
                said.mark("matures_on", day.day, day.start, day.end)
                return int(day.start)
    return None


def _duration(said: Reading, each: Duration) -> None:
    left_at, right_at = clause(said.text, each.start, each.end)
    left, right = said.text[max(left_at, each.start - 8) : each.start], said.text[each.end : right_at]
    founded = re.search(
        r"(?:成立|开|办|做|干|经营|注册|创业|从业|开业|营业|种|养|干了|做了|开了|建厂|跑|搞|入行|运营)(?:了|才|刚|还)?(?:也|都|已经|不到|才|刚|有|将近|快|差不多|大概|整|满|了){0,2}$",
        left,
    )
    old = re.match(r"多?(?:的?老(?:厂|店|企业)|历史|的?经验)", right)
    if each.unit != "day" and (founded or old) and not re.search(r"贷|借", left):
        years = each.count if each.unit == "year" else (each.count / 12).quantize(Decimal("0.1"))
        said.values["years"] = years
        said.mark("years", years, each.start, each.end)
        return
    if re.match(
        r"(?:之?内|里|以内)?[^,。]{0,3}(?:要?到账|放款|下款|就要|要用|拿到钱|办好|办下来|批下来|要钱|搞定|到位|必须)",
        right,
    ) or (each.unit == "day" and re.match(r"(?:之|以)?内", right) and not re.search(r"用|借|周转", left)):
        said.values["within_days"] = int(each.days)
        said.mark("within_days", int(each.days), each.start, each.end)
        return
    if re.match(
        r"(?:多)?(?:前|来|以前|之前|没|的?营|的?流水|的?销售|的?产值|做|卖|能卖|能做|收入|前后|下来|的?利润|到头|多没|开票|的?税|有个?[\d一二三四五六七八九])",
        right,
    ) or re.search(r"(?:近|过去|前|最近|连续|账期|压了?|拖了?|等了?|欠了?|已经|每|去|一|营业|头|近|上)$", left):
        return
    due_soon = re.match(r"(?:之?后|以后|就|就要|快)?[^,。]{0,2}到期", right)
    if due_soon:
        return
    cue = re.search(
        r"借|用|贷|周转|期限|期|还|桥|转|垫|拿|要|撑|顶|缓|给我|分|最长|最多|左右|大概|先|上个", left
    ) or re.match(
        r"(?:期|左右|的?期限|就?能?还|还清|周转|的?贷|的?就|以内|上下|内还|后还|之内还|够|的过桥|过桥|的短期|的长期|的转贷|的时间|够了|吧)",
        right,
    )
    if not cue and not (right == "" and len(left) < 3):
        return
    if "几" in said.text[each.start : each.end] and each.unit == "day":
        return  # 用几天: a manner, not a number
    if each.unit == "day" or (each.count < 1 and each.unit == "month"):
        said.values["days"] = int(each.days)
        said.mark("days", int(each.days), each.start, each.end)
    else:
        months = each.count * 12 if each.unit == "year" else each.count
        said.values["term_months"] = max(1, int(months))
        said.mark("term_months", int(months), each.start, each.end)
