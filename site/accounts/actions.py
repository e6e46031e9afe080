"""Changes to people and parties; one transaction each."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import size_class
from .models import Consent, Enterprise, EnterpriseMember, Institution, Notice, User
from .queries import standing
from .roles import CMS_ROLES, Role


class EnterpriseTaken(Exception):
    """The code is registered already, by other people."""


class OneEnterprise(Exception):
    """This person acts for another enterprise already."""


class MergedMeanwhile(Exception):
    """The record has become part of another since it was read; the text says what to do."""

    def __str__(self) -> str:
        return _("您填写时，这家企业的两条登记合并成了一条。请核对下面的内容，再保存一次。")


def _with_size(fields: dict[str, Any]) -> dict[str, Any]:
    industry = fields.get("industry")
    found, _missing = size_class.classify(
        industry.code if industry else "", fields.get("employees"), fields.get("revenue"), fields.get("assets")
    )
    return fields | {"size_class": found}


@transaction.atomic
def register_enterprise(*, user: User, uscc: str, **fields) -> Enterprise:
    """A new enterprise with `user` as its owner. Registering one's own again returns it.

    Raises EnterpriseTaken, and OneEnterprise where the person already acts for another: pages show one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    others = user.enterprise_memberships.filter(is_active=True).exclude(enterprise__uscc=uscc)
    other = others.exclude(enterprise__merged__uscc=uscc).select_related("enterprise").first()
    if other is not None:
        raise OneEnterprise(
            _("您的账号已在办理“%(name)s”。要登记另一家企业，请用另一个手机号注册。") % {"name": other.enterprise.name}
        )
    licence = fields.pop("licence", None)
    try:
        with transaction.atomic():
            enterprise = Enterprise.objects.create(uscc=uscc, **_with_size(fields))
    except IntegrityError:
        enterprise = standing(Enterprise.every.get(uscc=uscc))
        if not enterprise.members.filter(user=user, is_active=True).exists():
            raise EnterpriseTaken(
                _("这家企业已经登记。您可以申请加入，由负责人同意；联系不上负责人时凭营业执照认领。")
            ) from None
        return enterprise
    EnterpriseMember.objects.create(enterprise=enterprise, user=user, kind=EnterpriseMember.Kind.OWNER)
    if licence:  # after the code is known to be free: a refused registration leaves no document on the disk
        enterprise.licence = licence
        enterprise.save(update_fields=["licence"])
    user.__dict__.pop("memberships", None)
    return enterprise


@transaction.atomic
def update_enterprise(enterprise: Enterprise, **fields) -> Enterprise:
    """New facts; the size class follows from them. What is not told stays as it is now, not as it was read.

    Raises MergedMeanwhile."""
    stored = Enterprise.every.select_for_update().get(pk=enterprise.pk)
    if stored.merged_into_id is not None:
        raise MergedMeanwhile
    told = _with_size(fields)
    for name, value in told.items():
        setattr(stored, name, value)
    stored.save(update_fields=[*told, "updated_at"])
    return stored


def consent_wording(enterprise: Enterprise, institution: Institution, purpose: str = Consent.Purpose.REFERRAL) -> str:
    """The text that is agreed to, kept with the consent."""
    if purpose == Consent.Purpose.VISIT:
        return _(
            "%(enterprise)s 同意将企业登记信息（名称、统一社会信用代码、所在地、行业、规模、特征）、走访地点和联系人手机号提供给"
            " %(institution)s，仅用于顾问走访和办理走访中提出的诉求。可随时在“我的—授权”撤回；撤回后该机构不再能查看。"
        ) % {"enterprise": enterprise.name, "institution": institution.name}
    return _(
        "%(enterprise)s 同意将本次融资需求、企业登记信息（名称、统一社会信用代码、所在地、行业、规模、特征）和联系人手机号"
        "提供给 %(institution)s，仅用于办理本次对接。可随时在“我的—授权”撤回；撤回后该机构不再能查看。"
    ) % {"enterprise": enterprise.name, "institution": institution.name}


@transaction.atomic
def give_consent(
    *, enterprise: Enterprise, institution: Institution, by: User, purpose: str = Consent.Purpose.REFERRAL
) -> Consent:
    """The consent in force, given now if there is none. Twice at once gives one."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    found, _made = Consent.objects.get_or_create(
        enterprise=enterprise,
        institution=institution,
        purpose=purpose,
        withdrawn_at=None,
        defaults={"given_by": by, "wording": consent_wording(enterprise, institution, purpose)},
    )
    return found


@transaction.atomic
def withdraw_consent(consent: Consent) -> Consent:
    """From now on the institution sees nothing more. Withdrawing twice keeps the first time."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
    return consent


def notify(user: User, text: str, url: str = "") -> Notice:
    """A line in the person's notices. Call it inside the transaction of what it tells about."""
    return Notice.objects.create(user=user, text=text[:200], url=url[:200])


def read_notices(user: User) -> int:
    return user.notices.filter(read_at__isnull=True).update(read_at=timezone.now())


def group_for(role: Role) -> Group:
    """The Django group that carries the CMS permissions of a role; apps add theirs to it."""
    return Group.objects.get_or_create(name=str(Role(role).label))[0]


@transaction.atomic
def sync_access(user: User) -> None:
    """Groups, `is_staff` and `is_superuser` follow from the roles held; nobody edits them by hand."""
    held = {Role(each) for each in user.role_assignments.values_list("role", flat=True)}
    user.groups.set([group_for(role) for role in held & CMS_ROLES])
    is_administrator = Role.ADMINISTRATOR in held
    User.objects.filter(pk=user.pk).update(is_staff=is_administrator, is_superuser=is_administrator)


def sync_groups() -> None:
    """Every CMS role may enter the CMS; what it finds there is granted by the apps."""
    access = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for role in CMS_ROLES:
        group_for(role).permissions.add(access)
