"""Mainland mobile numbers: how people write them, and how we keep them (+8613800000000)."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOBILE = re.compile(r"1[3-9]\d{9}")


def normalise(text: str) -> str | None:
    """E.164 of what looks like a mainland mobile, however it is spaced or prefixed; None for anything else."""
    digits = re.sub(r"[\s\-()·.]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)?86(?=1)", "", digits)
    return f"+86{digits}" if MOBILE.fullmatch(digits) else None


def clean(text: str) -> str:
    """E.164, or ValidationError with what to do."""
    phone = normalise(text)
    if phone is None:
        raise ValidationError(_("请填写 11 位手机号，如 13800000000。"), code="phone")
    return phone
