"""What a supervisor does about what the trail shows: takes a member of staff off the site at once, and lets back in."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ..models import User
from ..roles import Role
from .recording import record


class NotYours(Exception):
    """This account may not be suspended by this person. The text is for people."""


def refusal(user: User, by: User) -> str:
    """Why `by` may not suspend `user` or let back in; "" when it may be."""
    if not by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return _("只有主管部门和系统管理员可以停用账号。")
    if user.pk == by.pk:
        return _("不能停用自己的账号。")
    if not user.roles:
        return _("这不是工作人员的账号；企业账号请用企业资料管理。")
    if user.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR} and Role.ADMINISTRATOR not in by.roles:
        return _("主管部门和系统管理员的账号只能由系统管理员停用。")
    return ""


@transaction.atomic
def suspend(user: User, *, by: User, reason: str) -> User:
    """From the next request on the account is signed out everywhere and cannot sign in. Raises NotYours."""
    return _set_active(user, by, reason, is_active=False)


@transaction.atomic
def reinstate(user: User, *, by: User, reason: str) -> User:
    """Lets a suspended account sign in again; sessions ended stay ended. Raises NotYours."""
    return _set_active(user, by, reason, is_active=True)


def _set_active(user: User, by: User, reason: str, *, is_active: bool) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    if why := refusal(user, by):
        raise NotYours(why)
    if user.is_active != is_active:
        User.objects.filter(pk=user.pk).update(is_active=is_active, sign_outs=F("sign_outs") + 1)
        verb = "reinstated" if is_active else "suspended"
        record(verb, user, actor=by, reason=reason, changes={"is_active": [not is_active, is_active]})
        user.refresh_from_db()
    return user
