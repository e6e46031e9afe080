"""Who acts for an enterprise: asking, the owner's word, kinds, leaving. The enterprise's row is locked throughout."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Enterprise, EnterpriseMember, JoinRequest, User
from ..queries import enterprise_by_uscc
from . import queries, states
from .errors import ActsForAnother, AlreadyMember, LastOwner, NoSuchEnterprise, PeopleError
from .messages import tell

Kind = EnterpriseMember.Kind
REFUSALS, REFUSALS_IN = 2, timedelta(days=30)  # asked and refused so often: then by proof, not by asking again


def locked(enterprise_id: int) -> Enterprise:
    """The standing record behind this key, locked: every change of its people goes through here, one after another."""
    found = Enterprise.every.select_for_update().get(pk=enterprise_id)
    return found if found.merged_into_id is None else locked(found.merged_into_id)


def _owner_only(by: User, enterprise: Enterprise) -> None:
    """Asks the table, under the lock: an owner demoted a moment ago decides nothing any more."""
    if not enterprise.members.filter(user=by, is_active=True, kind=Kind.OWNER).exists():
        raise PermissionDenied


def refuse_second(user: User, enterprise: Enterprise) -> None:
    """Raises ActsForAnother when `user` acts for another enterprise."""
    other = user.enterprise_memberships.filter(is_active=True).exclude(enterprise=enterprise)
    if found := other.select_related("enterprise").first():
        raise ActsForAnother(
            _("这个账号已在办理“%(name)s”，一个账号办理一家企业。请先退出那一家，或用另一个手机号。")
            % {"name": found.enterprise.name}
        )


def admit(enterprise: Enterprise, user: User, kind: str) -> EnterpriseMember:
    """Makes `user` a member; who left comes back to the same row. The caller holds the enterprise's lock."""
    User.objects.select_for_update().get(pk=user.pk)
    refuse_second(user, enterprise)
    found, made = EnterpriseMember.objects.get_or_create(enterprise=enterprise, user=user, defaults={"kind": kind})
    if not made and not (found.is_active and found.kind in {kind, Kind.OWNER}):
        found.is_active, found.kind = True, kind
        found.save()
    user.__dict__.pop("memberships", None)
    return found


@transaction.atomic
def ask_to_join(*, user: User, uscc: str, message: str, client_key: UUID) -> JoinRequest:
    """Raises NoSuchEnterprise, AlreadyMember, ActsForAnother, PeopleError (asked too often). Waiting twice is once."""
    known = enterprise_by_uscc(uscc)
    if known is None:
        raise NoSuchEnterprise(_("这家企业还没有登记，您可以直接登记。"))
    enterprise = locked(known.pk)
    if found := JoinRequest.objects.filter(client_key=client_key, user=user).first():
        return found
    if enterprise.members.filter(user=user, is_active=True).exists():
        raise AlreadyMember(_("您已经是这家企业的成员。"))
    refuse_second(user, enterprise)
    mine = enterprise.join_requests.filter(user=user)
    if waiting := mine.filter(state=JoinRequest.State.WAITING).first():
        return waiting
    since = timezone.now() - REFUSALS_IN
    if mine.filter(state=JoinRequest.State.REFUSED, decided_at__gte=since).count() >= REFUSALS:
        raise PeopleError(_("负责人近期两次没有同意。如果这是您的企业，请凭营业执照认领。"))
    request = JoinRequest.objects.create(enterprise=enterprise, user=user, message=message, client_key=client_key)
    text = _("%(name)s 申请加入“%(enterprise)s”，请您决定。") % {"name": user, "enterprise": enterprise.name}
    tell(queries.owners_of(enterprise), text, reverse("accounts:members"))
    return request


def _locked_request(pk: int) -> JoinRequest:
    return JoinRequest.objects.select_for_update().get(pk=pk)


def _deciding(request: JoinRequest, name: str, actor: str) -> JoinRequest:
    request = _locked_request(request.pk)
    states.join_requests.apply(request, name, [actor])
    request.decided_at = timezone.now()
    return request


