"""Kinds of cells: text, amounts, rates, whole numbers, dates, yes and no. As people write them, and as we write them."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from .description import Cell

WAN = Decimal(10_000)
LONGEST = 32_767  # characters of a cell, by the format
SERIALS = range(20_000, 90_000)  # days since 1899-12-30: 1954 to 2146
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# A spreadsheet takes text with such a beginning for a formula; the last is how the template marks its example.
FORMULA = tuple("=+-@\t\r\n'＝＋－＠")
EXAMPLE = "示例："
NOT_STATED = frozenset({"以机构为准", "不限", "未知", "-", "—", "/", "无", "面议", "不详"})


def escaped(text: str) -> str:
    """Text for a cell: no control characters, never a formula. `unescaped` is its inverse."""
    text = ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    text = f"'{text}" if text.startswith((*FORMULA, EXAMPLE)) else text
    return text[:LONGEST]


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, EXAMPLE)) else text


def text_of(value: Any) -> str:
    """What stands in a cell, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime):
        value = value.date() if not (value.hour or value.minute or value.second) else value
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return unescaped(text)


def folded(value: Any) -> str:
    """Full width → half, without white space: for what is not prose."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text_of(value)))


def plain(value: Any) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_of(value: Any) -> Decimal | None:
    """1,000 / １０００ / 1000万 / 2 亿元. Raises ValueError if it is no number."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _not_negative(Decimal(repr(value)), value)
    original = text_of(value)
    text = re.sub(r"[,，]|人民币|元|不超过|最高|以内|个月|个?工作日|天|人|起$", "", folded(original)).removesuffix("%")
    if not text or text in NOT_STATED:
        return None
    factor = Decimal(1)
    while text and text[-1] in "万亿":
        factor, text = factor * {"万": WAN, "亿": WAN * WAN}[text[-1]], text[:-1]
    try:
        number = Decimal(text) * factor
    except InvalidOperation:
        raise ValueError(f"“{shortened(original)}”不是数字") from None
    return _not_negative(number, original)


def _not_negative(number: Decimal, original: Any) -> Decimal:
    if not number.is_finite() or number < 0:
        raise ValueError(f"“{shortened(str(original))}”不是不小于零的数字")
    return number


def shortened(text: str, length: int = 30) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _bounded(number: Decimal | None, digits: int, places: int, original: Any) -> Decimal | None:
    """As many digits as the table keeps, so that nothing is rounded in silence."""
    if number is None:
        return None
    if number >= Decimal(10) ** (digits - places):
        raise ValueError(f"“{shortened(text_of(original))}”太大了")
    kept = round(number, places)
    if kept != number:
        raise ValueError(f"“{shortened(text_of(original))}”最多 {places} 位小数")
    return kept.normalize() + 0


def amount_of(value: Any, digits: int = 14) -> Decimal | None:
    if "%" in folded(value) or "‰" in folded(value):
        raise ValueError(f"“{shortened(text_of(value))}”是比例，这里要金额")
    return _bounded(number_of(value), digits, 2, value)


def rate_of(value: Any, digits: int = 7, places: int = 4) -> Decimal | None:
    """3.85 / 3.85% / 6‰. % a year, or of whatever the column says."""
    text = folded(value)
    if "万" in text or "亿" in text:
        raise ValueError(f"“{shortened(text_of(value))}”不是利率或比例")
    permille = text.endswith("‰")
    number = number_of(text.removesuffix("‰") if permille else value)
    return _bounded(number / 10 if permille and number is not None else number, digits, places, value)


def whole_of(value: Any, most: int = 32_767) -> int | None:
    number = number_of(value)
    if number is None:
        return None
    if number != number.to_integral_value() or number > most:
        raise ValueError(f"“{shortened(text_of(value))}”不是 0 到 {most} 的整数")
    return int(number)


def months_of(value: Any) -> int | None:
    """36 / 36个月 / 3年."""
    text = folded(value)
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)年", text):
        return whole_of(plain(Decimal(found[1]) * 12))
    return whole_of(value)


