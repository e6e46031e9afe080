"""Our part of an erasure: the account or the enterprise itself, what was written to it, and what others were told of it."""

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search import querylog

from ..models import (
    Claim,
    ClaimEvent,
    Consent,
    Enterprise,
    EnterpriseMember,
    EnterpriseMerge,
    Invitation,
    JoinRequest,
    Notice,
    SmsMessage,
    User,
)
from ..security import sessions
from . import names
from .registry import Eraser, Keeping
from .text import GONE, empty_notices, forget_file, plainly, records_of, strike

# Rows of libraries that are the person's own and go with it.
LIBRARIES = {"account", "mfa", "usersessions", "socialaccount"}


def _strike_everywhere(values: list[str]) -> None:
    """From messages to others, from records of joining and from the log of searches: texts in which anybody may be named."""
    for value in values:
        querylog.forget(value)
        empty_notices(Notice.objects.filter(text__contains=value))
        SmsMessage.objects.filter(Q(text__contains=value) | Q(phone__contains=value)).delete()
        LogEntry.objects.filter(object_repr__contains=value).update(object_repr=GONE, change_message="")
        LogEntry.objects.filter(change_message__contains=value).update(change_message="")
    for rows, column in (
        (JoinRequest.objects.all(), "message"),
        (JoinRequest.objects.all(), "reason"),
        (Claim.objects.all(), "statement"),
        (plainly(ClaimEvent), "note"),
        (EnterpriseMerge.objects.all(), "reason"),
    ):
        strike(rows, column, *values)


def _strike_at_home(values: list[str], firms: QuerySet[Enterprise]) -> None:
    """From what the people of these firms were told, and from what was written about joining them."""
    for value in values:
        told = Notice.objects.filter(user__enterprise_memberships__enterprise__in=firms)
        empty_notices(told.filter(text__contains=value))
    for rows, column in (
        (JoinRequest.objects.filter(enterprise__in=firms), "message"),
        (JoinRequest.objects.filter(enterprise__in=firms), "reason"),
        (Claim.objects.filter(enterprise__in=firms), "statement"),
        (plainly(ClaimEvent).filter(claim__enterprise__in=firms), "note"),
        (EnterpriseMerge.objects.filter(Q(source__in=firms) | Q(target__in=firms)), "reason"),
    ):
        strike(rows, column, *values)


def person(user: User) -> None:
    values = names.of_person(user)
    _strike_everywhere(values.everywhere)
    _strike_at_home(values.at_home, Enterprise.every.filter(members__user=user))
    user.notices.all().delete()
    claims = Claim.objects.filter(claimant=user)
    plainly(ClaimEvent).filter(claim__in=claims).update(note="")
    for claim in claims:
        _empty_claim(claim)
    phones = Q(phone=user.phone) if user.phone else Q(pk__in=[])
    mails = Q(email__in=EmailAddress.objects.filter(user=user, verified=True).values("email"))
    Invitation.objects.filter(Q(accepted_by=user) | phones | mails).update(
        name="", phone="", email="", revoked_at=timezone.now()
    )
    JoinRequest.objects.filter(user=user).update(message=GONE)
    for merge in EnterpriseMerge.objects.all():
        _forget_values(merge, values.everywhere)
    EnterpriseMember.objects.filter(user=user).update(is_active=False)
    sessions.end(user, None, None)  # what was typed and kept in them goes too
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label in LIBRARIES:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)).update(
        object_repr=GONE, change_message=""
    )
    user.refresh_from_db()
    user.username, user.name, user.first_name, user.last_name = f"erased-{user.pk}", "", "", ""
    user.phone, user.phone_verified, user.email, user.is_active = None, False, "", False
    user.set_unusable_password()
    user.save()
    User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1, last_login=None)


def _empty_claim(claim: Claim) -> None:
    claim.statement = GONE
    forget_file(claim, "licence")
    forget_file(claim, "letter")
    claim.save(update_fields=["statement", "licence", "letter"])


