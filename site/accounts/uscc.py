"""统一社会信用代码, GB 32100-2015: registration authority, category, region, organisation code, check character."""

import unicodedata
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import uscc as standard
from stdnum.exceptions import InvalidChecksum

from .models import Region

# Authority → its categories, GB 32100-2015 table 1 and its 2020s additions in use.
AUTHORITIES = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "12349", "6": "129", "7": "129", "8": "19",
    "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
CONFUSED = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U 或 Y"}


def normalise(text: str) -> str:
    """Full width → half, lower → upper, spaces and dashes out."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char not in " -\t\u00a0")


def clean(text: str, *, regions: Collection[str] | None = None) -> str:
    """The normalised code. Raises ValidationError with one sentence that says what to do.

    `regions`: those of the places in digits 3 to 8 that are known to exist, for whoever looks up many at once."""
    code = normalise(text)
    if len(code) < 18:
        raise ValidationError(
            _("这个统一社会信用代码少 %(n)s 位，请核对营业执照右上角的 18 位代码。") % {"n": 18 - len(code)},
            code="short",
        )
    if len(code) > 18:
        raise ValidationError(
            _("这个统一社会信用代码多 %(n)s 位，请核对营业执照右上角的 18 位代码。") % {"n": len(code) - 18},
            code="long",
        )
    for char in code:
        if char in CONFUSED:
            raise ValidationError(
                _("统一社会信用代码里没有字母 %(char)s，请看是否是 %(likely)s。")
                % {"char": char, "likely": CONFUSED[char]},
                code="letter",
            )
        if not (char.isascii() and char.isalnum()):
            raise ValidationError(
                _("统一社会信用代码只有数字和大写字母，“%(char)s”请去掉。") % {"char": char}, code="letter"
            )
    if code[1] not in AUTHORITIES.get(code[0], ""):
        raise ValidationError(
            _("开头两位 %(head)s 不是登记机关的代码，请核对第 1、2 位。") % {"head": code[:2]}, code="authority"
        )
    place = code[2:8]
    known = place in regions if regions is not None else Region.objects.filter(code=place).exists()
    if not place.isdigit() or not known:
        raise ValidationError(
            _("第 3 到 8 位 %(code)s 不是行政区划代码，请核对。") % {"code": code[2:8]}, code="region"
        )
    try:
        standard.validate(code)
    except InvalidChecksum as error:
        raise ValidationError(
            _("这个统一社会信用代码有一位不对（校验不通过），请对照营业执照逐位核对。"), code="checksum"
        ) from error
    except Exception as error:
        raise ValidationError(_("这个统一社会信用代码格式不对，请对照营业执照核对。"), code="format") from error
    return code


def region_of(code: str) -> Region | None:
    """The place in digits 3–8; where that code is abolished, the nearest place above that still is."""
    found = Region.objects.filter(code=code[2:8]).select_related("parent").first()
    while found is not None and not found.is_current:
        found = found.parent
    return found
