"""The queue's side: killed workers, lost leases, attempts, rivals, rights that go away, a full disk."""

import errno
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, RoleAssignment
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from catalogue.exchange import actions, running, steps
from catalogue.models import Import, ImportRow, Product
from tests.catalogue.exchange import HEAD, checked, imported, line, told, upload, xlsx
from tests.factories import InstitutionFactory, ProductFactory, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db


def rows(number: int, start: int = 0) -> bytes:
    return xlsx(HEAD, *(line(f"贷{n}") for n in range(start, start + number)))


def test_same_post_twice_is_one_import(editor):
    key = uuid.uuid4()
    first, second = (upload(editor, rows(1), key=key) for _time in range(2))
    assert first == second
    assert Import.objects.count() == 1


def test_key_of_another_person_is_no_way_into_their_import(editor, bank):
    key = uuid.uuid4()
    upload(editor, rows(1), key=key)
    with pytest.raises(actions.ImportRefused, match="重新打开"):
        upload(user_with(Role.PRODUCT_EDITOR, bank), rows(1), key=key)


def test_import_goes_on_after_the_worker_was_killed_and_writes_nothing_twice(editor, monkeypatch):
    monkeypatch.setattr(steps, "WRITTEN", 4)
    job = checked(editor, rows(10))
    actions.start(job, by=editor)
    taken = running.take(job.pk)
    assert taken is not None
    assert steps.write(job.pk, taken[1]) is True  # one chunk; then the worker dies with its lease
    assert Product.objects.count() == 4
    drain()
    assert Product.objects.count() == 4  # another may not touch it while the lease holds
    Import.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert running.sweep() == 1
    drain()
    job.refresh_from_db()
    assert (job.state, job.counts["applied"], Product.objects.count()) == ("done", 10, 10)
    with pytest.raises(running.LeaseLost):  # the one that was thought dead wakes up
        steps.write(job.pk, taken[1])


def test_chunk_that_dies_in_its_middle_leaves_nothing(editor, monkeypatch):
    monkeypatch.setattr(steps, "WRITTEN", 4)
    job = checked(editor, rows(6))
    actions.start(job, by=editor)
    token = running.take(job.pk)[1]
    calls = []

    def die(*args, **kwargs):
        calls.append(args)
        raise MemoryError

    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(steps.bulk, "update", die)
        steps.write(job.pk, token)
    assert len(calls) == 1
    assert Product.objects.count() == 0
    assert steps.write(job.pk, token) is True
    assert Product.objects.count() == 4


def test_check_begins_anew_after_the_worker_was_killed(editor):
    job = upload(editor, rows(3))
    _job, _token = running.take(job.pk)
    ImportRow.objects.create(job=job, number=99, outcome="bad", label="halb")
    Import.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    drain()
    job.refresh_from_db()
    assert (job.state, list(job.rows.values_list("number", flat=True))) == ("ready", [2, 3, 4])


def test_what_fails_three_times_is_stopped_and_told(editor):
    job = checked(editor, rows(2))
    actions.start(job, by=editor)
    for _time in range(3):
        assert running.take(job.pk) is not None
        Import.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    drain()
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "已停下" in job.message
    assert editor.notices.filter(text__contains="没有办完").count() == 1
    actions.resume(job, by=editor)
    drain()
    job.refresh_from_db()
    assert (job.state, Product.objects.count()) == ("done", 2)


def test_import_stops_when_the_role_is_taken_away_and_a_colleague_goes_on(editor, bank, monkeypatch):
    monkeypatch.setattr(steps, "WRITTEN", 2)
    job = checked(editor, rows(5))
    actions.start(job, by=editor)
    token = running.take(job.pk)[1]
    steps.write(job.pk, token)
    RoleAssignment.objects.filter(user=editor).delete()
    Import.objects.filter(pk=job.pk).update(lease="")
    drain()
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, Product.objects.count()) == ("stopped", 2)
    assert "权限已被取消" in job.message
    colleague = user_with(Role.PRODUCT_REVIEWER, bank)
    actions.resume(job, by=colleague)
    drain()
    job.refresh_from_db()
    assert (job.state, Product.objects.count()) == ("done", 5)


def test_second_import_into_the_same_institution_waits(editor, bank):
    first, second = checked(editor, rows(2)), checked(editor, rows(2, start=5))
    actions.start(first, by=editor)
    with pytest.raises(TransitionRefused, match="等它完成"):
        actions.start(second, by=editor)
    other = user_with(Role.PRODUCT_EDITOR, InstitutionFactory())
    elsewhere = checked(other, rows(2))  # the queue finishes the first meanwhile
    actions.start(elsewhere, by=other)
    actions.start(second, by=editor)
    drain()
    assert Product.objects.count() == 6