def _forget_values(merge: EnterpriseMerge, values: list[str]) -> None:
    """A merge's old and new values can no longer be put back once they are erased."""
    if any(value and value in str(merge.changed) for value in values):
        merge.changed = {}
        merge.save(update_fields=["changed"])


def enterprise(firm: Enterprise) -> None:
    firms = records_of(firm)
    values = names.of_firm(firm)
    _strike_everywhere(values.everywhere)
    _strike_at_home(values.at_home, Enterprise.every.filter(pk__in=[each.pk for each in firms]))
    now = timezone.now()
    for each in firms:
        Consent.objects.filter(enterprise=each, withdrawn_at__isnull=True).update(withdrawn_at=now)
        strike(Consent.objects.filter(enterprise__in=firms), "wording", each.name)
        Invitation.objects.filter(enterprise=each).update(name="", phone="", email="", revoked_at=now)
        JoinRequest.objects.filter(enterprise=each).update(message=GONE, reason="")
        plainly(ClaimEvent).filter(claim__enterprise=each).update(note="")
        for claim in Claim.objects.filter(enterprise=each):
            _empty_claim(claim)
        EnterpriseMember.objects.filter(enterprise=each).update(is_active=False)
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Enterprise), object_id=str(each.pk)
        ).update(object_repr=GONE, change_message="")
        _empty_enterprise(each)
    EnterpriseMerge.objects.filter(Q(source__in=firms) | Q(target__in=firms)).update(changed={}, reason=GONE)


def _empty_enterprise(firm: Enterprise) -> None:
    """What is left counts in figures of the place and names nobody."""
    forget_file(firm, "licence")
    firm.uscc = f"X{firm.pk:017d}"
    firm.name = _("已注销企业 #%s") % firm.pk
    firm.address, firm.industry, firm.traits = "", None, {}
    firm.founded_on = firm.employees = firm.revenue = firm.assets = None
    firm.save()


def refuse_person(user: User) -> str:
    if user.role_assignments.exists():
        return _("您还担任工作人员。请先由单位管理员移除您的岗位，再申请删除。")
    for each in user.memberships:
        if (
            each.kind == EnterpriseMember.Kind.OWNER
            and not each.enterprise.erasure_requests.filter(undone_at=None).exists()
        ):
            others = each.enterprise.members.filter(is_active=True, kind=EnterpriseMember.Kind.OWNER).exclude(user=user)
            if not others.exists():
                return _("您是“%(name)s”唯一的负责人。请先把负责人转给同事，或先申请删除企业资料。") % {
                    "name": each.enterprise.name
                }
    return ""


ERASER = Eraser(
    app="accounts",
    order=90,
    person=person,
    enterprise=enterprise,
    removes=[
        gettext_lazy("账号、姓名、手机号、邮箱、登录方式和登录设备"),
        gettext_lazy("企业名称、统一社会信用代码、地址、经营数据、特征和营业执照"),
        gettext_lazy("发给您的通知和短信，认领企业时交的材料"),
    ],
    keeps=[
        Keeping(
            gettext_lazy("审计记录（谁在什么时候改过、看过什么）"),
            gettext_lazy(
                "用来证明资料没有被人私自改动或查看，网络安全法也要求留存网络日志。只有编号和遮盖后的样子，没有姓名、电话原文。"
            ),
            gettext_lazy("不少于六个月；记录首尾相连，不能抽掉其中一条"),
        ),
        Keeping(
            gettext_lazy("授权和撤回的时间、删除申请的时间"),
            gettext_lazy("证明每次提供资料都经过同意、删除已经做过。名称已去掉。"),
            gettext_lazy("平台运行期间"),
        ),
        Keeping(
            gettext_lazy("别人资料里与您称呼相同的字词"),
            gettext_lazy(
                "这些字词也是常用词或别人的称呼，去掉会使别人的资料不通；您自己的资料里已去掉，不能再据此认出您。"
            ),
            gettext_lazy("与别人的资料保存同样久"),
        ),
    ],
    refuse_person=refuse_person,
)
