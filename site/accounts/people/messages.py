"""What people are told: in their notices, and by SMS where it waits for them or changes what they may do."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage

from .. import sms
from ..actions import notify
from ..models import User
from ..sms.backends import SmsError
from . import tasks

log = logging.getLogger(__name__)


def tell(people: Iterable[User], text: str, path: str, *, by: User | None = None, by_sms: bool = True) -> None:
    """A notice for each of `people` but the one who did it, and an SMS. Call it inside the transaction."""
    for person in people:
        if by is not None and person.pk == by.pk:
            continue
        notify(person, text, path)
        if by_sms and person.phone and person.phone_verified:
            tasks.text.enqueue(person.phone, text, f"{settings.PUBLIC_URL}{path}")


def send_text(phone: str, words: str, url: str) -> None:
    """A sender that refuses is logged: the notice in the site stands."""
    try:
        sms.send(phone, "notice", text=words, url=url)
    except SmsError as error:
        log.warning("no SMS: %s", error)


def send_mail(address: str, subject: str, words: str) -> None:
    EmailMessage(subject, words, to=[address]).send()
