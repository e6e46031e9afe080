"""Money, rates, dates and phone numbers as people here write them; templates have them as filters."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

WEEKDAYS = "一二三四五六日"


def plain(number: Decimal, *, group: bool = False) -> str:
    """Digits without trailing zeros or an exponent: 6.8500 → 6.85, 5E+2 → 500; `group` sets commas: 500,000."""
    text = f"{number:,f}" if group else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(yuan: Decimal | int | None) -> str:
    """500000 → 50 万元, 1.2e9 → 12 亿元, 6.85 → 6.85 元; None → 以机构为准. In English 500,000 yuan."""
    if yuan is None:
        return _("以机构为准")
    value = Decimal(yuan)
    if get_language() == "en":  # English counts neither in 万 nor in 亿
        return _("%s 元") % plain(round(value, 2), group=True)
    if abs(value) >= 100_000_000:
        return _("%s 亿元") % plain(round(value / 100_000_000, 4))
    if abs(value) >= 10_000:
        return _("%s 万元") % plain(round(value / 10_000, 4))
    return _("%s 元") % plain(round(value, 2))


def percent(rate: Decimal | None) -> str:
    """3.4500 → 3.45%; None → 以机构为准."""
    return _("以机构为准") if rate is None else f"{plain(Decimal(rate))}%"


def day(value: date | datetime | None) -> str:
    """11月24日 周二 (with the year when it is not this one)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if get_language() == "en":
        return value.strftime("%a %-d %b %Y")
    text = f"{value.month}月{value.day}日 周{WEEKDAYS[value.weekday()]}"
    return text if value.year == timezone.localdate().year else f"{value.year}年{text}"


def clock(value: datetime | None) -> str:
    """11月24日 周二 14:30."""
    return "" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


def masked_phone(phone: str | None) -> str:
    """+8613800000000 → 138****0000."""
    digits = (phone or "").removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 7 else "****"
