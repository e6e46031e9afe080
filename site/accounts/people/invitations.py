"""Invitations by phone or e-mail: a signed link that lasts a week, is sent again or taken back, and is used once."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Enterprise, EnterpriseMember, Institution, Invitation, RoleAssignment, User
from ..models.invitations import in_a_week, nonce
from ..queries import standing
from ..roles import Role
from ..wording import masked_phone
from . import members, queries, tasks
from .errors import InvitationOver, PeopleError
from .messages import tell

SALT = "accounts.invitation"
AGAIN_AFTER = timedelta(minutes=1)


def token(invitation: Invitation) -> str:
    return signing.dumps([invitation.pk, invitation.nonce], salt=SALT)


def link(invitation: Invitation) -> str:
    return settings.PUBLIC_URL + reverse("accounts:invitation", args=[token(invitation)])


def read(text: str) -> Invitation:
    """The open invitation of a link. Raises InvitationOver with why it is none any more."""
    try:
        pk, said = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise InvitationOver(_("这个邀请链接不完整，请从短信或邮件里重新打开。")) from None
    found = Invitation.objects.select_related("enterprise", "institution", "invited_by").filter(pk=pk).first()
    if found is None or found.nonce != said or found.revoked_at is not None:
        raise InvitationOver(_("这个邀请已经撤回，或已换成新的链接。请联系邀请您的人。"))
    if found.accepted_at is not None:
        raise InvitationOver(_("这个邀请已经用过了。"))
    if found.is_expired:
        raise InvitationOver(_("这个邀请已过期，请联系邀请您的人重新发送。"))
    return found


def _may_invite(by: User, invitation: Invitation) -> bool:
    """Asked when it is sent and again when it is used: who has left invites nobody any more."""
    if invitation.enterprise is not None:
        enterprise = standing(invitation.enterprise)
        return enterprise.members.filter(user=by, is_active=True, kind=EnterpriseMember.Kind.OWNER).exists()
    fresh = User.objects.get(pk=by.pk)
    return fresh.is_active and set(invitation.roles) <= set(queries.grantable(fresh, invitation.institution))


@transaction.atomic
def invite_member(*, by: User, enterprise: Enterprise, phone: str, kind: str, client_key: UUID) -> Invitation:
    """Raises PermissionDenied (owners only), PeopleError (is a member already)."""
    enterprise = members.locked(enterprise.pk)
    if found := Invitation.objects.filter(client_key=client_key, invited_by=by).first():
        return found
    if enterprise.members.filter(user__phone=phone, is_active=True).exists():
        raise PeopleError(_("%s 已经是成员。") % masked_phone(phone))
    kind = EnterpriseMember.Kind(kind)
    invitation = _same(enterprise.invitations.filter(phone=phone)) or Invitation(enterprise=enterprise, phone=phone)
    invitation.kind = kind
    return _issue(invitation, by, client_key)


@transaction.atomic
def invite_staff(
    *,
    by: User,
    institution: Institution | None,
    roles: list[str],
    client_key: UUID,
    phone: str = "",
    email: str = "",
    name: str = "",
) -> Invitation:
    """Raises PermissionDenied: nobody invites beyond what they may grant."""
    if institution is not None:
        Institution.objects.select_for_update().get(pk=institution.pk)
    if found := Invitation.objects.filter(client_key=client_key, invited_by=by).first():
        return found
    same = Invitation.objects.filter(enterprise=None, institution=institution, phone=phone, email=email)
    invitation = _same(same) or Invitation(institution=institution, phone=phone, email=email)
    invitation.roles, invitation.name = [Role(each).value for each in roles], name
    return _issue(invitation, by, client_key)


def _same(found) -> Invitation | None:
    """One open invitation a person and party: inviting again sends that one again."""
    return found.filter(accepted_at=None, revoked_at=None).select_for_update().first()


def _issue(invitation: Invitation, by: User, client_key: UUID) -> Invitation:
    if not _may_invite(by, invitation):
        raise PermissionDenied
    invitation.invited_by, invitation.client_key = by, client_key
    return _send(invitation)


def _send(invitation: Invitation) -> Invitation:
    """A new link; the one before stops working."""
    invitation.nonce, invitation.sent_at, invitation.expires_at = nonce(), timezone.now(), in_a_week()
    invitation.save()
    what = invitation.get_kind_display() if invitation.kind else "、".join(invitation.role_labels)
    words = _("%(by)s 邀请您加入“%(party)s”（%(what)s），7 天内有效。") % {
        "by": invitation.invited_by,
        "party": invitation.party,
        "what": what,
    }
    if invitation.email:
        subject = _("[%(site)s] 邀请您加入“%(party)s”") % {"site": settings.SITE_NAME, "party": invitation.party}
        tasks.mail.enqueue(invitation.email, subject, f"{words}\n\n{link(invitation)}\n")
    else:
        tasks.text.enqueue(invitation.phone, words, link(invitation))
        path = reverse("accounts:invitation", args=[token(invitation)])
        tell(User.objects.filter(phone=invitation.phone, phone_verified=True), words, path, by_sms=False)
    return invitation


def _kept(invitation: Invitation, by: User) -> Invitation:
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not _may_invite(by, invitation):
        raise PermissionDenied
    if invitation.accepted_at is not None:
        raise InvitationOver(_("对方已经接受了这个邀请。"))
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> Invitation:
    """Raises InvitationOver, PeopleError (sent a moment ago)."""
    invitation = _kept(invitation, by)
    if invitation.revoked_at is not None:
        raise InvitationOver(_("这个邀请已经撤回，请重新邀请。"))
    if invitation.sent_at > timezone.now() - AGAIN_AFTER:
        raise PeopleError(_("刚刚发过，请一分钟后再发。"))
    invitation.invited_by = by
    return _send(invitation)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> Invitation:
    """Raises InvitationOver."""
    invitation = _kept(invitation, by)
    invitation.revoked_at = invitation.revoked_at or timezone.now()
    invitation.save(update_fields=["revoked_at"])
    return invitation


def refusal(invitation: Invitation, user: User) -> str:
    """Why this person may not accept it; "" when they may. A link sent by SMS is for the owner of the number."""
    if invitation.phone and (invitation.phone != user.phone or not user.phone_verified):
        return _("这个邀请发给了 %s，请用这个手机号登录后再打开。") % masked_phone(invitation.phone)
    return ""


@transaction.atomic
def accept(text: str, *, user: User) -> Invitation:
    """Raises InvitationOver, ActsForAnother."""
    pk = read(text).pk
    Invitation.objects.select_for_update().get(pk=pk)
    invitation = read(text)
    if reason := refusal(invitation, user):
        raise InvitationOver(reason)
    if not _may_invite(invitation.invited_by, invitation):
        raise InvitationOver(_("邀请您的人已不再负责这里的人员，请联系现在的负责人。"))
    if invitation.enterprise_id:
        enterprise = members.locked(invitation.enterprise_id)
        members.admit(enterprise, user, invitation.kind)
        owners, path = queries.owners_of(enterprise), reverse("accounts:members")
    else:
        for role in invitation.roles:
            RoleAssignment.objects.get_or_create(user=user, role=role, institution=invitation.institution)
        user.__dict__.pop("roles", None)
        user.__dict__.pop("_assignments", None)
        owners, path = User.objects.filter(pk=invitation.invited_by_id), reverse("accounts:staff")
    invitation.accepted_by, invitation.accepted_at = user, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    words = _("%(name)s 已接受邀请，加入“%(party)s”。") % {"name": user, "party": invitation.party}
    tell(owners, words, path, by=user, by_sms=False)
    return invitation
