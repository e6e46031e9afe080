"""A newcomer asks, an owner decides; members change, leave and are removed; an enterprise keeps an owner."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import EnterpriseMember, JoinRequest, SmsMessage
from accounts.people import members, queries
from accounts.people.errors import ActsForAnother, AlreadyMember, LastOwner, NoSuchEnterprise, PeopleError
from accounts.transitions import TransitionRefused
from tests.factories import EnterpriseFactory, IndustryFactory, UserFactory, enterprise_user, uscc
from tests.queue import drain

pytestmark = pytest.mark.django_db
JOIN = "/me/enterprise/join/"


@pytest.fixture
def owner():
    return enterprise_user()


@pytest.fixture
def newcomer():
    return UserFactory(name="李新")


def ask(user, enterprise, **fields) -> JoinRequest:
    fields = {"message": "我是财务小李", "client_key": uuid.uuid4()} | fields
    return members.ask_to_join(user=user, uscc=enterprise.uscc, **fields)


def add(enterprise, kind="member") -> EnterpriseMember:
    return EnterpriseMember.objects.create(enterprise=enterprise, user=UserFactory(), kind=kind)


def sign_in(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_registering_a_known_enterprise_leads_to_asking_its_owner(client, owner, newcomer):
    IndustryFactory()
    sign_in(client, newcomer)
    page = client.post("/me/enterprise/new/", {"uscc": owner.enterprise.uscc, "name": "同一家"}).content.decode()
    assert f'href="{JOIN}?uscc={owner.enterprise.uscc}"' in page
    assert 'value="同一家"' in page
    assert owner.enterprise.name not in page
    asked = client.get(f"{JOIN}?uscc={owner.enterprise.uscc}").content.decode()
    assert f'value="{owner.enterprise.uscc}"' in asked


def test_newcomer_waits_for_the_owners_word(client, owner, newcomer):
    request = ask(newcomer, owner.enterprise)
    assert sign_in(client, newcomer).get("/me/").url.startswith("/me/enterprise/new/")
    assert owner.notices.get().text == f"李新 申请加入“{owner.enterprise.name}”，请您决定。"
    sign_in(client, owner)
    assert "我是财务小李" in client.get("/me/").content.decode()
    client.post(f"/me/members/requests/{request.pk}/accept/")
    assert sign_in(client, newcomer).get("/me/").status_code == 200
    membership = owner.enterprise.members.get(user=newcomer)
    assert (membership.kind, membership.is_active) == ("member", True)


def test_owner_and_newcomer_are_told_by_sms(owner, newcomer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        request = ask(newcomer, owner.enterprise)
    with django_capture_on_commit_callbacks(execute=True):
        members.accept(request, by=owner)
    drain()
    assert sorted(SmsMessage.objects.values_list("phone", flat=True)) == sorted([owner.phone, newcomer.phone])


def test_refused_newcomer_reads_why(client, owner, newcomer):
    request = ask(newcomer, owner.enterprise)
    sign_in(client, owner).post(f"/me/members/requests/{request.pk}/refuse/", {"reason": "不认识"})
    assert "不认识" in sign_in(client, newcomer).get(JOIN).content.decode()
    assert owner.enterprise.members.count() == 1


def test_asking_twice_waits_once(owner, newcomer):
    assert ask(newcomer, owner.enterprise) == ask(newcomer, owner.enterprise)
    assert JoinRequest.objects.count() == 1


def test_refused_twice_may_not_ask_a_third_time(owner, newcomer):
    for _time in range(2):
        members.refuse(ask(newcomer, owner.enterprise), by=owner)
    with pytest.raises(PeopleError, match="凭营业执照认领"):
        ask(newcomer, owner.enterprise)


def test_asking_for_an_enterprise_that_nobody_registered(newcomer):
    with pytest.raises(NoSuchEnterprise, match="还没有登记"):
        members.ask_to_join(user=newcomer, uscc=uscc(9999), message="我", client_key=uuid.uuid4())


def test_asking_where_one_belongs_already(owner):
    with pytest.raises(AlreadyMember):
        ask(owner, owner.enterprise)


def test_asking_while_acting_for_another(owner):
    with pytest.raises(ActsForAnother, match="一个账号办理一家企业"):
        ask(enterprise_user(), owner.enterprise)


def test_accepting_who_registered_elsewhere_meanwhile(owner, newcomer):
    request = ask(newcomer, owner.enterprise)
    enterprise_user_of = EnterpriseFactory()
    EnterpriseMember.objects.create(enterprise=enterprise_user_of, user=newcomer, kind="owner")
    with pytest.raises(ActsForAnother):
        members.accept(request, by=owner)
    request.refresh_from_db()
    assert request.state == "waiting"


def test_withdrawn_request_is_accepted_by_nobody(owner, newcomer):
    request = ask(newcomer, owner.enterprise)
    members.withdraw(request, by=newcomer)
    with pytest.raises(TransitionRefused, match="已撤回"):
        members.accept(request, by=owner)


def test_member_who_is_no_owner_decides_nothing(client, owner, newcomer):
    request = ask(newcomer, owner.enterprise)
    clerk = add(owner.enterprise)
    with pytest.raises(PermissionDenied):
        members.accept(request, by=clerk.user)
    assert sign_in(client, clerk.user).post(f"/me/members/requests/{request.pk}/accept/").status_code == 403
    page = client.get("/me/members/").content.decode()
    assert "申请加入的人" not in page
    assert "发送邀请" not in page


def test_removed_member_is_out_at_the_next_request(client, owner):
    clerk = add(owner.enterprise)
    sign_in(client, clerk.user)
    assert client.get("/me/members/").status_code == 200
    members.remove(clerk, by=owner)
    assert client.get("/me/members/").url.startswith("/me/enterprise/new/")


def test_removed_member_comes_back_to_the_same_row(owner):
    clerk = add(owner.enterprise)
    members.remove(clerk, by=owner)
    members.accept(ask(clerk.user, owner.enterprise), by=owner)
    clerk.refresh_from_db()
    assert (clerk.is_active, owner.enterprise.members.count()) == (True, 2)


def test_last_owner_names_another_before_leaving(owner):
    mine, clerk = owner.enterprise.members.get(), add(owner.enterprise)
    with pytest.raises(LastOwner, match="接任"):
        members.remove(mine, by=owner)
    with pytest.raises(LastOwner):
        members.change_kind(mine, by=owner, kind="member")
    with pytest.raises(LastOwner):
        members.remove(mine, by=owner, successor=mine)
    with pytest.raises(LastOwner):
        members.remove(mine, by=owner, successor=add(EnterpriseFactory()))
    members.remove(mine, by=owner, successor=clerk)
    assert list(queries.owners_of(clerk.enterprise)) == [clerk.user]


def test_last_owner_leaves_through_the_page(client, owner):
    clerk = add(owner.enterprise)
    sign_in(client, owner)
    assert "由谁接任" in client.get("/me/members/leave/").content.decode()
    assert client.post("/me/members/leave/", {"successor": ""}).status_code == 200
    assert client.post("/me/members/leave/", {"successor": clerk.pk}).url == JOIN
    clerk.refresh_from_db()
    assert clerk.kind == "owner"


def test_only_member_is_told_to_invite_first(client, owner):
    assert "您是唯一的成员" in sign_in(client, owner).get("/me/members/leave/").content.decode()


def test_owner_makes_a_member_owner_and_steps_back(client, owner):
    clerk = add(owner.enterprise)
    sign_in(client, owner).post(f"/me/members/{clerk.pk}/kind/", {"kind": "owner"})
    members.change_kind(owner.enterprise.members.get(user=owner), by=clerk.user, kind="member")
    assert list(queries.owners_of(clerk.enterprise)) == [clerk.user]


def test_member_of_another_enterprise_is_not_found(client, owner):
    other = add(EnterpriseFactory())
    sign_in(client, owner)
    assert client.post(f"/me/members/{other.pk}/remove/").status_code == 404
    assert client.post(f"/me/members/{other.pk}/kind/", {"kind": "owner"}).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_members_page(client, owner, n, django_assert_num_queries):
    for _number in range(n):
        add(owner.enterprise)
        ask(UserFactory(), owner.enterprise)
    sign_in(client, owner)
    client.get("/me/members/")
    with django_assert_num_queries(PAGE):
        client.get("/me/members/")


PAGE = 11
