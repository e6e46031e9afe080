"""One-time codes of our own pages (allauth has its own for signing in and up): sent to a number, good for five minutes."""

import secrets
import time

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from .. import sms
from . import limits

KEY = "accounts.codes"
SECONDS = 300


def allow(request: HttpRequest, phone: str) -> None:
    """Counts one message to `phone` asked for by this visitor; raises limits.TooMany. The same for unknown numbers."""
    address = get_adapter(request).get_client_ip(request)
    limits.take(
        (limits.CODE_PHONE, phone),
        (limits.CODE_PHONE_HOUR, phone),
        (limits.CODE_PHONE_DAY, phone),
        (limits.CODE_ADDRESS, address),
        (limits.CODE_ADDRESS_DAY, address),
    )


def send(request: HttpRequest, purpose: str, phone: str) -> None:
    """A new code for `purpose`; an older one stops working. Raises limits.TooMany and sms.backends.SmsError."""
    allow(request, phone)
    code = f"{secrets.randbelow(10**6):06d}"
    sms.send_soon(phone, "code", code=code)
    kept = request.session.get(KEY, {}) | {purpose: {"phone": phone, "code": code, "at": time.time()}}
    request.session[KEY] = kept


def sent_to(request: HttpRequest, purpose: str) -> str | None:
    """The number that a code still in force went to."""
    sent = request.session.get(KEY, {}).get(purpose)
    return sent["phone"] if sent and time.time() - sent["at"] <= SECONDS else None


def guess(request: HttpRequest, phone: str) -> limits.Claim:
    """The claim that one guess at a code for `phone` counts against."""
    return limits.CODE_GUESS, f"{phone} {request.session.session_key}"


def check(request: HttpRequest, purpose: str, typed: str) -> bool:
    """Whether `typed` is the code; then it is spent. Raises limits.TooMany after too many guesses."""
    phone = sent_to(request, purpose)
    if phone is None:
        return False
    claims = limits.take(guess(request, phone))
    kept = dict(request.session[KEY])
    if not constant_time_compare(typed.strip(), kept[purpose]["code"]):
        return False
    limits.give_back(claims)
    del kept[purpose]
    request.session[KEY] = kept
    return True