@transaction.atomic
def accept(request: JoinRequest, *, by: User) -> JoinRequest:
    """Raises TransitionRefused (decided already), ActsForAnother (the applicant registered elsewhere meanwhile)."""
    enterprise = locked(request.enterprise_id)
    _owner_only(by, enterprise)
    request = _deciding(request, "accept", states.OWNER)
    admit(enterprise, request.user, Kind.MEMBER)
    request.decided_by = by
    request.save()
    tell([request.user], _("您已加入“%s”，可以开始办理。") % enterprise.name, "/me/")
    return request


@transaction.atomic
def refuse(request: JoinRequest, *, by: User, reason: str = "") -> JoinRequest:
    """Raises TransitionRefused."""
    enterprise = locked(request.enterprise_id)
    _owner_only(by, enterprise)
    request = _deciding(request, "refuse", states.OWNER)
    request.decided_by, request.reason = by, reason
    request.save()
    text = _("“%s”的负责人没有同意您加入。") % enterprise.name
    tell([request.user], f"{text}{reason}", reverse("accounts:join"))
    return request


@transaction.atomic
def withdraw(request: JoinRequest, *, by: User) -> JoinRequest:
    """Raises TransitionRefused."""
    if request.user_id != by.pk:
        raise PermissionDenied
    request = _deciding(request, "withdraw", states.APPLICANT)
    request.save()
    return request


def _other_owners(membership: EnterpriseMember) -> int:
    others = membership.enterprise.members.filter(is_active=True, kind=Kind.OWNER, user__is_active=True)
    return others.exclude(pk=membership.pk).count()


def _active(membership: EnterpriseMember) -> EnterpriseMember:
    """The row as it stands under the enterprise's lock. Raises PeopleError when the person has left already."""
    found = EnterpriseMember.objects.select_related("enterprise", "user").get(pk=membership.pk)
    if not found.is_active:
        raise PeopleError(_("%s 已经不在成员里了。") % found.user)
    return found


@transaction.atomic
def change_kind(membership: EnterpriseMember, *, by: User, kind: str) -> EnterpriseMember:
    """Raises LastOwner: the last owner names another first."""
    enterprise = locked(membership.enterprise_id)
    _owner_only(by, enterprise)
    membership = _active(membership)
    kind = Kind(kind)
    if membership.kind == kind:
        return membership
    if membership.kind == Kind.OWNER and not _other_owners(membership):
        raise LastOwner(_("企业至少要有一位负责人。请先把另一位成员设为负责人。"))
    membership.kind = kind
    membership.save(update_fields=["kind"])
    text = _("您现在是“%(enterprise)s”的%(kind)s。") % {"enterprise": enterprise.name, "kind": kind.label}
    tell([membership.user], text, reverse("accounts:members"), by=by)
    return membership


@transaction.atomic
def remove(membership: EnterpriseMember, *, by: User, successor: EnterpriseMember | None = None) -> EnterpriseMember:
    """By an owner, or by oneself. The last owner leaves only with a `successor`, who becomes owner. Raises LastOwner.

    From the next request on the person sees nothing of the enterprise; what they did stays under their name.
    """
    enterprise = locked(membership.enterprise_id)
    if membership.user_id != by.pk:
        _owner_only(by, enterprise)
    membership = _active(membership)
    if membership.kind == Kind.OWNER and not _other_owners(membership):
        if successor is None:
            raise LastOwner(_("您是唯一的负责人，请先选一位成员接任。"))
        successor = _active(successor)
        if successor.pk == membership.pk or successor.enterprise_id != enterprise.pk:
            raise LastOwner(_("请选本企业的另一位成员接任。"))
        successor.kind = Kind.OWNER
        successor.save(update_fields=["kind"])
        text = _("您现在是“%(enterprise)s”的负责人。") % {"enterprise": enterprise.name}
        tell([successor.user], text, reverse("accounts:members"))
    membership.is_active, membership.kind = False, Kind.MEMBER
    membership.save(update_fields=["is_active", "kind"])
    if membership.user_id != by.pk:
        tell([membership.user], _("您已不再是“%s”的成员。") % enterprise.name, reverse("accounts:join"))
    else:
        tell(
            queries.owners_of(enterprise),
            _("%(name)s 已退出“%(enterprise)s”。") % {"name": by, "enterprise": enterprise.name},
            reverse("accounts:members"),
            by_sms=False,
        )
    by.__dict__.pop("memberships", None)
    return membership
