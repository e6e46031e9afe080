"""Decisions about people at once: one claim by many supervisors, one record merged into several, a newcomer decided on
twice, work handed over while it is closed, an enterprise erased while its referrals move."""

import uuid
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.core.files.base import ContentFile

from accounts.models import Claim, Enterprise, EnterpriseMerge, ErasureRequest, JoinRequest, User
from accounts.people import claims, members, merging, staff, stranded
from accounts.people.errors import MergeRefused, NothingLeft
from accounts.privacy import erasure
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from matching import privacy
from matching.models import Need, Referral
from matching.referrals import actions as referrals
from tests.factories import EnterpriseFactory, UserFactory, enterprise_user, user_with
from tests.matching.conftest import Scene, make_need, make_scene
from tests.races.clients import at_once
from tests.races.test_people import kinds, owners

CLIENTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


# One claim


def submitted() -> Claim:
    claim = Claim(enterprise=EnterpriseFactory(), claimant=UserFactory(), statement="说明")
    claim.licence.save("x.png", ContentFile(b"\x89PNG"), save=False)
    claim.save()
    return claim


def decide(claim: Claim, n: int, supervisor: User):
    return lambda: (
        claims.approve(claim, by=supervisor) if n % 2 else claims.refuse(claim, by=supervisor, note="代码不符")
    )


def test_one_of_many_supervisors_decides_a_claim():
    claim = submitted()
    came = at_once([decide(claim, n, user_with(Role.SUPERVISOR)) for n in range(CLIENTS)])
    assert kinds(came) == ["Claim", *["TransitionRefused"] * (CLIENTS - 1)]
    claim.refresh_from_db()
    assert list(claim.events.values_list("step", flat=True)) == [
        {"approved": "approve", "refused": "refuse"}[claim.state]
    ]
    assert claim.enterprise.members.filter(kind="owner").count() == (claim.state == "approved")
    assert claim.claimant.notices.count() == 1
    assert all(isinstance(each, Claim | TransitionRefused) for each in came)


def test_claim_decided_without_the_lock_is_decided_twice(monkeypatch):
    """The negative control: the same code, the lock replaced by a look."""
    unguarded, claim, gate = claims.refuse.__wrapped__, submitted(), Barrier(2)

    def looked(pk: int) -> Claim:
        found = Claim.objects.select_related("enterprise", "claimant").get(pk=pk)
        gate.wait(timeout=30)
        return found

    monkeypatch.setattr(claims, "_locked", looked)
    people = [user_with(Role.SUPERVISOR) for _number in range(2)]
    at_once([lambda each=each: unguarded(claim, by=each, note="代码不符") for each in people])
    assert claim.events.count() == 2


# One record


def merge_into(target: Enterprise, source: Enterprise, action=merging.merge):
    by = user_with(Role.SUPERVISOR)
    return lambda: action(target=target, source=source, by=by, reason="重复", take=frozenset(), client_key=uuid.uuid4())


def test_one_record_merged_into_several_at_once_is_in_one():
    source = enterprise_user().enterprise
    targets = [EnterpriseFactory() for _number in range(CLIENTS)]
    came = at_once([merge_into(each, source) for each in targets])
    assert kinds(came) == ["EnterpriseMerge", *["MergeRefused"] * (CLIENTS - 1)]
    assert all(isinstance(each, EnterpriseMerge | MergeRefused) for each in came)
    source.refresh_from_db()
    assert EnterpriseMerge.objects.get().target_id == source.merged_into_id
    assert [each.members.count() for each in targets if each.pk == source.merged_into_id] == [1]


def test_record_merged_without_the_lock_is_stopped_by_the_database_alone(monkeypatch):
    """The negative control: the same code, the lock replaced by a look. Both find the record free."""
    source, gate = EnterpriseFactory(), Barrier(2)

    def looked(*pks: int) -> dict[int, Enterprise]:
        found = {each.pk: each for each in Enterprise.every.filter(pk__in=pks)}
        gate.wait(timeout=30)
        return found

    monkeypatch.setattr(merging, "_locked", looked)
    came = at_once([merge_into(EnterpriseFactory(), source, merging.merge.__wrapped__) for _number in range(2)])
    assert kinds(came) == ["EnterpriseMerge", "IntegrityError"]


# One newcomer


def test_newcomer_decided_on_without_the_lock_is_told_twice(monkeypatch):
    """The negative control of `test_two_owners_accept_at_once`."""
    enterprise, asker, gate = EnterpriseFactory(), UserFactory(), Barrier(2)
    people = owners(enterprise, 2)
    request = JoinRequest.objects.create(enterprise=enterprise, user=asker, message="我")

    def looked(pk: int) -> JoinRequest:
        found = JoinRequest.objects.get(pk=pk)
        gate.wait(timeout=30)
        return found

    monkeypatch.setattr(members, "locked", lambda pk: Enterprise.every.get(pk=pk))
    monkeypatch.setattr(members, "_locked_request", looked)
    at_once([lambda each=each: members.refuse.__wrapped__(request, by=each.user) for each in people])
    assert asker.notices.count() == 2


# Handing over while the work is closed


@pytest.fixture
def scene() -> Scene:
    made = make_scene()
    made.referral = referrals.accept(made.start()[0], by=made.manager)
    made.admin = user_with(Role.INSTITUTION_ADMINISTRATOR, made.bank)
    made.heir = user_with(Role.RELATIONSHIP_MANAGER, made.bank)
    return made


def leave(scene: Scene):
    return lambda: staff.set_roles(
        person=scene.manager, institution=scene.bank, roles=frozenset(), by=scene.admin, heirs={"referrals": scene.heir}
    )


def steps(referral: Referral) -> list[str]:
    return list(referral.events.order_by("pk").values_list("kind", flat=True))


