"""Tells a person by every way we know that something about their sign-in has changed, so that a thief is noticed."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from .. import actions, sms
from ..models import User
from ..sms.backends import SmsError


def security_page(user: User) -> str:
    """The person's own page 登录与安全, in the place where they work."""
    return reverse(
        "accounts:desk_security" if user.role_assignments.exists() or user.is_superuser else "accounts:security"
    )


def phones_of(user: User) -> set[str]:
    return {user.phone} if user.phone else set()


def emails_of(user: User) -> set[str]:
    known = set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    return {each.lower() for each in known | ({user.email} if user.email else set())}


def tell(user: User, text: str, *, url: str = "", also_phones: Iterable[str] = ()) -> None:
    """A notice in the site now; message and mail by the queue. Call it inside the transaction of what it tells about.

    `also_phones` are numbers that were the person's until this very change.
    """
    url = url or security_page(user)
    actions.notify(user, text, url)
    send_to_contacts.enqueue(user.pk, text, f"{settings.PUBLIC_URL}{url}", sorted(also_phones))


@task
def send_to_contacts(user_id: int, text: str, url: str, also_phones: list[str]) -> None:
    user = User.objects.get(pk=user_id)
    failures = []
    for phone in sorted(phones_of(user) | set(also_phones)):
        try:
            sms.send(phone, "notice", text=text, url=url)
        except SmsError as error:
            failures.append(str(error))
    subject = _("%(site)s：账号安全提醒") % {"site": settings.SITE_NAME}
    for address in sorted(emails_of(user)):
        send_mail(subject, f"{text}\n\n{url}\n", None, [address])
    if failures:
        raise SmsError("；".join(failures))  # after the mails: the queue keeps it with the failed tasks
