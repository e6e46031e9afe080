"""Two 客户经理 take up one referral at the same moment, one form is posted many times at once."""

import uuid
from threading import Barrier

import pytest

from accounts.models import Consent
from accounts.roles import Role
from matching.models import Need, Referral
from matching.needs import actions as needs
from matching.referrals import actions
from tests.factories import user_with
from tests.matching.conftest import make_scene
from tests.races.clients import at_once

CLIENTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def colleagues(bank) -> list:
    return [user_with(Role.RELATIONSHIP_MANAGER, bank) for _number in range(CLIENTS)]


def accepted(referral: Referral) -> int:
    return referral.events.filter(kind="accept").count()


def test_one_of_many_acceptances_wins():
    scene = make_scene()
    (referral,) = scene.start()
    people = colleagues(scene.bank)
    came = at_once([lambda person=person: actions.accept(referral, by=person) for person in people])
    won = [each for each in came if isinstance(each, Referral)]
    refused = [each for each in came if isinstance(each, actions.ReferralRefused)]
    assert (len(won), len(refused), accepted(referral)) == (1, CLIENTS - 1, 1)
    referral.refresh_from_db()
    assert referral.manager == won[0].manager


def test_acceptances_without_the_lock_all_win(monkeypatch):
    """The negative control: without transaction and lock the same code is seen to accept more than once."""
    unguarded = actions.accept.__wrapped__
    for _attempt in range(5):
        scene = make_scene()
        (referral,) = scene.start()
        gate = Barrier(CLIENTS)

        def unlocked(given: Referral, gate: Barrier = gate) -> Referral:
            found = Referral.objects.select_related(
                "need__enterprise", "need__author", "product", "institution", "manager"
            ).get(pk=given.pk)
            gate.wait(timeout=30)
            return found

        monkeypatch.setattr(actions, "_locked", unlocked)
        people = colleagues(scene.bank)
        at_once([lambda person=person, given=referral: unguarded(given, by=person) for person in people])
        monkeypatch.undo()
        if accepted(referral) > 1:
            break
    assert accepted(referral) > 1


def test_consent_form_posted_many_times_at_once():
    scene, key = make_scene(), uuid.uuid4()
    came = at_once([lambda: scene.start(key=key)] * CLIENTS)
    assert {each[0].pk for each in came} == {Referral.objects.get().pk}
    assert Consent.objects.count() == 1


def test_two_forms_for_one_product_at_once():
    scene = make_scene()
    at_once([scene.start] * CLIENTS)
    assert Referral.objects.count() == 1


def test_need_posted_many_times_at_once():
    scene, key = make_scene(), uuid.uuid4()
    job = lambda: needs.submit(enterprise=scene.enterprise, by=scene.owner, client_key=key, text="周转 50 万")  # noqa: E731
    assert len({each.pk for each in at_once([job] * CLIENTS)}) == 1
    assert Need.objects.filter(client_key=key).count() == 1