def test_referral_closed_while_it_is_handed_over_is_handed_over_first_or_never(scene):
    closing = lambda: referrals.decline(scene.referral, by=scene.manager, reason="other", note="资料不全")  # noqa: E731
    came = at_once([leave(scene), *[closing] * (CLIENTS - 1)])
    scene.referral.refresh_from_db()
    assert scene.referral.state == "declined"
    assert sum(isinstance(each, Referral) for each in came) == 1
    assert came[0] == []
    if scene.referral.manager == scene.heir:
        assert steps(scene.referral) == ["submitted", "accept", "hand_over", "decline"]
    else:
        assert (scene.referral.manager, steps(scene.referral)) == (scene.manager, ["submitted", "accept", "decline"])


def test_hand_over_without_the_lock_takes_a_closed_referral(scene, monkeypatch):
    """The negative control: what was read before the closing is written after it."""
    read, closed, locked = Event(), Event(), referrals._locked

    def looked(given: Referral) -> Referral:
        found = Referral.objects.select_related("need__enterprise", "product", "institution", "manager").get(
            pk=given.pk
        )
        read.set()
        closed.wait(timeout=30)
        return found

    def close() -> None:
        read.wait(timeout=30)
        monkeypatch.setattr(referrals, "_locked", locked)
        referrals.decline(scene.referral, by=scene.manager, reason="other", note="资料不全")
        closed.set()

    monkeypatch.setattr(referrals, "_locked", looked)
    at_once([lambda: referrals.hand_over.__wrapped__(scene.referral, to=scene.heir, by=scene.admin), close])
    assert steps(scene.referral) == ["submitted", "accept", "decline", "hand_over"]
    scene.referral.refresh_from_db()
    assert scene.referral.state == "accepted"  # the decline is lost


def test_stranded_work_is_handed_over_by_one_of_many(scene):
    scene.manager.is_active = False
    scene.manager.save()
    people = [user_with(Role.INSTITUTION_ADMINISTRATOR, scene.bank) for _number in range(CLIENTS)]
    came = at_once(
        [
            lambda each=each: stranded.hand_over(
                person=scene.manager, institution=scene.bank, by=each, heirs={"referrals": scene.heir}
            )
            for each in people
        ]
    )
    assert kinds(came) == [*["NothingLeft"] * (CLIENTS - 1), "list"]
    assert all(isinstance(each, NothingLeft | list) for each in came)
    assert steps(scene.referral) == ["submitted", "accept", "hand_over"]


# Erasing while referrals move


def asked(scene: Scene) -> ErasureRequest:
    request = erasure.ask(scene.owner, scene.enterprise)
    ErasureRequest.objects.filter(pk=request.pk).update(due_at=request.asked_at - timedelta(seconds=1))
    return request


def test_referral_taken_up_while_its_enterprise_is_erased_ends_withdrawn():
    scene = make_scene()
    (referral,) = scene.start()
    request = asked(scene)
    people = [user_with(Role.RELATIONSHIP_MANAGER, scene.bank) for _number in range(CLIENTS - 1)]
    came = at_once(
        [
            lambda: erasure.erase(request.pk),
            *[lambda each=each: referrals.accept(referral, by=each) for each in people],
        ]
    )
    referral.refresh_from_db()
    assert (came[0], referral.state) == (True, "withdrawn")
    taken = [each for each in came[1:] if isinstance(each, Referral)]
    assert steps(referral) == ["submitted", *["accept"] * len(taken), "withdraw"]
    assert referral.manager == (taken[0].manager if taken else None)


def test_no_referral_is_begun_for_an_enterprise_being_erased():
    scene = make_scene()
    request = asked(scene)
    came = at_once([lambda: erasure.erase(request.pk), *[scene.start] * (CLIENTS - 1)])
    assert came[0] is True
    assert Referral.objects.filter(state__in=Referral.OPEN_STATES).count() == 0
    assert Referral.objects.count() <= 1


def test_need_sent_while_its_enterprise_is_erased_is_erased_too_or_refused():
    scene = make_scene()
    request = asked(scene)
    jobs = [lambda: make_need(scene.owner, text="想借 80 万元")] * (CLIENTS - 1)
    scene.owner.enterprise  # noqa: B018  (known before the erasure ends the membership)
    came = at_once([lambda: erasure.erase(request.pk), *jobs])
    assert came[0] is True
    assert {type(each).__name__ for each in came[1:]} <= {"Need", "Erased"}
    assert Need.objects.exclude(text="").count() == 0
    assert Need.objects.filter(status=Need.Status.OPEN).count() == 0


def test_need_sent_without_the_hold_outlives_the_erasure(monkeypatch):
    """The negative control: the enterprise is looked at, not held."""
    scene = make_scene()
    request = asked(scene)
    monkeypatch.setattr(erasure, "hold", lambda enterprise: None)
    assert erasure.erase(request.pk) is True
    make_need(scene.owner, text="想借 80 万元")
    assert Need.objects.exclude(text="").count() == 1


def test_erasure_without_the_lock_leaves_a_referral_open(monkeypatch):
    """The negative control: one is begun between the look at referrals and the end of their needs."""
    scene = make_scene()
    read, begun = Event(), Event()

    def looked(rows) -> list:
        found = list(rows)
        if rows.model is Referral:
            read.set()
            begun.wait(timeout=30)
        return found

    def begin() -> None:
        read.wait(timeout=30)
        scene.start()
        begun.set()

    monkeypatch.setattr(privacy, "_locked", looked)
    at_once([lambda: privacy._erase_enterprise(scene.enterprise), begin])
    assert Referral.objects.filter(state__in=Referral.OPEN_STATES).count() == 1
