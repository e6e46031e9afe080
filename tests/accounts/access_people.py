"""Who may open what of people: joining, claims, members, merges, staff."""

import uuid

from tests.access import LOGIN, MISSING, OK, AccessCase, World, only, signed_in

REVIEWERS = ("supervisor", "administrator")
KEEPERS = ("institution_administrator", *REVIEWERS)
GONE = 410


def join_request(world: World, *, own: bool) -> dict:
    from accounts.models import JoinRequest
    from tests.factories import EnterpriseFactory, UserFactory

    user = world.user if own and world.user else UserFactory()
    return {"pk": JoinRequest.objects.create(enterprise=EnterpriseFactory(), user=user, message="我").pk}


def claim(world: World, *, own: bool, **more) -> dict:
    from django.core.files.base import ContentFile

    from accounts.models import Claim
    from tests.factories import EnterpriseFactory, UserFactory

    user = world.user if own and world.user else UserFactory()
    made = Claim(enterprise=EnterpriseFactory(), claimant=user, statement="说明")
    made.licence.save("x.png", ContentFile(b"\x89PNG"), save=False)
    made.save()
    return {"pk": made.pk} | more


def invitation(world: World, *, own: bool) -> dict:
    from accounts.models import Invitation
    from accounts.people import invitations
    from accounts.roles import Role
    from tests.factories import user_with

    phone = world.user.phone if own and world.user else f"+86137{uuid.uuid4().int % 10**8:08d}"
    made = Invitation.objects.create(phone=phone, roles=["advisor"], invited_by=user_with(Role.ADMINISTRATOR))
    return {"token": invitations.token(made)}


def enterprise_of(world: World, own: bool):
    from tests.factories import EnterpriseFactory

    return world.user.enterprise if own and world.user and world.user.enterprise else EnterpriseFactory()


def member(world: World, *, own: bool) -> dict:
    from accounts.models import EnterpriseMember
    from tests.factories import UserFactory

    return {"pk": EnterpriseMember.objects.create(enterprise=enterprise_of(world, own), user=UserFactory()).pk}


def asked(world: World, *, own: bool) -> dict:
    from accounts.models import JoinRequest
    from tests.factories import UserFactory

    made = JoinRequest.objects.create(enterprise=enterprise_of(world, own), user=UserFactory(), message="我")
    return {"pk": made.pk, "step": "accept"}


def member_invitation(world: World, *, own: bool) -> dict:
    from accounts.models import Invitation
    from tests.factories import UserFactory

    made = Invitation.objects.create(
        enterprise=enterprise_of(world, own), kind="member", phone="+8613700000000", invited_by=UserFactory()
    )
    return {"pk": made.pk, "step": "revoke"}


def merged(world: World) -> dict:
    from accounts.models import EnterpriseMerge
    from tests.factories import EnterpriseFactory, UserFactory

    made = EnterpriseMerge.objects.create(source=EnterpriseFactory(), target=EnterpriseFactory(), by=UserFactory())
    return {"pk": made.pk}


def institution(world: World, own: bool):
    from tests.factories import InstitutionFactory

    held = world.user.institutions_as("institution_administrator") if own and world.user else []
    return held[0] if held else InstitutionFactory()


def place(world: World, *, own: bool) -> dict:
    return {"place": institution(world, own).pk}


def colleague(world: World, *, own: bool) -> dict:
    """Own: an institution's administrator, whom all three kinds of keepers look after. Foreign: a manager elsewhere."""
    from accounts.roles import Role
    from tests.factories import user_with

    where = institution(world, own)
    role = Role.INSTITUTION_ADMINISTRATOR if own else Role.RELATIONSHIP_MANAGER
    return {"place": where.pk, "pk": user_with(role, where).pk}


def closed(world: World, *, own: bool) -> dict:
    """An editor whose account is closed and who has locked a product."""
    from accounts.roles import Role
    from tests.factories import ProductFactory, user_with

    where = institution(world, own)
    editor = user_with(Role.PRODUCT_EDITOR, where, is_active=False)
    ProductFactory(institution=where, locked=True, locked_by=editor)
    return {"place": where.pk, "pk": editor.pk}


