"""Money, rates, dates and phone numbers as people here write them; templates have them as filters."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

WEEKDAYS = "一二三四五六日"
# 复姓 that still occur, two characters each; a name that begins with one keeps both.
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文"
    "司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生公户"
    "公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙南荣东里东宫仲长子书子桑即墨达奚褚师第二那拉叶赫"
    "完颜耶律纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))
ORGANISATION_WORDS = ("公司", "银行", "厂", "合作社", "中心", "协会", "事务所", "商行", "经营部", "农场", "集团", "店")


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


def listed(words: Iterable[object]) -> str:
    """额度、期限; in English “amount, term”."""
    return (", " if get_language() == "en" else "、").join(map(str, words))


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


def masked_name(name: str | None) -> str:
    """A person's name as people without need of it see it: the surname, and a star for each further character.

    张伟 → 张*, 张小伟 → 张**, 欧阳小伟 → 欧阳**, 欧阳修 → 欧阳*; a single character → *; a name in letters keeps its first
    letter. An organisation's name is public and stays as it is.
    """
    name = (name or "").strip()
    if not name or (len(name) > 4 and name.endswith(ORGANISATION_WORDS)):
        return name
    if len(name) == 1:
        return "*"
    shown = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return f"{name[:shown]}{'*' * min(len(name) - shown, 2)}"


_NUMBERS = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")


def masked_text(text: str, *names: str) -> str:
    """Free text with mobile numbers and the given people's names masked: what people type themselves tells them too."""
    text = _NUMBERS.sub(r"\1****\2", text)
    for name in names:
        if len(name) > 1:
            text = text.replace(name, masked_name(name))
    return text


def masked_phone(phone: str | None) -> str:
    """+8613800000000 → 138****0000."""
    digits = (phone or "").removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 7 else "****"
