"""A way back in for whoever lost device and recovery codes: a code to the phone, then a waiting period, then another code.

A stolen SIM card alone does not do it: password or code come first, every contact is told at once and can stop it, and
whoever still has the factor stops it by signing in. Staff ask an administrator instead.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import audit
from ..models import FactorRecovery, User
from . import contacts, factors

SALT = "accounts.factor_recovery"


class NotYet(Exception):
    """The waiting period is not over."""


class AskAdministrator(Exception):
    """Staff do not recover by themselves."""


def waiting(user: User) -> FactorRecovery | None:
    return FactorRecovery.objects.filter(user=user, outcome=FactorRecovery.Outcome.WAITING).first()


def is_due(recovery: FactorRecovery) -> bool:
    return recovery.effective_at <= timezone.now()


def cancel_address(recovery: FactorRecovery) -> str:
    return reverse("account_recovery_cancel", kwargs={"token": signing.dumps(recovery.pk, salt=SALT)})


def by_token(token: str) -> FactorRecovery | None:
    try:
        pk = signing.loads(token, salt=SALT, max_age=30 * 24 * 3600)
    except signing.BadSignature:
        return None
    return FactorRecovery.objects.filter(pk=pk).first()


@transaction.atomic
def request(user: User) -> FactorRecovery:
    """Starts the waiting period; asking again changes nothing. Raises AskAdministrator."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if factors.is_staff(user):
        raise AskAdministrator(_("工作人员请联系系统管理员，由管理员核实身份后重置。"))
    found = waiting(user)
    if found is not None:
        return found
    hours = settings.FACTOR_RECOVERY_HOURS
    found = FactorRecovery.objects.create(user=user, effective_at=timezone.now() + timedelta(hours=hours))
    text = _("有人申请移除您账号的第二道验证，%(hours)s 小时后可生效。不是您本人？请打开链接取消。") % {"hours": hours}
    contacts.tell(user, text, url=cancel_address(found))
    return found


@transaction.atomic
def cancel(recovery: FactorRecovery) -> bool:
    """Stops it; False when it had ended before."""
    recovery = FactorRecovery.objects.select_for_update().get(pk=recovery.pk)
    if recovery.outcome != FactorRecovery.Outcome.WAITING:
        return False
    recovery.outcome, recovery.closed_at = FactorRecovery.Outcome.CANCELLED, timezone.now()
    recovery.save(update_fields=["outcome", "closed_at"])
    contacts.tell(recovery.user, _("移除第二道验证的申请已取消，您的登录方式没有变化。"))
    return True


@transaction.atomic
def carry_out(user: User) -> None:
    """Removes the factors once the waiting period is over. Raises NotYet, and AskAdministrator for who became staff."""
    user = User.objects.select_for_update().get(pk=user.pk)
    found = waiting(user)
    if factors.is_staff(user):
        raise AskAdministrator(_("工作人员请联系系统管理员，由管理员核实身份后重置。"))
    if found is None or not is_due(found):
        raise NotYet
    found.outcome, found.closed_at = FactorRecovery.Outcome.DONE, timezone.now()
    found.save(update_fields=["outcome", "closed_at"])
    names = factors.remove_all(user)
    audit.record("factors_recovered", user, detail={"removed": names})
    contacts.tell(user, _("您账号的第二道验证已移除。如果不是您本人操作，请马上修改密码并联系我们。"))
