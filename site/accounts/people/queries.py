"""Reads of members, requests, claims and staff, each scoped to who asks."""

from django.db.models import Q, QuerySet

from ..models import (
    Claim,
    Enterprise,
    EnterpriseMember,
    EnterpriseMerge,
    Institution,
    Invitation,
    JoinRequest,
    RoleAssignment,
    User,
)
from ..roles import INSTITUTION_ROLES, Role

REVIEWERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
KEEPERS = (Role.INSTITUTION_ADMINISTRATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
# What a supervisor may give for the whole place: neither its own role nor the administrator's.
PLACE_ROLES = frozenset({Role.ADVISOR, Role.TEAM_LEAD, Role.ORGANISER, Role.DOOR_STAFF, Role.EDITOR})


# An enterprise's people


def members_of(enterprise: Enterprise) -> QuerySet[EnterpriseMember]:
    """Active ones, owners first."""
    return enterprise.members.filter(is_active=True).select_related("user").order_by("-kind", "pk")


def owners_of(enterprise: Enterprise) -> QuerySet[User]:
    return User.objects.filter(
        is_active=True,
        enterprise_memberships__enterprise=enterprise,
        enterprise_memberships__is_active=True,
        enterprise_memberships__kind=EnterpriseMember.Kind.OWNER,
    )


def is_owner(user: User, enterprise: Enterprise) -> bool:
    return any(
        each.enterprise_id == enterprise.pk and each.kind == EnterpriseMember.Kind.OWNER for each in user.memberships
    )


def waiting_requests(user: User) -> QuerySet[JoinRequest]:
    """Requests to join that wait for this person's word: of the enterprise whose owner they are."""
    owned = [each.enterprise_id for each in user.memberships if each.kind == EnterpriseMember.Kind.OWNER]
    found = JoinRequest.objects.filter(enterprise__in=owned, state=JoinRequest.State.WAITING)
    return found.select_related("user", "enterprise").order_by("pk")


def waiting_requests_count(user: User) -> int | None:
    if all(each.kind != EnterpriseMember.Kind.OWNER for each in user.memberships):
        return None
    return waiting_requests(user).count()


def requests_of(user: User) -> QuerySet[JoinRequest]:
    """One's own, newest first."""
    return user.join_requests.select_related("enterprise")


def invitations_of(enterprise: Enterprise) -> QuerySet[Invitation]:
    """Those nobody has accepted yet; expired ones too, so that they may be sent again."""
    return enterprise.invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by")


# Claims


def claims_visible_to(user: User) -> QuerySet[Claim]:
    """The one scope rule: one's own; all for those who review them."""
    found = Claim.objects.select_related("enterprise__region", "claimant")
    return found if user.roles & set(REVIEWERS) else found.filter(claimant=user)


def claims_to_review(user: User) -> QuerySet[Claim]:
    """What waits for this reviewer, the oldest first: never their own."""
    found = claims_visible_to(user).filter(state=Claim.State.SUBMITTED).exclude(claimant=user)
    return found.order_by("created_at", "pk")


def claims_to_review_count(user: User) -> int:
    return Claim.objects.filter(state=Claim.State.SUBMITTED).exclude(claimant=user).count()


def merges() -> QuerySet[EnterpriseMerge]:
    return EnterpriseMerge.objects.select_related("source", "target", "by")


# Staff


def grantable(user: User, institution: Institution | None) -> list[Role]:
    """The roles that `user` may give and take at `institution`, or for the whole place (None), in the enum's order."""
    if Role.ADMINISTRATOR in user.roles:
        allowed = INSTITUTION_ROLES if institution else set(Role) - INSTITUTION_ROLES
    elif institution is None:
        allowed = PLACE_ROLES if Role.SUPERVISOR in user.roles else frozenset()
    elif institution in user.institutions_as(Role.INSTITUTION_ADMINISTRATOR):
        allowed = INSTITUTION_ROLES
    elif Role.SUPERVISOR in user.roles:
        allowed = frozenset({Role.INSTITUTION_ADMINISTRATOR})
    else:
        allowed = frozenset()
    return [role for role in Role if role in allowed]


def keeps_everywhere(user: User) -> bool:
    """Whether this person looks after more than own institutions."""
    return bool(user.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR})


def assignments_kept_by(user: User) -> QuerySet[RoleAssignment]:
    """The one scope rule of staff: the roles that `user` may see and take away."""
    found = RoleAssignment.objects.select_related("user", "institution")
    if Role.ADMINISTRATOR in user.roles:
        return found
    own = Q(institution__in=user.institutions_as(Role.INSTITUTION_ADMINISTRATOR))
    if Role.SUPERVISOR in user.roles:
        own |= Q(institution__isnull=True, role__in=PLACE_ROLES) | Q(role=Role.INSTITUTION_ADMINISTRATOR)
    return found.filter(own)


def staff_invitations_kept_by(user: User) -> QuerySet[Invitation]:
    """Open and expired ones of the parties that `user` looks after."""
    found = Invitation.objects.filter(enterprise=None, accepted_at=None, revoked_at=None)
    found = found.select_related("institution", "invited_by")
    if keeps_everywhere(user):
        return found
    return found.filter(institution__in=user.institutions_as(Role.INSTITUTION_ADMINISTRATOR))


def colleagues(institution: Institution | None, roles: set[Role] | frozenset[Role], but: User) -> QuerySet[User]:
    """Who may take over what is held by one of `roles` at the same place."""
    return (
        User.objects.filter(
            is_active=True,
            pk__in=RoleAssignment.objects.filter(institution=institution, role__in=roles).values("user"),
        )
        .exclude(pk=but.pk)
        .order_by("name", "pk")
    )
