"""How people say numbers: 五十来万, 百把万, 两三百万, 500w, 30个w, 40个, 一点二亿, 一百二三十万, 300-500万, 三到五百万.

Everything here works on normalised text (half-width, simplified, lower case) and gives places in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS: dict[str, int] = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
BIG = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "k": Decimal(1000)}
# Financial and colloquial writing, and what voice input hears for it; one character for one, so places stay.
PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟俩仨〇弍", "一二三四五六七八九十百千两三零二")
HEARD = (
    (re.compile(r"(?<=[一二两三四五六七八九])[时石实](?=[一二三四五六七八九]?[多来几]?万)"), "十"),
    (re.compile(r"(?<=[一二两三四五六七八九])[白摆](?=[一二三四五六七八九十多来几]{0,3}万)"), "百"),
    (re.compile(r"(?<=[\d十百千])[玩完碗](?=[^成全善整美]|$)"), "万"),
)
NUMBER = re.compile(
    # each piece taken whole and for good (?>…): digits could else be cut in every way there is
    r"(?:(?>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)|[零一二两三四五六七八九几十百千廿卅]|点(?=[零一二三四五六七八九])"
    r"|数(?=[十百千万亿])){1,24}"
)
PIECE = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|.")
RANGE = re.compile(r"\s?(?:-+|~+|—+|–|―|到|至|或者?|、)\s?")
AFTER = re.compile(
    r"\s?(?P<more>来|多|余|把|好几)?\s?(?P<ge>个)?\s?(?P<unit>小目标|亿|万|w(?![a-z])|k(?![a-z])|达不溜|达布溜)?"
    r"(?P<money>\s?(?:多|来)?(?:元|块钱?|人民币|rmb))?"
)
# 一万五, 三万五千, 一亿两千万, 一亿二
REST = re.compile(r"零?(?P<number>[一二两三四五六七八九\d][零一二两三四五六七八九十百千\d.]*)(?P<unit>万|w(?![a-z]))?")
LONGEST = 20  # characters of a number
IDIOMS = {"百十": (100, 110), "百八十": (80, 100), "千八百": (800, 1000), "万儿八千": (8000, 10000)}
MEASURES = "年月天日号周季岁人名位亩头只台套家间层条辆吨公平米点厘分成%‰倍次种项级届期轮类学小时折星礼亩件笔户栋幢艘场棵张套百十"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 元 at [start, end). `said`: "full" with its unit, "ge" as in 40个, "bare" as in 借50."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    said: str = "full"


def plain(text: str) -> str:
    """Digits of every hand in one writing; the length stays."""
    text = text.translate(PLAIN)
    for pattern, right in HEARD:
        text = pattern.sub(right, text)
    return text


def value(words: str) -> tuple[Decimal, Decimal] | None:
    """一百二三十 → (120, 130); 一点二 → (1.2, 1.2); 1千2百 → (1200, 1200). None if it is no number."""
    if len(words) > LONGEST:  # nobody says such a number
        return None
    if words in IDIOMS:
        least, most = IDIOMS[words]
        return Decimal(least), Decimal(most)
    if "点" in words:
        whole, _dot, part = words.partition("点")
        left = value(whole)
        if left is None or not part or any(character not in DIGITS for character in part):
            return None
        fraction = Decimal("0." + "".join(str(DIGITS[character]) for character in part))
        return left[0] + fraction, left[1] + fraction
    low, high = Decimal(0), Decimal(0)
    run: list[tuple[Decimal, Decimal]] = []
    last = Decimal(0)
    after_zero = False
    for piece in PIECE.findall(words):
        if piece[0].isdigit():
            number = Decimal(piece.replace(",", ""))
            run.append((number, number))
        elif piece == "零":
            if not last:
                run.append((Decimal(0), Decimal(0)))
            after_zero = True
        elif piece in DIGITS:
            run.append((Decimal(DIGITS[piece]),) * 2)
        elif piece in "几数":
            run.append((Decimal(2), Decimal(9)) if not last else (Decimal(1), Decimal(9)))
        elif piece in "廿卅":
            low, high, last = low + (20 if piece == "廿" else 30), high + (20 if piece == "廿" else 30), Decimal(10)
        elif piece in UNITS:
            first, second = _digits(run) if run else (Decimal(1), Decimal(1))
            low, high, last = low + first * UNITS[piece], high + second * UNITS[piece], Decimal(UNITS[piece])
            run, after_zero = [], False
        else:
            return None
    if run:
        first, second = _digits(run)
        # 一百二 is 120, 一百零二 is 102; 十七八 is 17 to 18.
        factor = last / 10 if last > 10 and not after_zero and second < 10 else Decimal(1)
        low, high = low + first * factor, high + second * factor
    return (low, high) if low <= high else (high, low)


def _digits(run: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """二三 → 2 to 3; 二零二四 → 2024."""
    if len(run) == 1:
        return run[0]
    if len(run) == 2 and run[0][0] < run[1][1] and run[1][0]:
        return run[0][0], run[1][1]
    number = Decimal("".join(str(int(first)) for first, _second in run))
    return number, number


def _after(text: str, place: int) -> re.Match[str]:
    found = AFTER.match(text, place)
    if found is None:  # every part of it may be empty
        raise AssertionError("a pattern of optional parts matches everywhere")
    return found


def _unit(found: re.Match[str]) -> Decimal | None:
    unit = found["unit"]
    if unit is None:
        return Decimal(1) if found["money"] else None
    if unit == "小目标":
        return BIG["亿"]
    return BIG.get(unit, BIG["万"])


def money(text: str) -> Iterator[Money]:
    """Every amount of money in `text` (already `plain`), from left to right, none overlapping.

    Numbers without a unit are given as "ge" or "bare": only what stands around them tells whether they are money.
    """
    place = 0
    while found := NUMBER.search(text, place):
        start, place = found.start(), found.end()
        if start and (text[start - 1].isascii() and text[start - 1].isalnum()):
            continue
        first = value(found[0])
        if first is None:
            continue
        half = start > 0 and text[start - 1] == "半"
        after = _after(text, found.end())
        unit, end = _unit(after), after.end()
        between = RANGE.match(text, end if unit else found.end())
        second = NUMBER.match(text, between.end()) if between else None
        if between and second and (upper := value(second[0])):
            then = _after(text, second.end())
            upper_unit = _unit(then)
            if upper_unit and (between[0].strip() not in "、或者" or not unit):
                lower = _scaled(first, found[0], second[0], upper) if unit is None else first
                low, high = lower[0] * (unit or upper_unit), upper[1] * upper_unit
                if low <= high:
                    place = then.end()
                    yield Money(start, place, low, high)
                    continue
            elif unit is None and upper_unit is None and _is_money_word(text, then.end()):
                place = second.end()
                yield Money(start, place, first[0], upper[1], "bare")
                continue
        if unit is None:
            if after["ge"] and not _is_counted(text, after.end()):
                place = after.end()
                yield Money(start, place, first[0], first[1], "ge")
            elif not after["ge"] and _is_money_word(text, found.end()) and not half:
                yield Money(start, place, first[0], first[1], "bare")
            continue
        low, high = first[0] * unit, first[1] * unit
        more = REST.match(text, end) if unit >= BIG["万"] and not after["money"] else None
        if more and (rest := value(more["number"])):
            stop = more.end()
            lone = rest[1] < 10 and not more["unit"]
            if more["unit"] and unit == BIG["亿"]:
                low, high, end = low + rest[0] * BIG["万"], high + rest[1] * BIG["万"], stop
            elif not more["unit"] and text[stop : stop + 1] not in [*MEASURES, "个", "万", "亿", "到", "-", "~", "w"]:
                factor = unit / 10 if lone and not more[0].startswith("零") else Decimal(1)
                if lone or (rest[0] >= 100 and unit > rest[1]):
                    low, high, end = low + rest[0] * factor, high + rest[1] * factor, stop
            tail = re.compile(r"元|块钱?").match(text, end)
            end = tail.end() if tail else end
        place = max(end, place)
        yield Money(start, place, low, high)
    yield from _lone(text)


def _scaled(
    first: tuple[Decimal, Decimal], said: str, upper_said: str, upper: tuple[Decimal, Decimal]
) -> tuple[Decimal, Decimal]:
    """三到五百(万): the first number shares the second's unit. 五到十(万) does not."""
    unit = UNITS.get(upper_said[-1])
    if unit and len(upper_said) > 1 and not UNITS.get(said[-1]) and first[1] < 10 and first[1] * unit < upper[1]:
        return first[0] * unit, first[1] * unit
    return first


