"""The four steps that run in the queue. Each function does one chunk and says whether there is more."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.utils import timezone

from accounts import audit

from ..actions import ReviewRefused, submit
from ..models import Import, ImportRow, Product
from ..review_notices import counted, send_counted
from ..tabular.files import UnreadableError
from ..tabular.reading import Reading, open_reading
from . import bulk, queries
from .running import Stop, chunk, may_go_on, move, tell
from .states import State
from .targets import TARGETS

CHECKED, WRITTEN, SUBMITTED = 500, 1000, 20  # rows a chunk
Fate = ImportRow.Fate
WRITTEN_BACK = ("target_id", "before", "fate", "reason")


# Checking


def check(pk: int, token: str) -> bool:
    """The whole file at once, in chunks: a worker that takes over begins anew."""
    with chunk(pk, token) as job:
        user = may_go_on(job)
        ImportRow.objects.filter(job=job)._raw_delete("default")
        job.done, job.counts, job.started_at = 0, {}, timezone.now()
    target = TARGETS[job.kind](job, user)
    try:
        with job.file.open("rb") as source:
            reading = open_reading(target.description, source)
            _note_headers(pk, token, reading)
            places = {column.name: place for place, (column, _factor) in reading.columns.items()}
            rows = reading.rows()
            size = CHECKED if job.kind != Import.Kind.TARIFFS else 1_000_000  # rows of a product belong together
            while batch := list(islice(rows, size)):
                planned = target.plan(batch, places)
                with chunk(pk, token) as job:
                    ImportRow.objects.bulk_create(planned, batch_size=500)
                    job.done += len(batch)
                    job.total = max(job.total, job.done)
    except UnreadableError as error:
        raise Stop(str(error)) from error
    except FileNotFoundError as error:
        raise Stop("上传的文件已不在服务器上，请重新上传。") from error
    with chunk(pk, token) as job:
        if not job.done:
            raise Stop("表头下面没有数据。请填好再上传；示例行不算。")
        job.counts = queries.counted(job) | {"rows": job.done}
        if reading.examples:
            job.notes.append("示例行没有导入。")
        job.total = job.done
        move(job, "check")
        tell(job, "检查好了，请确认")
    return False


def _note_headers(pk: int, token: str, reading: Reading) -> None:
    with chunk(pk, token) as job:
        job.headers, job.extra_headers, job.notes = reading.headers, reading.extra, list(reading.table.notes)
        job.total = max(0, reading.table.rows - reading.header_row)


# Importing


def write(pk: int, token: str) -> bool:
    """One chunk of good rows. In a file that is to be imported whole, one row that can not be takes all back."""
    refused: list[ImportRow] = []
    with chunk(pk, token) as job:
        user = may_go_on(job)
        rows = list(queries.to_apply(job).filter(number__gt=job.cursor)[:WRITTEN])
        if rows:
            target = TARGETS[job.kind](job, user)
            target.apply(rows)
            refused = [row for row in rows if row.fate == Fate.REFUSED]
            bulk.update(ImportRow, rows, WRITTEN_BACK)
            job.cursor, job.imported_at = rows[-1].number, timezone.now()
            job.done += len(rows)
            audit.record(
                "imported", target.model, actor=user,
                detail={"import": job.pk, "file": job.file_name, "rows": len(rows) - len(refused)},
            )  # fmt: skip
        if refused and job.mode == Import.Mode.ALL:
            _revert(job, refused[0])
            return True
        if not rows:
            job.counts |= queries.counted(job)
            move(job, "finish")
            tell(job, f"已导入 {job.counts.get(Fate.APPLIED, 0)} 行")
            return False
    return True


def _revert(job: Import, first: ImportRow) -> None:
    message = f"第 {first.number} 行“{first.label}”{first.reason}，按您的选择整份没有导入。请重新上传。"
    move(job, "revert", message)
    job.total, job.done, job.cursor = job.rows.filter(fate=Fate.APPLIED).count(), 0, 0


# Submitting


def send(pk: int, token: str) -> bool:
    """Each draft to its review; what can not be submitted says why and stays a draft."""
    with chunk(pk, token) as job, counted(job.told):
        user = may_go_on(job)
        rows = list(job.rows.filter(fate=Fate.APPLIED, number__gt=job.cursor)[:SUBMITTED])
        products = Product.objects.in_bulk([row.target_id for row in rows])
        for row in rows:
            product = products.get(row.target_id or 0)
            row.reason = ""
            if product is None:
                row.reason = "已被删除"
                continue
            try:
                submit(product, user)
            except ReviewRefused as error:
                row.reason = str(error)[:300]
        bulk.update(ImportRow, rows, ("reason",))
        job.done += len(rows)
        if rows:
            job.cursor = rows[-1].number
            return True
        send_counted(job.told)
        job.submitted_at = timezone.now()
        job.counts["not_submitted"] = job.rows.filter(fate=Fate.APPLIED).exclude(reason="").count()
        move(job, "submitted")
        tell(job, "里的产品已提交审核")
    return False


# Taking back


def take_back(pk: int, token: str) -> bool:
    """The last rows first."""
    with chunk(pk, token) as job:
        user = may_go_on(job)
        rows = list(job.rows.filter(fate=Fate.APPLIED).order_by("-number")[:WRITTEN])
        if rows:
            target = TARGETS[job.kind](job, user)
            target.undo(rows)
            bulk.update(ImportRow, rows, ("fate", "reason"))
            job.done += len(rows)
            audit.record(
                "import_undone", target.model, actor=user,
                detail={"import": job.pk, "rows": sum(row.fate == Fate.UNDONE for row in rows)},
            )  # fmt: skip
            return True
        job.counts |= {Fate.APPLIED.value: 0, Fate.UNDONE.value: 0, Fate.KEPT.value: 0} | queries.counted(job)
        move(job, "undone", job.message)
        tell(job, "的导入已撤销")
    return False


STEPS: dict[Any, Callable[[int, str], bool]] = {
    State.CHECKING: check,
    State.IMPORTING: write,
    State.SUBMITTING: send,
    State.UNDOING: take_back,
}
