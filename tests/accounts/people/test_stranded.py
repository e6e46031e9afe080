"""待移交: an account closed past the hand-over page leaves open work; who looks after it sees it and hands it over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit import actions as audit_actions
from accounts.models import AuditEntry, User
from accounts.people import handover, stranded
from accounts.people.errors import HandOverFirst, NothingLeft
from accounts.roles import Role
from advisors.models import ServiceRequest, Visit
from matching.referrals import actions as referrals
from tests.accounts.people.test_staff import sign_in
from tests.advisors.factories import AdvisorFactory, TeamFactory
from tests.factories import EnterpriseFactory, EventFactory, InstitutionFactory, ProductFactory, user_with
from tests.matching.conftest import make_scene

pytestmark = pytest.mark.django_db
ADMIN, MANAGER = Role.INSTITUTION_ADMINISTRATOR, Role.RELATIONSHIP_MANAGER


def close(person: User) -> None:
    """As the Django admin does it: nobody asks about open work."""
    person.is_active = False
    person.save()


def waiting(by: User) -> list[tuple[str, str, dict[str, int]]]:
    return [
        (str(row.user), str(row.institution or ""), {holding.key: n for holding, n in row.parts})
        for row in stranded.seen_by(User.objects.get(pk=by.pk))
    ]


@pytest.fixture
def scene():
    made = make_scene()
    made.referral = referrals.accept(made.start()[0], by=made.manager)
    made.admin = user_with(ADMIN, made.bank)
    made.colleague = user_with(MANAGER, made.bank)
    return made


def test_nothing_waits_while_everybody_works(scene):
    assert waiting(scene.admin) == []
    assert stranded.panel(scene.admin) is None


@pytest.mark.parametrize("how", ["suspended", "admin", "role deleted"])
def test_open_referral_of_a_closed_account_waits_for_the_administrator(scene, how):
    if how == "suspended":
        audit_actions.suspend(scene.manager, by=user_with(Role.SUPERVISOR), reason="越权查看")
    elif how == "admin":
        close(scene.manager)
    else:
        scene.manager.role_assignments.all().delete()
    assert waiting(scene.admin) == [(str(scene.manager), str(scene.bank), {"referrals": 1})]
    assert waiting(user_with(ADMIN, InstitutionFactory())) == []
    assert waiting(scene.colleague) == []


def test_closed_referral_waits_for_nobody(scene):
    close(scene.manager)
    referrals.withdraw(scene.referral, by=scene.owner)
    assert waiting(scene.admin) == []


def test_one_press_hands_it_over_and_roles_stay(client, scene):
    close(scene.manager)
    sign_in(client, scene.admin)
    desk = client.get("/desk/").content.decode()
    url = f"/desk/staff/stranded/{scene.bank.pk}/{scene.manager.pk}/"
    assert f'href="{url}"' in desk
    staff_list = client.get("/desk/staff/").content.decode()
    assert ("手上的事没有人在办" in staff_list, staff_list.count("账号已停用</span>")) == (True, 1)
    assert f'href="{url}"' in client.get("/desk/staff/stranded/").content.decode()
    page = client.get(url).content.decode()
    assert ("没办完的对接单" in page, "账号已停用" in page, scene.enterprise.name in page) == (True, True, False)
    answer = client.post(url, {"heir_referrals": scene.colleague.pk})
    assert answer.url == "/desk/staff/stranded/"
    scene.referral.refresh_from_db()
    assert (scene.referral.manager, scene.referral.state) == (scene.colleague, "accepted")
    assert scene.manager.role_assignments.count() == 1
    entry = AuditEntry.objects.filter(verb="handed_over").get()
    assert (entry.actor, entry.person, entry.detail) == (
        scene.admin,
        scene.manager,
        {"what": "referrals", "rows": 1, "to": scene.colleague.pk},
    )
    assert client.get(url).status_code == 404
    assert client.post(url, {"heir_referrals": scene.colleague.pk}).status_code == 404  # pressed twice


def test_nobody_named_nothing_moved(client, scene):
    close(scene.manager)
    url = f"/desk/staff/stranded/{scene.bank.pk}/{scene.manager.pk}/"
    assert "还有没交接的" in sign_in(client, scene.admin).post(url, {}).content.decode()
    scene.referral.refresh_from_db()
    assert scene.referral.manager == scene.manager
    with pytest.raises(HandOverFirst, match="不能接手"):
        stranded.hand_over(
            person=scene.manager, institution=scene.bank, by=scene.admin, heirs={"referrals": user_with(MANAGER)}
        )


def test_who_is_back_keeps_the_work(scene):
    close(scene.manager)
    audit_actions.reinstate(scene.manager, by=user_with(Role.SUPERVISOR), reason="已核实")
    assert waiting(scene.admin) == []
    with pytest.raises(NothingLeft, match="已恢复"):
        stranded.hand_over(
            person=scene.manager, institution=scene.bank, by=scene.admin, heirs={"referrals": scene.colleague}
        )


def test_stranger_hands_nothing_over(scene):
    close(scene.manager)
    for by in (user_with(ADMIN), scene.colleague, user_with(Role.TEAM_LEAD), user_with(Role.SUPERVISOR)):
        with pytest.raises(NothingLeft):
            stranded.hand_over(person=scene.manager, institution=scene.bank, by=by, heirs={"referrals": None})


@pytest.fixture
def team():
    """A lead, a member with a visit ahead and a request in hand, a colleague; another lead of another team."""
    made = TeamFactory()
    lead, member, heir, other = (
        user_with(role) for role in (Role.TEAM_LEAD, Role.ADVISOR, Role.ADVISOR, Role.TEAM_LEAD)
    )
    AdvisorFactory(user=lead, team=made, team__lead=True)
    mine = AdvisorFactory(user=member, team=made)
    AdvisorFactory(user=heir, team=made)
    AdvisorFactory(user=other, team=TeamFactory(), team__lead=True)
    starts, firm = timezone.now() + timedelta(days=1), EnterpriseFactory()
    visit = Visit.objects.create(
        advisor=mine, team=made, enterprise=firm, purpose="看看", created_by=member,
        starts_at=starts, ends_at=starts + timedelta(hours=1),
    )  # fmt: skip
    request = ServiceRequest.objects.create(
        enterprise=firm,
        raised_by=lead,
        owner=member,
        team=made,
        text="请帮忙",
        category="financing",
        state="dispatched",
    )
    return {"lead": lead, "member": member, "heir": heir, "other": other, "visit": visit, "request": request}


def test_open_work_of_an_advisor_waits_for_the_lead_of_the_team(client, team):
    close(team["member"])
    left = [(str(team["member"]), "", {"visits": 1, "requests": 1})]
    assert [waiting(each) for each in (team["lead"], user_with(Role.SUPERVISOR), team["other"], team["heir"])] == [
        left,
        left,
        [],
        [],
    ]
    url = f"/desk/staff/stranded/0/{team['member'].pk}/"
    assert sign_in(client, team["other"]).get(url).status_code == 404
    sign_in(client, team["lead"])
    assert f'href="{url}"' in client.get("/desk/").content.decode()
    client.post(url, {"heir_visits": team["heir"].pk, "heir_requests": team["heir"].pk})
    for row in (team["visit"], team["request"]):
        row.refresh_from_db()
    assert (team["visit"].advisor.user, team["request"].owner) == (team["heir"], team["heir"])
    assert waiting(team["lead"]) == []


def test_lead_hands_over_no_lead(team):
    close(team["lead"])
    assert waiting(team["other"]) == []
    assert waiting(user_with(Role.SUPERVISOR)) == [(str(team["lead"]), "", {"teams": 1})]


def test_events_and_locked_products_of_closed_accounts_wait(scene):
    organiser, editor = user_with(Role.ORGANISER), user_with(Role.PRODUCT_EDITOR, scene.bank)
    event, past = EventFactory(), EventFactory(starts_at=timezone.now() - timedelta(days=3))
    for each in (event, past):
        each.organisers.add(organiser, user_with(Role.ORGANISER))
        each.door_staff.add(organiser)
    ProductFactory(institution=scene.bank, locked=True, locked_by=editor)
    for each in (organiser, editor):
        close(each)
    assert waiting(user_with(Role.SUPERVISOR)) == [(str(organiser), "", {"events": 1, "doors": 1})]
    assert waiting(scene.admin) == [(str(editor), str(scene.bank), {"drafts": 1})]


def test_what_is_left_is_found_by_one_query(scene, django_assert_num_queries):
    for _number in range(3):
        close(user_with(MANAGER, scene.bank))
    with django_assert_num_queries(1):
        assert handover.left_behind() == []


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_list(client, scene, n, django_assert_num_queries):
    close(scene.manager)
    for _number in range(n - 1):
        person = user_with(Role.PRODUCT_EDITOR, scene.bank)
        ProductFactory(institution=scene.bank, locked=True, locked_by=person)
        close(person)
    sign_in(client, scene.admin)
    client.get("/desk/staff/stranded/")
    with django_assert_num_queries(LIST):
        assert len(client.get("/desk/staff/stranded/").context["rows"]) == n


LIST = 8