LONE = re.compile(
    r"半个(?P<half>亿|小目标)|(?<![\d一二两三四五六七八九十百千几数半])(?P<wan>万把|上万|个把万)(?:块钱?|元)?"
)


def _lone(text: str) -> Iterator[Money]:
    for found in LONE.finditer(text):
        amount = BIG["亿"] / 2 if found["half"] else BIG["万"]
        yield Money(found.start(), found.end(), amount, amount)


def _is_counted(text: str, place: int) -> bool:
    """Whether 个 counts something else: 40个工人, 3个月, 四个点."""
    rest = text[place : place + 3]
    return bool(rest) and not re.match(
        r"[\s,。;!?、~)]|左右|上下|来|就|吧|周转|够|的?额度|资金|应急|救急|行|可以|不够|还差|嘛|啊|呢|哈|以内|以上|用|买|进|付|发|有没有|有吗|能|怎么|没抵押|的贷款|贷款|过桥|转贷|没|给|我|想",
        rest,
    )


def _is_money_word(text: str, place: int) -> bool:
    """Whether a number without any unit may be money: nothing that it could count follows."""
    rest = text[place : place + 1]
    return rest not in [*MEASURES, "个", "分", "、", "."] or not rest


# Rates: everything to % a year.

RATE = re.compile(
    rf"(?P<period>年化|年利率|年息|年利|月利率|月息|月利|月|日息|日利率)?(?P<between>[^\d,。;!?一二两三四五六七八九几]{{0,6}}?)"
    rf"(?:百分之(?P<percent>{NUMBER.pattern})|千分之(?P<permille>{NUMBER.pattern})"
    rf"|(?P<number>{NUMBER.pattern})(?P<half>个半(?=点|百分点))?\s?(?P<unit>%|点(?<=半点)|百分点|‰|个百分点|个多?点(?!钟)|点(?=以内|以下|左右|的?利)|厘(?P<tail>[一二三四五六七八九半\d])?|分(?:的?利息?|息|(?=的?利)))(?:\s?/?\s?(?P<each>年|月|天|日))?)"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """% a year, at [start, end). `said_period`: year, month, day or "" when only the unit was said."""

    start: int
    end: int
    percent: Decimal
    said_period: str
    unit: str


def rates(text: str) -> Iterator[Rate]:
    """Every percentage, 厘, 分, 个点 in `text` (already `plain`)."""
    for found in RATE.finditer(text):
        words = found["percent"] or found["permille"] or found["number"]
        read = value(words)
        if read is None or "几" in words:
            continue
        number = read[1]
        if found["half"]:
            number += Decimal("0.5")
        unit = found["unit"] or ("%" if found["percent"] else "‰")
        period = {"月": "month", "日": "day", "年": "year"}.get((found["period"] or "")[:1], "")
        period = {"月": "month", "天": "day", "日": "day", "年": "year"}.get(found["each"] or "", period)
        if unit.startswith("厘"):
            tail = found["tail"]
            if tail:
                more = value(tail) if tail != "半" else (Decimal(5), Decimal(5))
                number += (more[1] if more else Decimal(0)) / 10
            number = number / 10 if period == "month" else number / 100 if period == "day" else number
        elif unit == "‰":
            number /= 10
        elif unit.startswith("分"):
            period = period or "month"  # 一分利 is 1 % a month
        percent = number * {"month": 12, "day": 365}.get(period, 1)
        yield Rate(found.start("number") if found["number"] else found.start(), found.end(), percent, period, unit)


# Durations.

DURATION = re.compile(
    rf"(?P<half>半)(?P<hu>年|个月|个多月|个来月)|(?P<ge>个把)(?P<gu>月|星期|年)"
    rf"|(?P<number>{NUMBER.pattern})(?P<ranged>\s?(?:-|~|到|至)\s?(?P<upper>{NUMBER.pattern}))?(?P<more>来|多|把)?"
    rf"(?P<unit>年半|年|个半月|个多?月|个季度|季度|天|日(?!息)|个?礼拜|个?星期|周(?!转|边|末|年|期|[一二三四五六日天]))"
)


@dataclass(frozen=True, slots=True)
class Duration:
    start: int
    end: int
    days: Decimal
    unit: str  # year | month | day
    count: Decimal


def durations(text: str) -> Iterator[Duration]:
    """半年, 一年半, 两三个月, 十来天, 个把月. Of a range the longer is taken."""
    for found in DURATION.finditer(text):
        if found["half"]:
            unit = "year" if found["hu"] == "年" else "month"
            count = Decimal("0.5")
        elif found["ge"]:
            unit = {"月": "month", "年": "year"}.get(found["gu"], "day")
            count = Decimal(1 if unit != "day" else 7)
        else:
            if found.start() and (text[found.start() - 1].isdigit() or text[found.start() - 1] in ".第"):
                continue
            read = value(found["upper"] or found["number"])
            if read is None or read[1] > 400 or (read[1] > 60 and found["unit"].startswith("年")):
                continue
            count = read[1]
            said = found["unit"]
            unit = "year" if said.startswith("年") else "month" if "月" in said or "季" in said else "day"
            if said in {"年半", "个半月"}:
                count += Decimal("0.5")
            if "季" in said:
                count *= 3
            if said[-1] in "拜期周" and unit == "day":
                count *= 7
        yield Duration(found.start(), found.end(), count * {"year": 365, "month": 30, "day": 1}[unit], unit, count)
