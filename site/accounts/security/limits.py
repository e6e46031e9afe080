"""How often something may be tried: exact, in the database, the same for every worker.

A cache would forget counters when it is full. Here a counter is a row, locked while it is read and raised, so N guesses
at once count as N. What is counted is taken *before* the guess is looked at and given back when it was right.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Attempts


@dataclass(frozen=True)
class Limit:
    name: str
    amount: int
    seconds: int


# Wrong passwords. The account's lock leaves code and passkey open, so a stranger's guesses shut nobody out.
PASSWORD_ACCOUNT = Limit("password-account", 5, 5 * 60)
PASSWORD_ACCOUNT_DAY = Limit("password-account-day", 50, 24 * 3600)
PASSWORD_ADDRESS = Limit("password-address", 30, 10 * 60)  # an office behind one address
# Codes sent: what a number may be sent, what an address may ask for (a hall full of people), what the site spends.
CODE_PHONE = Limit("code-phone", 1, 60)
CODE_PHONE_HOUR = Limit("code-phone-hour", 5, 3600)
CODE_PHONE_DAY = Limit("code-phone-day", 10, 24 * 3600)
CODE_ADDRESS = Limit("code-address", 30, 10 * 60)
CODE_ADDRESS_DAY = Limit("code-address-day", 300, 24 * 3600)
# Guesses at a code, by number and session: a stranger's wrong guesses do not spend the owner's.
CODE_GUESS = Limit("code-guess", 6, 10 * 60)
# Guesses at the second factor; whoever guesses has passed the first.
FACTOR_GUESS = Limit("factor-guess", 5, 5 * 60)
FACTOR_GUESS_DAY = Limit("factor-guess-day", 50, 24 * 3600)

Claim = tuple[Limit, str]


class TooMany(Exception):
    """Tried too often. The text says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = max(1, seconds)

    def __str__(self) -> str:
        return _("试的次数太多了，请 %(wait)s后再试。") % {"wait": wait_in_words(self.seconds)}


def wait_in_words(seconds: int) -> str:
    """85 → 2 分钟; rounded up, so that whoever waits that long is let in."""
    if seconds <= 60:
        return _("%(n)s 秒") % {"n": seconds}
    if seconds <= 90 * 60:
        return _("%(n)s 分钟") % {"n": -(-seconds // 60)}
    return _("%(n)s 小时") % {"n": -(-seconds // 3600)}


def _key(claim: Claim) -> str:
    limit, subject = claim
    return hashlib.sha256(f"{limit.name}\0{subject.lower()}".encode()).hexdigest()


@transaction.atomic
def take(*claims: Claim) -> Sequence[Claim]:
    """Counts one try against every claim, or none: raises TooMany with the longest wait. RATE_LIMITS=off allows all."""
    if not settings.RATE_LIMITS:
        return ()
    now = timezone.now()
    ordered = sorted({_key(claim): claim for claim in claims}.items())  # always locked in one order
    rows = []
    for key, (limit, _subject) in ordered:
        until = now + timedelta(seconds=limit.seconds)
        row, _made = Attempts.objects.select_for_update().get_or_create(key=key, defaults={"until": until})
        if row.until <= now:
            row.count, row.until = 0, until
        rows.append((row, limit))
    waits = [(row.until - now).total_seconds() for row, limit in rows if row.count >= limit.amount]
    if waits:
        raise TooMany(math.ceil(max(waits)))
    for row, _limit in rows:
        row.count += 1
        row.save(update_fields=["count", "until"])
    return claims


def give_back(claims: Sequence[Claim]) -> None:
    """The try was right: it does not count."""
    if claims:
        keys = [_key(claim) for claim in claims]
        Attempts.objects.filter(key__in=keys).update(count=Greatest(F("count") - 1, 0))


def forget(*claims: Claim) -> None:
    """Starts anew, after the person has proved otherwise who they are."""
    Attempts.objects.filter(key__in=[_key(claim) for claim in claims]).delete()


def prune() -> None:
    """Windows that have ended count for nothing."""
    Attempts.objects.filter(until__lt=timezone.now()).delete()
