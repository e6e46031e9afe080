"""People with factors, and what the phone got."""

import re

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import SmsMessage, User

PASSWORD = "correct horse"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_totp(user: User) -> User:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def with_passkey(user: User, name: str = "手机") -> User:
    """As far as the tables go; ceremonies are the browser's (tests/e2e)."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}})
    return user


def recovery_codes(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()


def code_sent(phone: str | None = None) -> str:
    messages = SmsMessage.objects.filter(phone=phone) if phone else SmsMessage.objects.all()
    return re.search(r"验证码 (\d{6})", messages.filter(text__startswith="验证码").first().text)[1]


def sign_in(client: Client, user: User, password: str = PASSWORD, **more):
    return client.post("/accounts/login/", {"login": user.username, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/me/notices/").status_code == 200
