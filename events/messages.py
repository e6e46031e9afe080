"""What people are told about their registration, by SMS and by mail."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts import sms
from accounts.sms.backends import SmsError
from accounts.wording import clock

from .models import Registration

log = logging.getLogger(__name__)


def text(registration: Registration, about: str) -> str:
    event = registration.event
    where = event.venue or _("线上")
    return {
        "registered": _("您已报名“%(event)s”（%(when)s，%(where)s），签到码 %(code)s。"),
        "again": _("您已报名“%(event)s”（%(when)s，%(where)s），签到码 %(code)s。"),
        "waitlisted": _("“%(event)s”名额已满，您排在候补。有名额会立即通知您。"),
        "promoted": _("“%(event)s”有名额了，您已候补成功（%(when)s，%(where)s），签到码 %(code)s。"),
        "cancelled": _("很抱歉，“%(event)s”已取消，您不用前来。"),
    }[about] % {"event": event.title, "when": clock(event.starts_at), "where": where, "code": registration.code}


def send(registration_id: int, about: str) -> None:
    """Both ways; a sender that refuses is logged, the other is still tried."""
    registration = Registration.objects.select_related("event").get(pk=registration_id)
    url = f"{settings.PUBLIC_URL}{registration.get_absolute_url()}"
    words = text(registration, about)
    try:
        sms.send(registration.phone, "notice", text=words, url=url)
    except SmsError as error:
        log.warning("registration %s: no SMS: %s", registration_id, error)
    if registration.email:
        subject = _("[%(site)s] %(event)s") % {"site": settings.SITE_NAME, "event": registration.event.title}
        EmailMessage(subject, f"{words}\n\n{url}\n", to=[registration.email]).send()
