"""What allauth's second factors are called, how they are kept, and who may do without."""

import base64
import hashlib
import io
from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import audit
from ..models import User
from . import factors


def _fernet() -> MultiFernet:
    """Keys made from SECRET_KEY and its fallbacks: who reads a copy of the database can make no codes from it."""
    keys: list[str] = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"accounts.mfa\0{key}".encode()).digest())) for key in keys]
    )


@transaction.atomic
def rekey() -> int:
    """What was encrypted with a key before is encrypted with the one in force, so that the old one may go. How many.

    Raises cryptography's InvalidToken where neither SECRET_KEY nor a fallback made it; then nothing is changed.
    """
    fernet = _fernet()

    def anew(text: str) -> str:
        return fernet.rotate(text.encode()).decode()

    count = 0
    for each in Authenticator.objects.select_for_update().order_by("pk"):
        data: dict[str, Any] = {name: anew(value) for name, value in each.data.items() if name in ("secret", "seed")}
        if "migrated_codes" in each.data:
            data["migrated_codes"] = [anew(code) for code in each.data["migrated_codes"]]
        if data:
            each.data |= data
            each.save(update_fields=["data"])
            count += 1
    audit.record("factors_rekeyed", Authenticator, detail={"rows": count})
    return count


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("验证没有通过，请核对后再试。"),
        "cannot_delete_authenticator": gettext_lazy("工作人员至少要保留一种验证方式，请先添加另一种。"),
        "cannot_generate_recovery_codes": gettext_lazy("先添加验证器或通行密钥，才有恢复码。"),
    }

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def _get_user_identifier(self, user: User) -> str:
        return (user.phone or "").removeprefix("+86") or user.username

    def build_totp_svg(self, url: str) -> str:
        out = io.BytesIO()
        segno.make(url, error="m").save(out, kind="svg", scale=5, border=2, xmldecl=False)
        return out.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if authenticator.type not in factors.SECOND or not factors.must_have(user):
            return True
        return Authenticator.objects.filter(user=user, type__in=factors.SECOND).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("我的通行密钥") if number == 1 else _("通行密钥 %(number)s") % {"number": number}
