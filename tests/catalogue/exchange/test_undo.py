"""Taking an import back within a day."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from accounts.models import Enterprise
from accounts.transitions import TransitionRefused
from catalogue.exchange import actions
from catalogue.models import Import, Outlet, Product
from tests.catalogue.exchange import HEAD, checked, imported, line, xlsx
from tests.factories import ProductFactory, enterprise_user, uscc
from tests.queue import drain

pytestmark = pytest.mark.django_db


def undone(job: Import, by) -> Import:
    actions.undo(job, by=by)
    drain()
    job.refresh_from_db()
    return job


def test_new_products_go_and_changed_ones_are_as_before(editor, bank):
    product = ProductFactory(institution=bank, name="惠农贷", summary="旧的介绍", rate_note="以机构为准")
    job = imported(editor, xlsx(HEAD, line("惠农贷"), line("春茶贷")))
    assert (Product.objects.count(), Revision.objects.count()) == (2, 2)
    job = undone(job, editor)
    product.refresh_from_db()
    assert (job.state, job.counts["undone"], job.counts["kept"]) == ("undone", 2, 0)
    assert (product.latest_revision_id, product.has_unpublished_changes, product.summary) == (None, False, "旧的介绍")
    assert (Product.objects.count(), Revision.objects.count()) == (1, 0)


def test_draft_that_was_there_before_comes_back(editor, bank):
    ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    imported(editor, xlsx(["名称", "一句话介绍"], ["惠农贷", "第一稿"]))
    undone(imported(editor, xlsx(["名称", "一句话介绍"], ["惠农贷", "第二稿"])), editor)
    assert Product.objects.get().get_latest_revision_as_object().summary == "第一稿"


def test_what_was_used_since_stays_and_says_why(editor, bank):
    job = imported(editor, xlsx(HEAD, line("甲贷"), line("乙贷"), line("丙贷")))
    Product.objects.get(name="甲贷").latest_revision.publish()
    draft = Product.objects.get(name="乙贷").get_latest_revision_as_object()
    draft.summary = "又改了"
    draft.save_revision(user=editor)
    job = undone(job, editor)
    assert list(job.rows.values_list("label", "fate", "reason")) == [
        ("甲贷", "kept", "已经审核通过并发布"),
        ("乙贷", "kept", "导入之后又有人改过"),
        ("丙贷", "undone", ""),
    ]


def test_submitted_drafts_are_withdrawn_from_review(editor, bank):
    job = imported(editor, xlsx(HEAD, line("甲贷")))
    actions.send_for_review(job, by=editor)
    drain()
    assert WorkflowState.objects.filter(status="in_progress").count() == 1
    job.refresh_from_db()
    assert (job.state, job.counts["not_submitted"]) == ("done", 0)
    undone(job, editor)
    assert (Product.objects.count(), WorkflowState.objects.filter(status="in_progress").count()) == (0, 0)


def test_undo_ends_after_a_day(editor):
    job = imported(editor, xlsx(HEAD, line("甲贷")))
    Import.objects.filter(pk=job.pk).update(imported_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(TransitionRefused, match="超过一天"):
        actions.undo(job, by=editor)
    assert Product.objects.count() == 1


def test_outlets_go_back_unless_changed_again(editor, bank, supervisor):
    outlet = Outlet.objects.create(institution=bank, name="城关支行", region_id="330902", phone="0580-1")
    other = Outlet.objects.create(institution=bank, name="海边支行", region_id="330902", phone="0580-1")
    job = imported(
        editor,
        xlsx(
            ["名称", "所在地", "公开电话"],
            ["城关支行", "330902", "0580-2"],
            ["海边支行", "330902", "0580-2"],
            ["新支行", "330902", ""],
        ),
        "outlets",
    )
    Outlet.objects.filter(pk=other.pk).update(phone="0580-3")
    job = undone(job, editor)
    outlet.refresh_from_db()
    other.refresh_from_db()
    assert (outlet.phone, other.phone, Outlet.objects.count()) == ("0580-1", "0580-3", 2)
    assert job.rows.get(label="海边支行").reason == "导入之后又有人改过"


def test_enterprise_that_somebody_has_claimed_stays(supervisor):
    job = imported(
        supervisor, xlsx(["统一社会信用代码", "名称"], [uscc(1), "甲公司"], [uscc(2), "乙公司"]), "enterprises"
    )
    enterprise_user(Enterprise.objects.get(name="甲公司"))
    job = undone(job, supervisor)
    assert list(Enterprise.objects.values_list("name", flat=True)) == ["甲公司"]
    assert job.rows.get(label="甲公司").reason == "已被使用：企业成员"


def test_file_of_an_import_that_was_given_up_is_gone(editor, settings, django_capture_on_commit_callbacks):
    job = checked(editor, xlsx(HEAD, line("甲贷")))
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel(job, by=editor)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
