"""Second factors: who has which, who must have one, and their removal for a colleague who lost them."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from .. import audit
from ..models import User
from . import contacts

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class NotOneself(Exception):
    """Nobody removes their own factors this way."""


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND).exists()


def must_have(user: User) -> bool:
    """Staff must, where the operator has not switched it off."""
    return settings.REQUIRE_STAFF_MFA and is_staff(user)


def is_staff(user: User) -> bool:
    """Asks the tables: `user.roles` is empty for staff whom the gate keeps out."""
    return user.is_superuser or user.role_assignments.exists()


def is_asked_at_sign_in(user: User) -> bool:
    """Whether password or code alone do not let this person in.

    An authenticator app is switched on to that end. A passkey of an enterprise is there for convenience: it is one more
    way in and closes no other; of staff it is the second factor.
    """
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        return True
    return Authenticator.Type.WEBAUTHN in types and is_staff(user)


def names_of(user: User) -> list[str]:
    """["authenticator app", "passkey “手机”"] as the audit trail keeps them."""
    return [str(each) for each in Authenticator.objects.filter(user=user).order_by("pk")]


def remove_all(user: User) -> list[str]:
    """Every factor goes, and everybody who is signed in to the account is out at their next request."""
    names = names_of(user)
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1)
    return names


@transaction.atomic
def reset(user: User, *, by: User | None, reason: str) -> list[str]:
    """An administrator removes a colleague's factors, with a reason. Returns what was removed. Raises NotOneself.

    `by` None is the operator at the machine (`manage.py reset_factors`): the way back for an only administrator.
    """
    if by is not None and user.pk == by.pk:
        raise NotOneself(_("不能重置自己的验证方式，请另一位系统管理员操作。"))
    user = User.objects.select_for_update().get(pk=user.pk)
    names = remove_all(user)
    audit.record("factors_reset", user, actor=by, reason=reason, detail={"removed": names})
    contacts.tell(
        user, _("系统管理员 %(name)s 已重置您的验证器、通行密钥和恢复码，请重新登录并设置。") % {"name": by or ""}
    )
    return names
