"""Who invites, gives and takes roles; who leaves is out at once, and the work is with a colleague."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import sync_groups
from accounts.models import Invitation, RoleAssignment, User
from accounts.people import handover, invitations, staff
from accounts.people.errors import HandOverFirst, InvitationOver, LastAdministrator, PeopleError
from accounts.roles import Role
from advisors.models import AdvisorTeam, Visit
from matching.referrals import actions as referrals
from tests.advisors.factories import AdvisorFactory, TeamFactory
from tests.factories import EnterpriseFactory, EventFactory, InstitutionFactory, UserFactory, enterprise_user, user_with
from tests.matching.conftest import make_scene

pytestmark = pytest.mark.django_db
ADMIN, MANAGER, EDITOR = Role.INSTITUTION_ADMINISTRATOR, Role.RELATIONSHIP_MANAGER, Role.PRODUCT_EDITOR


def sign_in(client, user):
    user = User.objects.get(pk=user.pk)  # as the sign-in page would read it
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def bank():
    return InstitutionFactory()


@pytest.fixture
def admin(bank):
    return user_with(ADMIN, bank)


def invite(by, institution, *roles, **fields) -> Invitation:
    fields = {"phone": "+8613900009999", "client_key": uuid.uuid4()} | fields
    return invitations.invite_staff(by=by, institution=institution, roles=[each.value for each in roles], **fields)


def remove(person, institution, by, heirs=None):
    return staff.set_roles(person=person, institution=institution, roles=frozenset(), by=by, heirs=heirs or {})


# Invitations


def test_invited_by_phone_works_there(client, bank, admin):
    sign_in(client, admin).post(
        f"/desk/staff/{bank.pk}/invite/",
        {"name": "新同事", "contact": "13900009999", "roles": ["relationship_manager"], "client_key": uuid.uuid4()},
    )
    invitation = Invitation.objects.get()
    person = UserFactory(phone="+8613900009999")
    sign_in(client, person)
    url = invitations.link(invitation).split("//", 1)[1].partition("/")[2]
    assert "客户经理" in client.get(f"/{url}").content.decode()
    assert client.post(f"/{url}").url == "/desk/"
    assert staff.roles_at(person, bank) == {MANAGER}
    assert client.get(f"/{url}").status_code == 410


def test_link_is_for_the_number_it_was_sent_to(client, bank, admin):
    invitation = invite(admin, bank, MANAGER)
    page = sign_in(client, UserFactory()).get(f"/join/{invitations.token(invitation)}/")
    assert (page.status_code, "139****9999" in page.content.decode()) == (410, True)
    with pytest.raises(InvitationOver):
        invitations.accept(invitations.token(invitation), user=UserFactory(phone="+8613900008888"))


def test_unverified_number_is_no_proof(bank, admin):
    invitation = invite(admin, bank, MANAGER)
    with pytest.raises(InvitationOver):
        invitations.accept(
            invitations.token(invitation), user=UserFactory(phone="+8613900009999", phone_verified=False)
        )


def test_invited_by_mail(bank, admin, django_capture_on_commit_callbacks, mailoutbox):
    from tests.queue import drain

    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(admin, bank, EDITOR, phone="", email="new@example.com")
    drain()
    (link,) = [word for word in mailoutbox[0].body.split() if word.startswith("http")]
    token = link.rstrip("/").rpartition("/")[2]
    assert invitations.read(token) == invitation
    person = UserFactory()
    invitations.accept(token, user=person)
    assert staff.roles_at(person, bank) == {EDITOR}


def test_sent_again_ends_the_link_before(bank, admin):
    invitation = invite(admin, bank, MANAGER)
    old = invitations.token(invitation)
    with pytest.raises(PeopleError, match="一分钟"):
        invitations.resend(invitation, by=admin)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    new = invitations.token(invitations.resend(invitation, by=admin))
    with pytest.raises(InvitationOver, match="新的链接"):
        invitations.read(old)
    assert invitations.read(new) == invitation


def test_expired_revoked_and_forged_links(bank, admin):
    invitation = invite(admin, bank, MANAGER)
    token = invitations.token(invitation)
    with pytest.raises(InvitationOver, match="不完整"):
        invitations.read(token[:-2])
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvitationOver, match="已过期"):
        invitations.read(token)
    invitations.revoke(invitation, by=admin)
    with pytest.raises(InvitationOver, match="撤回"):
        invitations.read(token)


def test_invitation_of_who_has_left_is_worth_nothing(bank, admin):
    invitation = invite(admin, bank, MANAGER)
    other = user_with(ADMIN, bank)
    remove(admin, bank, other)
    with pytest.raises(InvitationOver, match="不再负责"):
        invitations.accept(invitations.token(invitation), user=UserFactory(phone="+8613900009999"))


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.INSTITUTION_ADMINISTRATOR, {"bank": 4, "other": 0, "place": 0}),
        (Role.SUPERVISOR, {"bank": 1, "other": 1, "place": 5}),
        (Role.ADMINISTRATOR, {"bank": 4, "other": 4, "place": 7}),
        (Role.RELATIONSHIP_MANAGER, {"bank": 0, "other": 0, "place": 0}),
        (Role.TEAM_LEAD, {"bank": 0, "other": 0, "place": 0}),
    ],
)
def test_what_each_role_may_grant(bank, role, may):
    from accounts.people.queries import grantable

    user = user_with(role, bank)
    places = {"bank": bank, "other": InstitutionFactory(), "place": None}
    assert {name: len(grantable(user, place)) for name, place in places.items()} == may


def test_administrator_of_an_institution_grants_nothing_beyond_it(bank, admin):
    for institution, role in ((bank, Role.SUPERVISOR), (None, Role.ADVISOR), (InstitutionFactory(), MANAGER)):
        with pytest.raises(PermissionDenied):
            invite(admin, institution, role)
        with pytest.raises(PermissionDenied):
            staff.set_roles(person=UserFactory(), institution=institution, roles=frozenset({role}), by=admin, heirs={})
    assert RoleAssignment.objects.count() == 1


def test_supervisor_makes_nobody_supervisor(bank):
    supervisor = user_with(Role.SUPERVISOR)
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            invite(supervisor, None, role)


# Leaving


@pytest.fixture
def scene():
    made = make_scene()
    referral = referrals.accept(made.start()[0], by=made.manager)
    made.referral = referral
    made.admin = user_with(ADMIN, made.bank)
    made.colleague = user_with(MANAGER, made.bank)
    return made


def test_removed_manager_is_out_at_the_next_click(client, scene):
    sign_in(client, scene.manager)
    assert client.get("/desk/referrals/").status_code == 200
    remove(scene.manager, scene.bank, scene.admin, {"referrals": scene.colleague})
    answer = client.get("/desk/referrals/")
    assert (answer.status_code, answer.url.startswith("/accounts/login/")) == (302, True)
    assert sign_in(client, scene.manager).get("/desk/referrals/").status_code == 403


def test_removed_editor_is_out_of_the_cms(client, bank, admin):
    sync_groups()
    editor = user_with(EDITOR, bank)
    sign_in(client, editor)
    assert client.get("/cms/").status_code == 200
    remove(editor, bank, admin)
    assert client.get("/cms/").status_code == 302
    assert sign_in(client, editor).get("/cms/").status_code == 302


def test_referrals_of_who_leaves_are_with_the_colleague(client, scene):
    remove(scene.manager, scene.bank, scene.admin, {"referrals": scene.colleague})
    scene.referral.refresh_from_db()
    assert (scene.referral.manager, scene.referral.state) == (scene.colleague, "accepted")
    assert scene.referral.events.last().get_kind_display() == "更换客户经理"
    assert "转给您办理" in scene.colleague.notices.first().text
    assert "换由客户经理" in scene.owner.notices.first().text
    assert str(scene.referral.product) in sign_in(client, scene.colleague).get("/desk/referrals/").content.decode()


def test_nothing_is_lost_when_nobody_was_named(scene):
    with pytest.raises(HandOverFirst, match="没办完的对接单"):
        remove(scene.manager, scene.bank, scene.admin)
    assert staff.roles_at(scene.manager, scene.bank) == {MANAGER}
    remove(scene.manager, scene.bank, scene.admin, {"referrals": None})
    scene.referral.refresh_from_db()
    assert (scene.referral.manager, scene.referral.state) == (None, "accepted")


def test_stranger_takes_nothing_over(scene):
    with pytest.raises(HandOverFirst, match="不能接手"):
        remove(scene.manager, scene.bank, scene.admin, {"referrals": user_with(MANAGER)})


def test_hand_over_page_previews_and_does_it_by_one_press(client, scene):
    sign_in(client, scene.admin)
    url = f"/desk/staff/{scene.bank.pk}/{scene.manager.pk}/hand-over/"
    page = client.get(url).content.decode()
    assert "没办完的对接单" in page
    assert str(scene.referral) in page
    assert scene.enterprise.name not in page
    assert "还有没交接的" in client.post(url, {}).content.decode()
    client.post(url, {"heir_referrals": scene.colleague.pk})
    assert staff.roles_at(scene.manager, scene.bank) == frozenset()


def test_role_taken_away_asks_for_the_colleague_first(client, scene):
    scene.manager.role_assignments.create(role=EDITOR, institution=scene.bank)
    sign_in(client, scene.admin)
    url = f"/desk/staff/{scene.bank.pk}/{scene.manager.pk}/"
    answer = client.post(url, {"roles": ["product_editor"]})
    assert answer.url == f"{url}hand-over/?keep=product_editor"
    client.post(answer.url, {"keep": "product_editor", "heir_referrals": scene.colleague.pk})
    assert staff.roles_at(scene.manager, scene.bank) == {EDITOR}
    assert client.post(url, {"roles": ["product_editor", "product_reviewer"]}).status_code == 302
    assert staff.roles_at(scene.manager, scene.bank) == {EDITOR, Role.PRODUCT_REVIEWER}


def test_last_administrator_cannot_remove_oneself(bank, admin):
    with pytest.raises(LastAdministrator, match="只有这一位管理员"):
        remove(admin, bank, admin)
    remove(admin, bank, user_with(Role.SUPERVISOR))
    assert RoleAssignment.objects.filter(institution=bank).count() == 0


def test_last_administrator_of_the_place_is_removed_by_nobody():
    admin = user_with(Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        remove(admin, None, admin)
    other = user_with(Role.ADMINISTRATOR)
    remove(other, None, admin)
    assert RoleAssignment.objects.get(role=Role.ADMINISTRATOR).user == admin


def test_staff_of_others_are_not_found(client, bank, admin):
    other = user_with(MANAGER)
    sign_in(client, admin)
    place = other.institutions_as()[0].pk
    for url in (
        f"/desk/staff/{place}/{other.pk}/",
        f"/desk/staff/{place}/{other.pk}/hand-over/",
        f"/desk/staff/{bank.pk}/{other.pk}/",
    ):
        assert client.get(url).status_code == 404
    assert str(other) not in client.get("/desk/staff/").content.decode()


def test_advisor_who_leaves_hands_over_visits_and_requests(client):
    supervisor, team = user_with(Role.SUPERVISOR), TeamFactory()
    leaving, heir = user_with(Role.ADVISOR), user_with(Role.ADVISOR)
    mine, theirs = AdvisorFactory(user=leaving, team=team), AdvisorFactory(user=heir, team=team)
    starts = timezone.now() + timedelta(days=1)
    fields = {"enterprise": EnterpriseFactory(), "purpose": "看看", "created_by": leaving, "team": team}
    visits = [
        Visit.objects.create(
            advisor=mine, starts_at=starts + timedelta(hours=n), ends_at=starts + timedelta(hours=n + 1), **fields
        )
        for n in (0, 3)
    ]
    Visit.objects.create(advisor=theirs, starts_at=starts, ends_at=starts + timedelta(hours=1), **fields)
    left = remove(leaving, None, supervisor, {"visits": heir})
    for each in visits:
        each.refresh_from_db()
    assert [each.advisor for each in visits] == [mine, theirs]
    assert len(left) == 1
    mine.refresh_from_db()
    assert (mine.is_active, mine.user) == (False, leaving)


def test_lead_and_organiser_hand_over():
    supervisor, team = user_with(Role.SUPERVISOR), TeamFactory()
    lead, heir = user_with(Role.TEAM_LEAD), user_with(Role.TEAM_LEAD)
    AdvisorFactory(user=lead, team=team, team__lead=True)
    AdvisorFactory(user=heir)
    remove(lead, None, supervisor, {"teams": heir})
    assert AdvisorTeam.objects.get().members.get(is_lead=True).advisor.user == heir
    organiser, other = user_with(Role.ORGANISER), user_with(Role.ORGANISER)
    event = EventFactory()
    event.organisers.add(organiser)
    remove(organiser, None, supervisor, {"events": other})
    assert list(event.organisers.all()) == [other]


def test_editor_who_leaves_hands_over_drafts_and_contacts(bank, admin):
    from catalogue.models import Product
    from tests.factories import ProductFactory

    editor, heir = user_with(EDITOR, bank, name="钱旧人"), user_with(EDITOR, bank, name="孙新人")
    product = ProductFactory(institution=bank, contact=f"钱旧人 {editor.phone[3:]}")
    product.summary = "改了一半"
    product.save_revision(user=editor)
    due = {each.key: each.total for each in handover.due(editor, bank, frozenset({EDITOR}), frozenset({EDITOR}))}
    assert due == {"drafts": 1, "contacts": 1}
    remove(editor, bank, admin, {"drafts": heir, "contacts": heir})
    product = Product.objects.get()
    draft = product.get_latest_revision_as_object()
    assert (draft.summary, draft.contact) == ("改了一半", f"孙新人 {heir.phone[3:]}")
    assert product.latest_revision.user == heir
    assert product.contact == f"钱旧人 {editor.phone[3:]}"  # public until reviewed


def test_holdings_are_registered_by_each_app():
    assert {each.key for each in handover._holdings} == {
        "referrals", "needs", "visits", "teams", "requests", "unit_requests", "events", "doors", "drafts", "contacts",
    }  # fmt: skip


def test_member_of_an_enterprise_invited_by_its_owner(client):
    owner = enterprise_user()
    sign_in(client, owner).post(
        "/me/members/invite/", {"phone": "13900009999", "kind": "owner", "client_key": uuid.uuid4()}
    )
    invitation = Invitation.objects.get()
    assert "139****9999" in client.get("/me/members/").content.decode()
    person = UserFactory(phone="+8613900009999")
    assert sign_in(client, person).post(f"/join/{invitations.token(invitation)}/").url == "/me/"
    assert owner.enterprise.members.get(user=person).kind == "owner"


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_staff_list(client, bank, admin, n, django_assert_num_queries):
    for number in range(n):
        user_with(MANAGER, bank)
        invite(admin, bank, MANAGER, phone=f"+86139000077{number:02d}")
    sign_in(client, admin)
    client.get("/desk/staff/")
    with django_assert_num_queries(LIST):
        client.get("/desk/staff/")


LIST = 8
