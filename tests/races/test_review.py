"""Two people decide on one review at the same moment: one decision counts, and the product is published once."""

from functools import partial
from threading import Barrier

import pytest
from django.db.models import QuerySet
from wagtail.models import TaskState, WorkflowState

from accounts.roles import Role
from catalogue import actions
from catalogue.models import CatalogueLogEntry, Product
from catalogue.models.review import ReviewPost
from tests.catalogue.cms import house
from tests.factories import user_with
from tests.races.clients import at_once

CLIENTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def submitted(name: str = "东海银行") -> tuple[Product, list]:
    """A change that waits for the supervisor, and as many supervisors as clients."""
    bank = house(name)
    draft = Product.objects.get(pk=bank.product.pk).get_latest_revision_as_object()
    draft.name = "新名贷"
    draft.save_revision(user=bank.editor)
    product = Product.objects.get(pk=bank.product.pk)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    return product, [user_with(Role.SUPERVISOR) for _number in range(CLIENTS)]


def published(product: Product) -> int:
    return CatalogueLogEntry.objects.for_instance(product).filter(action="wagtail.publish").count() - 1


def test_of_many_approvals_at_once_one_wins():
    product, people = submitted()
    came = at_once([lambda person=person: actions.approve_many([product], person) for person in people])
    assert sorted(len(each.done) for each in came) == [0] * (CLIENTS - 1) + [1]
    reasons = {reason for each in came for _product, reason in each.refused}
    assert reasons <= {"已经有人处理了。", "现在没有在审核。"}
    assert (published(product), Product.objects.get(pk=product.pk).name) == (1, "新名贷")


def test_approval_and_sending_back_at_once_are_one_decision():
    product, people = submitted()
    jobs = [lambda: actions.approve_many([product], people[0]), lambda: actions.send_back([product], people[1], "不符")]
    came = at_once(jobs)
    assert sorted(len(each.done) for each in came) == [0, 1]
    status = WorkflowState.objects.get().status
    assert (status, published(product)) == (("approved", 1) if came[0].done else ("needs_changes", 0))


def test_draft_submitted_many_times_at_once_is_one_review():
    bank = house("东海银行")
    product = Product.objects.get(pk=bank.product.pk)
    came = at_once([lambda: actions.submit(product, bank.editor)] * CLIENTS)
    assert {each.pk for each in came} == {WorkflowState.objects.get().pk}


def test_approvals_without_the_lock_all_win(monkeypatch):
    """The negative control: without transaction and lock the same code is seen to publish more than once."""
    unguarded = ReviewPost.on_action.__wrapped__
    for attempt in range(5):
        product, people = submitted(f"东海银行{attempt}")
        state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS, workflow_state__object_id=str(product.pk))
        gate = Barrier(CLIENTS)
        decided = ReviewPost.objection

        def late(self, given, user, gate: Barrier = gate, decided=decided) -> str:
            found = decided(self, given, user)
            gate.wait(timeout=30)  # all have read that it waits before one of them writes
            return found

        monkeypatch.setattr(ReviewPost, "objection", late)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda found, *args, **kwargs: found)
        task = state.task.specific
        came = at_once([partial(unguarded, task, state, person, "approve") for person in people])
        monkeypatch.undo()
        if came.count(None) > 1:
            break
    assert came.count(None) > 1