def staff_invitation(world: World, *, own: bool) -> dict:
    from accounts.models import Invitation
    from tests.factories import UserFactory

    roles = ["institution_administrator"]
    made = Invitation.objects.create(
        institution=institution(world, own), roles=roles, phone="+8613700000000", invited_by=UserFactory()
    )
    return {"pk": made.pk, "step": "revoke"}


def both(make) -> dict:
    return {"own": lambda world: make(world, own=True), "foreign": lambda world: make(world, own=False)}


SIGNED_IN = {"expected": {"anonymous": LOGIN}, "expected_foreign": {"anonymous": LOGIN}}
# People without an enterprise are sent to register one: a redirect, which counts as OK.
MEMBER = {"expected": {"anonymous": LOGIN}}
OWNER = MEMBER | {
    "method": "post",
    "default_foreign": OK,
    "expected_foreign": {"anonymous": LOGIN, "enterprise": MISSING},
}
ELSEWHERE = {"institution_administrator": MISSING, "supervisor": MISSING, "administrator": OK}

CASES = [
    AccessCase("accounts:invitation", **both(invitation), default_foreign=GONE, **SIGNED_IN),
    signed_in("accounts:join"),
    AccessCase("accounts:join_withdraw", method="post", **both(join_request), **SIGNED_IN),
    signed_in("accounts:claim_new"),
    AccessCase("accounts:my_claim", **both(claim), **SIGNED_IN),
    AccessCase("accounts:claim_withdraw", method="post", **both(claim), **SIGNED_IN),
    AccessCase(
        "accounts:claim_file",
        own=lambda world: claim(world, own=True, which="licence"),
        foreign=lambda world: claim(world, own=False, which="licence"),
        expected={"anonymous": LOGIN},
        expected_foreign={"anonymous": LOGIN} | dict.fromkeys(REVIEWERS, OK),
    ),
    AccessCase("accounts:members", **MEMBER),
    AccessCase("accounts:member_leave", **MEMBER),
    AccessCase("accounts:member_invite", method="post", data={"phone": "13700000000", "kind": "member"}, **MEMBER),
    AccessCase("accounts:member_kind", **both(member), data={"kind": "owner"}, **OWNER),
    AccessCase("accounts:member_remove", **both(member), **OWNER),
    AccessCase("accounts:member_request", **both(asked), **OWNER),
    AccessCase("accounts:member_invitation", **both(member_invitation), **OWNER),
    only(*REVIEWERS, url_name="accounts:claims"),
    only(*REVIEWERS, url_name="accounts:claim", own=lambda world: claim(world, own=False)),
    only(*REVIEWERS, url_name="accounts:merge"),
    only(*REVIEWERS, url_name="accounts:merge_undo", own=merged, method="post"),
    only(*KEEPERS, url_name="accounts:staff"),
    only(
        *KEEPERS,
        url_name="accounts:staff_invite",
        **both(place),
        default_foreign=OK,
        expected_foreign={"institution_administrator": MISSING},
    ),
    only(*KEEPERS, url_name="accounts:staff_person", **both(colleague), expected_foreign=ELSEWHERE),
    only(*KEEPERS, url_name="accounts:staff_hand_over", **both(colleague), expected_foreign=ELSEWHERE),
    only(*KEEPERS, "team_lead", url_name="accounts:stranded"),
    only(
        *KEEPERS,
        "team_lead",
        url_name="accounts:stranded_person",
        **both(closed),
        expected={"supervisor": MISSING, "team_lead": MISSING},
        expected_foreign=ELSEWHERE | {"team_lead": MISSING},
    ),
    only(
        *KEEPERS,
        url_name="accounts:staff_invitation",
        method="post",
        **both(staff_invitation),
        default_foreign=OK,
        expected_foreign={"institution_administrator": MISSING},
    ),
]
