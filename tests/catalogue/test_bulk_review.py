"""Hundreds of changes decided in one go: looked over in a table, carried out by the queue, told once."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notice, RoleAssignment
from accounts.roles import Role
from catalogue import actions
from catalogue.actions import bulk_review
from catalogue.models import BulkDecision, Product
from catalogue.workplace import queries
from tests.factories import user_with
from tests.queue import drain

from .cms import client_of, house, waiting
from .test_desk import fresh, messages_of, submitted
from .test_review import new, post

pytestmark = pytest.mark.django_db
ALL = "/desk/products/review/all/"


@pytest.fixture
def bank():
    return house("东海银行")


def pressed(person, do="approve", **more):
    """The page as it stands, and its button."""
    client = client_of(person)
    page = client.get(ALL)
    data = {name: page.context[name] for name in ("read", "client_key")} | {"do": do, "seen": "1"} | more
    return client, data, client.post(ALL, data)


def noted(person) -> list[str]:
    return list(Notice.objects.filter(user=person).order_by("pk").values_list("text", flat=True))


def test_all_are_passed_by_both_posts_with_one_notice_each(bank, monkeypatch):
    monkeypatch.setattr(bulk_review, "CHUNK", 2)
    products = submitted(bank, 5)
    Notice.objects.all().delete()
    _client, _data, response = pressed(bank.reviewer)
    drain()
    decision = BulkDecision.objects.get()
    assert response.url == f"/desk/products/review/runs/{decision.pk}/"
    assert (decision.done, decision.total, decision.decided, decision.refused) == (5, 5, 5, [])
    assert [post(each) for each in products] == ["主管部门审核"] * 5
    assert noted(bank.editor) == ["5 个产品已通过机构审核，转主管部门审核"]
    assert noted(bank.reviewer) == ["通过了 5 个产品"]
    assert noted(bank.supervisor) == ["5 个产品等您审核"]
    pressed(bank.supervisor)
    drain()
    assert [fresh(each).live for each in products] == [True] * 5
    assert noted(bank.editor)[1:] == ["5 个产品已通过审核"]


def test_same_press_twice_is_one_decision(bank):
    submitted(bank, 2)
    client, data, first = pressed(bank.reviewer)
    assert client.post(ALL, data).url == first.url
    assert BulkDecision.objects.count() == 1


def test_draft_that_came_after_the_table_was_shown_is_left_and_told(bank):
    stays, changes = submitted(bank, 2)
    client = client_of(bank.reviewer)
    page = client.get(ALL)
    draft = changes.get_latest_revision_as_object()
    draft.name = "换过的草稿"
    draft.save_revision(user=bank.editor)
    actions.submit(changes, bank.editor)
    data = {name: page.context[name] for name in ("read", "client_key")} | {"do": "approve", "seen": "1"}
    client.post(ALL, data)
    drain()
    assert (post(stays), post(changes)) == ("主管部门审核", "机构审核")
    assert BulkDecision.objects.get().refused == [["新品1", "您看过之后草稿换了，请再看一遍。"]]
    run = client.get(f"/desk/products/review/runs/{BulkDecision.objects.get().pk}/").content.decode()
    assert [text in run for text in ("通过了 1 个产品，已通知提交人", "1 个没有处理", "草稿换了")] == [True] * 3


def test_nothing_is_decided_unseen_or_without_a_reason(bank):
    products = submitted(bank, 1)
    client, data, _response = pressed(bank.reviewer, seen="")
    page = client.post(ALL, data)
    assert messages_of(page) == ["请先看过清单，并勾选“我看过这些产品的修改”。"]
    page = client.post(ALL, data | {"seen": "1", "do": "send_back", "comment": " "})
    assert messages_of(page) == ["请写明退回的原因，编辑才知道改什么。"]
    page = client.post(ALL, data | {"seen": "1", "read": "forged"})
    assert messages_of(page) == ["页面开得太久了，请看过现在的清单再决定。"]
    assert (BulkDecision.objects.count(), post(products[0])) == (0, "机构审核")


def test_all_are_sent_back_with_the_reason(bank):
    products = submitted(bank, 3)
    Notice.objects.all().delete()
    pressed(bank.reviewer, "send_back", comment="请补材料清单")
    drain()
    assert [fresh(each).current_workflow_state.status for each in products] == ["needs_changes"] * 3
    assert noted(bank.editor) == ["3 个产品被退回，请看审核意见"]


def test_reviewer_who_lost_the_role_meanwhile_decides_nothing_more(bank, monkeypatch):
    monkeypatch.setattr(bulk_review, "CHUNK", 2)
    products = submitted(bank, 4)
    pressed(bank.reviewer)
    actions.go_on_deciding(BulkDecision.objects.get().pk)
    RoleAssignment.objects.filter(user=bank.reviewer).delete()
    drain()
    assert [post(each) for each in products] == ["主管部门审核"] * 2 + ["机构审核"] * 2
    assert [reason for _name, reason in BulkDecision.objects.get().refused] == ["这一步由发布机构的审核人员审核。"] * 2


def test_crash_in_a_chunk_leaves_nothing_of_it_and_another_task_goes_on(bank, monkeypatch):
    monkeypatch.setattr(bulk_review, "CHUNK", 2)
    products = submitted(bank, 4)
    _client, _data, _response = pressed(bank.reviewer)
    decision = BulkDecision.objects.get()
    actions.go_on_deciding(decision.pk)
    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(bulk_review, "_enqueue", lambda pk: None)
        patched.setattr(bulk_review, "_finish", crash)
        actions.go_on_deciding(decision.pk)
    decision.refresh_from_db()
    assert (decision.done, [post(each) for each in products[2:]]) == (2, ["机构审核"] * 2)
    assert actions.take_up_decisions() == 0
    BulkDecision.objects.update(touched_at=timezone.now() - timedelta(minutes=4))
    assert actions.take_up_decisions() == 1
    drain()
    decision.refresh_from_db()
    assert (decision.done, decision.refused) == (4, [])
    assert [post(each) for each in products] == ["主管部门审核"] * 4
    actions.go_on_deciding(decision.pk)  # a task that comes late
    assert noted(bank.reviewer)[-1:] == ["通过了 4 个产品"]


def crash(*args) -> None:
    raise MemoryError


def test_item_that_fails_again_and_again_does_not_hold_the_others(bank, monkeypatch):
    products = submitted(bank, 3)
    pressed(bank.reviewer)
    approve = bulk_review.approve_many

    def fails_on_one(items, *rest):
        if items[0].pk == products[1].pk:
            raise RuntimeError("broken row")
        return approve(items, *rest)

    monkeypatch.setattr(bulk_review, "approve_many", fails_on_one)
    drain()
    assert [post(each) for each in products] == ["主管部门审核", "机构审核", "主管部门审核"]
    assert BulkDecision.objects.get().refused == [["新品1", "没有成功，请单独审核。"]]
    BulkDecision.objects.update(done=0, refused=[], finished_at=None, attempts=bulk_review.MOST_ATTEMPTS)
    actions.go_on_deciding(BulkDecision.objects.get().pk)
    assert {reason for _name, reason in BulkDecision.objects.get().refused} == {"几次都没有成功，请单独审核。"}


def test_two_reviewers_who_press_together_decide_each_product_once(bank):
    products = submitted(bank, 3)
    second = user_with(Role.PRODUCT_REVIEWER, bank.institution)
    pressed(bank.reviewer)
    pressed(second)  # saw the same table before the queue got to it
    drain()
    first, other = BulkDecision.objects.order_by("pk")
    assert (first.decided, other.decided) == (3, 0)
    assert {reason for _name, reason in other.refused} == {"这一步由主管部门审核。"}
    assert [post(each) for each in products] == ["主管部门审核"] * 3


def test_more_than_may_be_decided_at_once_is_refused(bank):
    items = dict.fromkeys(range(bulk_review.AT_MOST + 1), 1)
    with pytest.raises(actions.ReviewRefused, match="一次最多处理 2000 个"):
        actions.decide_all(by=bank.reviewer, do="approve", items=items, client_key=uuid.uuid4())


def test_table_says_what_each_changes(bank):
    product = Product.objects.get(pk=bank.product.pk)
    draft = product.get_latest_revision_as_object()
    draft.summary, draft.amount_max = "新的介绍", 500_000
    draft.save_revision(user=bank.editor)
    actions.submit(product, bank.editor)
    submitted(bank, 1)
    changed, fresh_one = queries.overview(queries.waiting_for(bank.reviewer))
    assert (changed.is_new, sorted(changed.labels)) == (False, ["一句话介绍", "最高额度（元）"])
    assert (fresh_one.is_new, fresh_one.labels, fresh_one.submitter) == (True, [], str(bank.editor))
    page = client_of(bank.reviewer).get(ALL).content.decode()
    assert [text in page for text in ("50 万元", "全部通过（2 个）", "一句话介绍")] == [True] * 3
    export = client_of(bank.reviewer).get(ALL, {"export": "csv"})
    assert "新的介绍" in b"".join(export.streaming_content).decode()


def test_table_takes_the_same_queries_for_one_and_for_three(bank):
    counts = []
    queries.overview(queries.waiting_for(bank.reviewer))  # content types are known from now on
    for number in (1, 2):
        for each in range(number):
            actions.submit(new(bank, number * 10 + each), bank.editor)
        with CaptureQueriesContext(connection) as captured:
            queries.overview(queries.waiting_for(bank.reviewer))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert waiting(bank.product) is None
