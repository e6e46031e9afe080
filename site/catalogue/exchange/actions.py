"""What a person does with an import; the rest happens in `steps`."""

import errno
import logging
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import TransitionRefused

from ..models import Import, ImportRow
from ..tabular.files import UnreadableError
from ..tabular.reading import open_reading
from . import queries
from .running import begin, save
from .states import MACHINE, PERSON, State
from .targets import TARGETS

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ImportRefused(Exception):
    """Its text says why, for the person who tried."""


def upload(*, user: User, kind: str, mode: str, file: File, client_key: UUID) -> Import:
    """Stores the file and has it checked. The same post twice is one import.

    Raises ImportRefused where it can not be read at all, may not be imported by this person, or can not be stored."""
    if kind not in queries.kinds_for(user):
        raise ImportRefused(_("您没有权限导入这类内容。"))
    known = Import.objects.filter(client_key=client_key).first()
    if known is not None:
        return _own(known, user)
    try:
        open_reading(TARGETS[kind].description, file.open("rb"))
    except UnreadableError as error:
        raise ImportRefused(str(error)) from error
    name = PurePath(file.name or "").name
    job = Import(
        kind=kind, mode=mode, institution=queries.institution_for(user), created_by=user, run_by=user, client_key=client_key,
        file_name=name[-120:] or _("未命名"),
    )  # fmt: skip
    stored = ""
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            known = Import.objects.filter(client_key=client_key).first()
            if known is not None:
                return _own(known, user)
            file.seek(0)
            job.file.save(f"{client_key}{PurePath(name).suffix.lower()[:6]}", file, save=False)
            stored = job.file.name or ""
            job.save()
            begin(job, 0, user)
    except (OSError, OperationalError) as error:
        if stored:
            job.file.storage.delete(stored)
        if getattr(error, "errno", None) in FULL or "full" in str(error):
            log.exception("no room for an uploaded table")
            raise ImportRefused(
                _("服务器的磁盘满了，没有存下这个文件，也没有导入任何内容。请联系系统管理员。")
            ) from error
        raise
    return job


def _own(job: Import, user: User) -> Import:
    if job.created_by_id != user.pk:
        raise ImportRefused(_("页面已过期，请重新打开导入页面。"))
    return job


@transaction.atomic
def start(job: Import, *, by: User, mode: str = "") -> Import:
    """Begins to import. One at a time for the same institution and table: the second is told to wait."""
    _lock_target(job)
    job = _locked(job, by)
    if mode:
        job.mode = Import.Mode(mode)
    if job.state in {State.IMPORTING, State.DONE}:
        return job  # pressed twice
    MACHINE.apply(job, "start", {PERSON})
    _no_rival(job)
    begin(job, queries.to_apply(job).count(), by)
    return job


@transaction.atomic
def resume(job: Import, *, by: User) -> Import:
    """Goes on with what was stopped."""
    _lock_target(job)
    job = _locked(job, by)
    if job.state == State.IMPORTING:
        return job
    MACHINE.apply(job, "resume", {PERSON})
    _no_rival(job)
    done = job.rows.filter(fate__in=[ImportRow.Fate.APPLIED, ImportRow.Fate.REFUSED]).count()
    begin(job, queries.to_apply(job).count() + done, by)
    Import.objects.filter(pk=job.pk).update(done=done)
    return job


@transaction.atomic
def cancel(job: Import, *, by: User) -> Import:
    """Nothing is imported; the file goes."""
    job = _locked(job, by)
    if job.state == State.CANCELLED:
        return job
    MACHINE.apply(job, "cancel", {PERSON})
    save(job)
    name, storage = job.file.name, job.file.storage
    Import.objects.filter(pk=job.pk).update(file="")
    ImportRow.objects.filter(job=job)._raw_delete("default")
    if name:
        transaction.on_commit(lambda: storage.delete(name))
    return job


@transaction.atomic
def send_for_review(job: Import, *, by: User) -> Import:
    """Every draft of this import to the first post of the review."""
    _lock_target(job)
    job = _locked(job, by)
    if job.state == State.SUBMITTING:
        return job
    MACHINE.apply(job, "submit", {PERSON})
    _no_rival(job)
    begin(job, job.rows.filter(fate=ImportRow.Fate.APPLIED).count(), by)
    return job


@transaction.atomic
def undo(job: Import, *, by: User) -> Import:
    """Puts back what was changed and removes what was new, as far as nobody has used it since."""
    _lock_target(job)
    job = _locked(job, by)
    if job.state in {State.UNDOING, State.UNDONE}:
        return job
    MACHINE.apply(job, "undo", {PERSON})
    _no_rival(job)
    begin(job, job.rows.filter(fate=ImportRow.Fate.APPLIED).count(), by)
    return job


def _locked(job: Import, by: User) -> Import:
    found = Import.objects.select_for_update().get(pk=job.pk)
    if not queries.may_run(by, found):
        raise TransitionRefused(_("您没有权限做这一步。"))
    return found


def _lock_target(job: Import) -> None:
    """Whose rows are written: the institution, or all of a table."""
    if job.institution_id:
        Institution.objects.select_for_update().get(pk=job.institution_id)
    else:
        list(Institution.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        table = TARGETS[job.kind].model._meta
        list(ContentType.objects.select_for_update().filter(app_label=table.app_label, model=table.model_name))


def _no_rival(job: Import) -> None:
    rival = queries.rivals(job).first()
    if rival is not None:
        raise TransitionRefused(
            _("“%(name)s”%(state)s，请等它完成再做这一步。")
            % {"name": rival.file_name, "state": rival.get_state_display()}
        )


def exported(*, user: User, kind: str, rows: int, filters: str) -> None:
    """Who took how much of what along."""
    audit.record(
        "exported", TARGETS[kind].model, actor=user, detail={"table": kind, "rows": rows, "filters": filters[:200]}
    )


def forget_old() -> int:
    """Files and rows go after 30 days; that an import was made, and what it counted, stays. How many were emptied."""
    old = Import.objects.filter(created_at__lt=timezone.now() - KEPT).filter(
        ~Q(file="") | Exists(ImportRow.objects.filter(job=OuterRef("pk")))
    )
    number = 0
    for job in old:
        name, storage = job.file.name, job.file.storage
        with transaction.atomic():
            ImportRow.objects.filter(job=job)._raw_delete("default")
            Import.objects.filter(pk=job.pk).update(file="")
        if name:
            storage.delete(name)
        number += 1
    return number


DO: dict[str, Any] = {"start": start, "resume": resume, "cancel": cancel, "submit": send_for_review, "undo": undo}
