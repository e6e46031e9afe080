"""Owners decide at once, the last owners leave at once, newcomers ask at once, administrators leave at once."""

import uuid
from threading import Barrier

import pytest

from accounts.models import Enterprise, EnterpriseMember, EnterpriseMerge, JoinRequest, RoleAssignment
from accounts.people import members, merging, staff
from accounts.people.errors import LastAdministrator, MergeRefused
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from tests.factories import EnterpriseFactory, InstitutionFactory, UserFactory, enterprise_user, user_with
from tests.races.clients import at_once

CLIENTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def owners(enterprise: Enterprise, n: int) -> list[EnterpriseMember]:
    return [
        EnterpriseMember.objects.create(enterprise=enterprise, user=UserFactory(), kind="owner") for _number in range(n)
    ]


def remaining(enterprise: Enterprise) -> int:
    return enterprise.members.filter(is_active=True, kind="owner").count()


def kinds(came: list) -> list[str]:
    return sorted(type(each).__name__ for each in came)


def test_two_owners_accept_at_once():
    enterprise = EnterpriseFactory()
    people, asker = owners(enterprise, CLIENTS), UserFactory()
    request = JoinRequest.objects.create(enterprise=enterprise, user=asker, message="我")
    came = at_once([lambda each=each: members.accept(request, by=each.user) for each in people])
    assert kinds(came) == ["JoinRequest", *["TransitionRefused"] * (CLIENTS - 1)]
    assert enterprise.members.filter(user=asker, is_active=True).count() == 1
    assert all(isinstance(each, JoinRequest | TransitionRefused) for each in came)


def test_owner_accepts_while_another_refuses():
    enterprise = EnterpriseFactory()
    people, asker = owners(enterprise, 2), UserFactory()
    request = JoinRequest.objects.create(enterprise=enterprise, user=asker, message="我")
    at_once([lambda: members.accept(request, by=people[0].user), lambda: members.refuse(request, by=people[1].user)])
    request.refresh_from_db()
    is_member = enterprise.members.filter(user=asker, is_active=True).exists()
    assert is_member == (request.state == "accepted")


def test_last_owners_leave_at_once():
    enterprise = EnterpriseFactory()
    came = at_once([lambda each=each: members.remove(each, by=each.user) for each in owners(enterprise, CLIENTS)])
    assert kinds(came) == [*["EnterpriseMember"] * (CLIENTS - 1), "LastOwner"]
    assert remaining(enterprise) == 1


def test_last_owners_leaving_without_the_lock_leave_nobody(monkeypatch):
    """The negative control: the same code, the lock replaced by a look, leaves an enterprise without an owner."""
    unguarded = members.remove.__wrapped__
    for _attempt in range(5):
        enterprise = EnterpriseFactory()
        people, gate = owners(enterprise, 2), Barrier(2)
        counted = members._other_owners

        def looked(membership, gate: Barrier = gate, counted=counted) -> int:
            found = counted(membership)
            gate.wait(timeout=30)
            return found

        monkeypatch.setattr(members, "locked", lambda pk: Enterprise.every.get(pk=pk))
        monkeypatch.setattr(members, "_other_owners", looked)
        at_once([lambda each=each: unguarded(each, by=each.user) for each in people])
        monkeypatch.undo()
        if remaining(enterprise) == 0:
            break
    assert remaining(enterprise) == 0


def test_one_person_asks_many_times_at_once():
    owner, asker = enterprise_user(), UserFactory()
    came = at_once(
        [lambda: members.ask_to_join(user=asker, uscc=owner.enterprise.uscc, message="我", client_key=uuid.uuid4())]
        * CLIENTS
    )
    assert {each.pk for each in came} == {JoinRequest.objects.get().pk}


def test_many_people_ask_at_once():
    code = enterprise_user().enterprise.uscc
    people = [UserFactory() for _number in range(CLIENTS)]
    at_once(
        [
            lambda each=each: members.ask_to_join(user=each, uscc=code, message="我", client_key=uuid.uuid4())
            for each in people
        ]
    )
    assert sorted(JoinRequest.objects.values_list("user", flat=True)) == sorted(each.pk for each in people)


def test_person_accepted_by_two_enterprises_at_once_joins_one():
    asker, first, second = UserFactory(), enterprise_user(), enterprise_user()
    requests = [
        JoinRequest.objects.create(enterprise=each.enterprise, user=asker, message="我") for each in (first, second)
    ]
    came = at_once(
        [
            lambda: members.accept(requests[0], by=first),
            lambda: members.accept(requests[1], by=second),
        ]
    )
    assert kinds(came) == ["ActsForAnother", "JoinRequest"]
    assert asker.enterprise_memberships.filter(is_active=True).count() == 1


def test_last_administrators_leave_at_once():
    bank = InstitutionFactory()
    people = [user_with(Role.INSTITUTION_ADMINISTRATOR, bank) for _number in range(CLIENTS)]
    came = at_once(
        [
            lambda each=each: staff.set_roles(person=each, institution=bank, roles=frozenset(), by=each, heirs={})
            for each in people
        ]
    )
    assert sum(isinstance(each, LastAdministrator) for each in came) == 1
    assert RoleAssignment.objects.filter(institution=bank).count() == 1


def test_two_records_merged_into_each_other_at_once():
    by = user_with(Role.SUPERVISOR)
    one, other = EnterpriseFactory(), EnterpriseFactory()

    def merge(target, source):
        return merging.merge(
            target=target, source=source, by=by, reason="重复", take=frozenset(), client_key=uuid.uuid4()
        )

    came = at_once([lambda: merge(one, other), lambda: merge(other, one)])
    assert kinds(came) == ["EnterpriseMerge", "MergeRefused"]
    assert any(isinstance(each, MergeRefused) for each in came)
    assert (EnterpriseMerge.objects.count(), Enterprise.objects.count()) == (1, 1)


def test_one_of_many_posts_of_one_merge_is_done():
    by, one, other = user_with(Role.SUPERVISOR), EnterpriseFactory(), EnterpriseFactory()
    key = uuid.uuid4()
    job = lambda: merging.merge(target=one, source=other, by=by, reason="重复", take=frozenset(), client_key=key)  # noqa: E731
    assert {each.pk for each in at_once([job] * CLIENTS)} == {EnterpriseMerge.objects.get().pk}