def date_of(value: Any) -> date | None:
    """2026-01-31 / 2026年1月31日 / 2026.1.31 / 20260131, a date, or the serial number that a spreadsheet keeps."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = folded(value)
    if not text or text in NOT_STATED or text == "长期":
        return None
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T?\d{1,2}:.*)?", text) or re.fullmatch(
        r"((?:19|20)\d\d)([01]\d)([0-3]\d)", text
    )
    if found:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            raise ValueError(f"没有“{shortened(text_of(value))}”这一天") from None
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in SERIALS:
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    raise ValueError(f"“{shortened(text_of(value))}”不是日期")


def yes_of(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = folded(value).lower()
    if text in {"是", "y", "yes", "true", "1", "√", "有"}:
        return True
    if text in {"", "否", "n", "no", "false", "0", "-", "×", "无", "没有"}:
        return False
    raise ValueError(f"“{shortened(text)}”不是“是”或“否”")


def _number_cell(value: Decimal) -> Any:
    """A number where a spreadsheet keeps all its digits (15), else text."""
    value = Decimal(str(value))
    if len(value.normalize().as_tuple().digits) > 15:
        return plain(value)
    return int(value) if value == value.to_integral_value() else float(value)


def text(length: int = LONGEST, advice: str = "") -> Cell:
    """Text of at most `length` characters."""

    def read(value: Any) -> tuple[str, list[str]]:
        found = ILLEGAL.sub("", text_of(value)).strip()
        if len(found) > length:
            raise ValueError(f"有 {len(found)} 个字，最多 {length} 个")
        return found, []

    return Cell(read, lambda value: escaped(str(value)), advice=advice or f"请缩短到 {length} 个字以内")


def _alone(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, list[str]]]:
    return lambda value: (read(value), [])


def _nothing() -> None:
    return None


def amount(digits: int = 14) -> Cell:
    return Cell(
        _alone(lambda value: amount_of(value, digits)),
        _number_cell,
        _nothing,
        "请写数字，单位元，如 500000；也可以写 50万",
        in_wan=True,
    )


def rate(digits: int = 7, places: int = 4) -> Cell:
    return Cell(
        _alone(lambda value: rate_of(value, digits, places)), _number_cell, _nothing, "请写 3.85 或 3.85%，不知道就留空"
    )


def decimal(digits: int, places: int, low: int, high: int, advice: str) -> Cell:
    """A number that may be below zero: degrees."""

    def read(value: Any) -> tuple[Decimal | None, list[str]]:
        written = folded(value).removesuffix("°")
        if not written:
            return None, []
        try:
            number = round(Decimal(written), places)
        except InvalidOperation:
            raise ValueError(f"“{shortened(written)}”不是数字") from None
        if not low <= number <= high:
            raise ValueError(f"“{shortened(written)}”不在 {low} 到 {high} 之间")
        return number.normalize() + 0, []

    return Cell(read, _number_cell, _nothing, advice)


def points() -> Cell:
    """Basis points on top of a rate, below zero too: 50 / +50 / -10 / 50BP."""

    def read(value: Any) -> tuple[int | None, list[str]]:
        written = re.sub(r"(?i)bps?$|个?基点$", "", folded(value))
        if not written:
            return None, []
        try:
            number = Decimal(written)
        except InvalidOperation:
            raise ValueError(f"“{shortened(written)}”不是数字") from None
        if number != number.to_integral_value() or abs(number) > 32_767:
            raise ValueError(f"“{shortened(written)}”不是整数个基点")
        return int(number), []

    return Cell(read, int, _nothing, "请写基点数，50 表示 +0.50%，减点写负数")


def whole(most: int = 32_767, advice: str = "请写整数，如 5") -> Cell:
    return Cell(_alone(lambda value: whole_of(value, most)), int, _nothing, advice)


MONTHS = Cell(_alone(months_of), int, _nothing, "请写月数，如 36；也可以写 3年")
DATE = Cell(
    _alone(date_of),
    lambda value: value if isinstance(value, date) else date.fromisoformat(str(value)),
    _nothing,
    "请写成 2026-01-31 或 2026年1月31日",
    number_format="yyyy-mm-dd",
)
YES = Cell(
    _alone(yes_of), lambda value: "是" if value else "否", bool, "请写“是”或“否”", options=("是", "否"), single=True
)
