"""Changes to one's own way in: phone and password. One transaction each, recorded, and told to every contact."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..models import User
from ..wording import masked_phone
from . import contacts


class PhoneTaken(Exception):
    """The number is another account's."""


@transaction.atomic
def change_phone(user: User, phone: str) -> None:
    """`phone` (E.164, proved by a code) signs in from now on; the old number is told too. Raises PhoneTaken."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = contacts.phones_of(user)
    user.phone, user.phone_verified = phone, True
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_verified"])
    except IntegrityError as error:
        raise PhoneTaken(_("这个手机号已是另一个账号的登录手机号。请换一个，或用它登录那个账号。")) from error
    contacts.tell(
        user,
        _("您的登录手机号已改为 %(phone)s。如果不是您本人操作，请马上联系我们。") % {"phone": masked_phone(phone)},
        also_phones=before,
    )


@transaction.atomic
def set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    contacts.tell(user, _("您的密码已更改。如果不是您本人操作，请马上用短信验证码登录并重设。"))


@transaction.atomic
def claim_from_stranger(user: User) -> None:
    """The first proof of the phone after a sign-up that never proved it: what the unknown person set then, goes.

    Else somebody could sign up with another's number, wait until its owner comes, and walk in with their own password.
    """
    from allauth.account.models import EmailAddress

    user.set_unusable_password()
    user.email = ""
    user.save(update_fields=["password", "email"])
    EmailAddress.objects.filter(user=user).delete()