def test_import_of_the_whole_place_waits_for_that_of_one_institution(editor, supervisor, bank):
    first = checked(editor, rows(1))
    second = checked(supervisor, xlsx(HEAD, line("别的贷", bank.name)))
    actions.start(first, by=editor)
    with pytest.raises(TransitionRefused, match="等它完成"):
        actions.start(second, by=supervisor)


def test_row_that_was_changed_since_the_preview_is_left_alone(editor, bank):
    product = ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    job = checked(editor, xlsx(["名称", "一句话介绍"], ["惠农贷", "新的介绍"], ["没有的贷", "介绍"]), mode="good")
    Product.objects.filter(pk=product.pk).update(summary="别人刚改的")
    actions.start(job, by=editor, mode="good")
    drain()
    job.refresh_from_db()
    assert (job.state, job.counts["refused"]) == ("done", 1)
    assert job.rows.get(fate="refused").reason == "预览之后被别人改过"


def test_file_to_be_imported_whole_is_taken_back_when_one_row_can_not(editor, bank, monkeypatch):
    monkeypatch.setattr(steps, "WRITTEN", 2)
    product = ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    changes = [[*line("惠农贷")]]
    job = checked(editor, xlsx(HEAD, *(line(f"贷{n}") for n in range(4)), *changes))
    Product.objects.filter(pk=product.pk).update(summary="别人刚改的")
    actions.start(job, by=editor)
    drain()
    job.refresh_from_db()
    assert (job.state, Product.objects.count()) == ("undone", 1)
    assert "整份没有导入" in job.message


def test_full_disk_is_told_and_leaves_nothing(editor, monkeypatch):
    class FullDisk(FileSystemStorage):
        def _save(self, name, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Import._meta.get_field("file"), "storage", FullDisk())
    with pytest.raises(actions.ImportRefused, match="磁盘满了"):
        upload(editor, rows(1))
    assert Import.objects.count() == 0


def test_upload_that_fails_after_the_file_was_stored_removes_it(editor, settings, monkeypatch):
    def fail(*args, **kwargs):
        from django.db import OperationalError

        raise OperationalError("database or disk is full")

    monkeypatch.setattr(actions, "begin", fail)
    with pytest.raises(actions.ImportRefused, match="磁盘满了"):
        upload(editor, rows(1))
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_file_that_can_not_be_read_is_refused_at_once(editor):
    with pytest.raises(actions.ImportRefused, match="这是PDF"):
        upload(editor, b"%PDF-1.4")
    assert Import.objects.count() == 0


def test_template_without_data_is_told(editor):
    job = checked(editor, xlsx(HEAD))
    assert (job.state, job.message) == ("unreadable", "表头下面没有数据。请填好再上传；示例行不算。")


def test_files_and_rows_go_after_thirty_days_and_counts_stay(editor, settings):
    job = imported(editor, rows(2))
    assert actions.forget_old() == 0
    Import.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert actions.forget_old() == 1
    assert actions.forget_old() == 0
    job.refresh_from_db()
    assert (bool(job.file), job.rows.count(), job.counts["applied"]) == (False, 0, 2)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_import_is_in_the_audit_trail_with_who_and_how_many(editor):
    job = imported(editor, rows(3))
    entry = AuditEntry.objects.get(verb="imported")
    assert (entry.actor_id, entry.model, entry.detail["rows"], entry.detail["import"]) == (
        editor.pk,
        "catalogue.product",
        3,
        job.pk,
    )


def test_writing_takes_the_same_queries_for_few_rows_and_for_many(editor, django_assert_num_queries):
    counts = []
    for number in (1, 3):
        job = checked(editor, rows(number, start=number * 10))
        actions.start(job, by=editor)
        token = running.take(job.pk)[1]
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            steps.write(job.pk, token)
        counts.append(len(captured))
        Import.objects.filter(pk=job.pk).update(lease="")
        running.run(job.pk)
    assert counts[0] == counts[1]


def test_one_bad_file_name_does_no_harm(editor):
    job = upload(editor, rows(1), name="../../etc/贷 款?.xlsx")
    assert "/" not in job.file_name
    assert job.file.name.startswith("imports/")


def test_upload_of_another_kind_than_one_may_is_refused(editor):
    with pytest.raises(actions.ImportRefused, match="没有权限"):
        actions.upload(
            user=editor,
            kind="enterprises",
            mode="all",
            file=SimpleUploadedFile("x.xlsx", rows(1)),
            client_key=uuid.uuid4(),
        )


def test_nothing_to_change_is_nothing_to_import(editor, bank):
    imported(editor, rows(1))
    job = checked(editor, rows(1))
    assert told(job) == []
    with pytest.raises(TransitionRefused, match="没有要新增或修改"):
        actions.start(job, by=editor)
