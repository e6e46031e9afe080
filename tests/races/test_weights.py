"""Supervisors save weights at the same moment: one version is written, the others are told of it."""

from threading import Barrier

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from accounts.roles import Role
from matching.models import WeightSet
from matching.ranking import Weights
from matching.weights import actions
from tests.factories import user_with
from tests.races.clients import at_once

CLIENTS = 5
pytestmark = pytest.mark.django_db(transaction=True)


def saves(people, based_on: int) -> list:
    terms = Weights.default().terms
    return [lambda by=by: actions.add(terms=terms, why="同时", by=by, based_on=based_on) for by in people]


@pytest.mark.parametrize("there", [0, 1], ids=["first version", "second version"])
def test_one_of_many_saves_wins_and_the_others_are_told(there):
    people = [user_with(Role.SUPERVISOR) for _number in range(CLIENTS)]
    if there:
        saves(people, 0)[0]()
    came = at_once(saves(people, there))
    won = [each for each in came if isinstance(each, WeightSet)]
    told = [each for each in came if isinstance(each, actions.Outdated)]
    assert (len(won), len(told)) == (1, CLIENTS - 1)
    assert [each.newest for each in told] == won * (CLIENTS - 1)
    assert list(WeightSet.objects.order_by("number").values_list("number", flat=True)) == [*range(1, there + 2)]
    assert AuditEntry.objects.filter(model="matching.weightset", verb="created").count() == there + 1


def test_saves_without_the_lock_meet_in_the_table(monkeypatch):
    """The negative control: without transaction and lock the same code writes over what it has not seen."""
    people = [user_with(Role.SUPERVISOR) for _number in range(CLIENTS)]
    gate = Barrier(CLIENTS)

    def unlocked() -> int:
        number = actions.newest_number()
        gate.wait(timeout=30)
        return number

    monkeypatch.setattr(actions, "_locked_newest", unlocked)
    unguarded = actions._add.__wrapped__
    terms = actions.checked(Weights.default().terms)
    came = at_once([lambda by=by: unguarded(terms, "同时", by, 0, None, None) for by in people])
    assert sum(isinstance(each, IntegrityError) for each in came) == CLIENTS - 1
