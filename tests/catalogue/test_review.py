"""Two posts, two people, and nobody on own work: who may decide, one by one and many at once."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.db.models.functions import Concat
from wagtail.models import TaskState

from accounts.models import Notice, User
from accounts.roles import Role
from catalogue import actions, queries
from catalogue.models import Product
from tests.factories import user_with

from .cms import house, submit_all, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return house("东海银行")


def drafted(bank, name="新名贷", by=None) -> Product:
    """The product of `bank` with a change that nobody has submitted."""
    product = Product.objects.get(pk=bank.product.pk)
    draft = product.get_latest_revision_as_object()
    draft.name = name
    draft.save_revision(user=by or bank.editor)
    return Product.objects.get(pk=bank.product.pk)


def new(bank, number: int) -> Product:
    product = Product(
        institution=bank.institution, name=f"新品{number}", slug=f"xin-{number}", kind="loan", summary="周转",
        rate_note="以机构为准", source="测试", as_of="2026-01-01", live=False,
    )  # fmt: skip
    product.save()
    product.save_revision(user=bank.editor)
    return product


def post(product: Product) -> str:
    state = waiting(product)
    return state.task.name if state else ""


def names(decisions: actions.Decisions) -> tuple[list[str], list[str]]:
    return [each.name for each in decisions.done], [reason for _product, reason in decisions.refused]


def test_change_is_public_after_two_posts(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    assert post(product) == "机构审核"
    assert names(actions.approve_many([product], bank.reviewer)) == (["东海银行贷"], [])
    assert (post(product), Product.objects.get(pk=product.pk).name) == ("主管部门审核", "东海银行贷")
    assert names(actions.approve_many([product], bank.supervisor)) == (["东海银行贷"], [])
    found = Product.objects.get(pk=product.pk)
    assert (post(product), found.name, found.live) == ("", "新名贷", True)


def test_same_draft_submitted_twice_is_one_review(bank):
    product = drafted(bank)
    assert actions.submit(product, bank.editor) == actions.submit(product, bank.editor)
    assert TaskState.objects.count() == 1


def test_newer_draft_takes_the_place_of_the_one_under_review(bank):
    first = actions.submit(drafted(bank), bank.editor)
    second = actions.submit(drafted(bank, "再改贷"), bank.editor)
    first.refresh_from_db()
    assert (first.status, second.current_task_state.revision.content["name"]) == ("cancelled", "再改贷")


def test_nothing_changed_is_nothing_to_review(bank):
    product = Product.objects.get(pk=bank.product.pk)
    product.latest_revision.publish()
    with pytest.raises(actions.ReviewRefused, match="没有需要审核的修改"):
        actions.submit(product, bank.editor)


def who_may(bank, product: Product) -> dict[str, str]:
    other = house("西山银行")
    people = {
        "editor": bank.editor,
        "reviewer": bank.reviewer,
        "colleague": user_with(Role.PRODUCT_REVIEWER, bank.institution),
        "foreign editor": other.editor,
        "foreign reviewer": other.reviewer,
        "manager": user_with(Role.RELATIONSHIP_MANAGER, bank.institution),
        "supervisor": bank.supervisor,
        "administrator": user_with(Role.ADMINISTRATOR),
    }
    state = waiting(product)
    return {name: state.task.specific.objection(state, person) for name, person in people.items()}


def test_first_post_is_the_institutions_own_reviewers(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    elsewhere = "这一步由发布机构的审核人员审核。"
    assert who_may(bank, product) == {
        "editor": "您写过或提交了这次修改，要由另一个人审核。",
        "reviewer": "",
        "colleague": "",
        "foreign editor": elsewhere,
        "foreign reviewer": elsewhere,
        "manager": elsewhere,
        "supervisor": elsewhere,
        "administrator": elsewhere,
    }


def test_second_post_is_the_supervisors(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    found = who_may(bank, product)
    assert [name for name, objection in found.items() if not objection] == ["supervisor"]


def test_who_wrote_a_part_may_not_approve_the_whole(bank):
    drafted(bank, by=bank.reviewer)
    user_with(Role.PRODUCT_REVIEWER, bank.institution)
    product = drafted(bank, "再改贷")
    actions.submit(product, bank.editor)
    done, refused = names(actions.approve_many([product], bank.reviewer))
    assert (done, refused) == ([], ["您写过或提交了这次修改，要由另一个人审核。"])


def test_one_person_does_not_fill_both_posts(bank):
    bank.reviewer.role_assignments.create(role=Role.SUPERVISOR)
    product = drafted(bank)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    assert names(actions.approve_many([product], bank.reviewer)) == ([], ["上一步是您审核的，这一步要由另一个人审核。"])
    assert [list(queries.awaiting_review_by(each)) for each in (bank.reviewer, bank.supervisor)] == [[], [product]]


def test_reviewers_own_draft_goes_to_another_reviewer(bank):
    colleague = user_with(Role.PRODUCT_REVIEWER, bank.institution)
    product = drafted(bank, by=bank.reviewer)
    actions.submit(product, bank.reviewer)
    assert [list(queries.awaiting_review_by(each)) for each in (bank.reviewer, colleague)] == [[], [product]]


def test_without_a_second_reviewer_it_goes_to_the_supervisor(bank):
    product = drafted(bank, by=bank.reviewer)
    state = actions.submit(product, bank.reviewer)
    assert post(product) == "主管部门审核"
    first = state.task_states.order_by("pk").first()
    assert (first.status, first.comment) == ("skipped", "本机构没有其他审核人员，直接转主管部门审核。")
    assert names(actions.approve_many([product], bank.supervisor)) == (["东海银行贷"], [])


def test_review_whose_last_reviewer_left_goes_up(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    assert actions.escalate() == 0
    bank.reviewer.role_assignments.all().delete()
    assert (actions.escalate(), post(product)) == (1, "主管部门审核")
    assert Notice.objects.filter(user=bank.supervisor, text__contains="等您审核").count() == 1


def test_sent_back_needs_a_reason_and_begins_anew(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    with pytest.raises(actions.ReviewRefused, match="请写明退回的原因"):
        actions.send_back([product], bank.supervisor, "  ")
    actions.send_back([product], bank.supervisor, "利率与公告不符")
    assert Notice.objects.filter(user=bank.editor, text="产品“东海银行贷”被退回，请看审核意见").count() == 1
    actions.submit(drafted(bank, "再改贷"), bank.editor)
    assert post(product) == "机构审核"


def test_approve_many_does_what_it_may_and_says_why_not(bank):
    mine, other = [new(bank, number) for number in range(3)], house("西山银行")
    foreign = drafted(other)
    submit_all(mine[:2], bank.editor)
    actions.submit(foreign, other.editor)
    found = actions.approve_many([*mine, foreign], bank.reviewer)
    assert names(found) == (["新品0", "新品1"], ["现在没有在审核。", "这一步由发布机构的审核人员审核。"])


def test_unfinished_draft_says_what_it_lacks_and_stops_no_other(bank):
    unfinished = Product.objects.get(pk=new(bank, 1).pk)
    draft = unfinished.get_latest_revision_as_object()
    draft.summary = ""
    draft.save_revision(user=bank.editor, clean=False)  # as the CMS saves a draft
    found = submit_all([unfinished, new(bank, 2)], bank.editor)
    assert found == ["还不能提交。一句话介绍：此字段不能为空。", ""]


def test_many_submissions_are_one_notice(bank):
    submit_all([new(bank, number) for number in range(3)], bank.editor)
    assert [each.text for each in Notice.objects.filter(user=bank.reviewer)] == ["3 个产品等您审核"]


def test_review_is_told_in_notices_and_by_no_mail(bank, django_capture_on_commit_callbacks):
    user_with(Role.ADMINISTRATOR)
    User.objects.update(email=Concat("username", Value("@example.cn")))
    products = [new(bank, number) for number in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        submit_all(products, bank.editor)
        actions.approve_many(products, bank.reviewer)
        actions.send_back(products[:1], bank.supervisor, "利率与公告不符")
        actions.approve_many(products[1:], bank.supervisor)
    assert Notice.objects.filter(user=bank.editor).count() == 3
    assert [each.subject for each in mail.outbox] == []


def test_draft_changed_behind_the_review_is_not_published(bank):
    """The form is locked meanwhile; whatever else writes a revision must not slip in under the approval."""
    product = drafted(bank)
    actions.submit(product, bank.editor)
    drafted(bank, "偷换贷")
    state = waiting(product)
    with pytest.raises(PermissionDenied, match="提交之后草稿又改过"):
        state.task.specific.on_action(state, bank.reviewer, "approve")


def test_draft_under_review_is_locked_for_everybody(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    lock = Product.objects.get(pk=product.pk).get_lock()
    assert [lock.for_user(each) for each in (bank.editor, bank.reviewer, bank.supervisor)] == [True, True, True]


@pytest.mark.parametrize("number", [1, 3])
def test_waiting_list_asks_as_often_for_one_as_for_three(bank, number, django_assert_num_queries):
    submit_all([new(bank, each) for each in range(number)], bank.editor)
    person = type(bank.reviewer).objects.get(pk=bank.reviewer.pk)
    with django_assert_num_queries(4):
        assert len(queries.awaiting_review_by(person)) == number
