"""Import and export: what is uploaded, understood, refused, written, taken back."""

import io
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from accounts.models import User
from catalogue.exchange import actions
from catalogue.models import Import
from tests.queue import drain

HEAD = ["名称", "发布机构", "类别", "一句话介绍", "来源", "资料日期", "利率说明"]


def xlsx(*lines: Sequence[Any], title: str = "表") -> bytes:
    book, target = Workbook(), io.BytesIO()
    book.worksheets[0].title = title
    for line in lines:
        book.worksheets[0].append(list(line))
    book.save(target)
    return target.getvalue()


def line(name: str, institution: str = "", **more: Any) -> list[Any]:
    return [name, institution, "贷款", "给小微企业周转", "产品手册", "2026-01-01", "以机构为准"]


def upload(
    user: User, content: bytes, kind: str = "products", mode: str = "all", name: str = "表.xlsx", key: Any = None
) -> Import:
    file = SimpleUploadedFile(name, content)
    return actions.upload(user=user, kind=kind, mode=mode, file=file, client_key=key or uuid.uuid4())


def checked(user: User, content: bytes, kind: str = "products", mode: str = "all", name: str = "表.xlsx") -> Import:
    """Uploaded, and looked at by the queue."""
    job = upload(user, content, kind, mode, name)
    drain()
    job.refresh_from_db()
    return job


def imported(user: User, content: bytes, kind: str = "products", mode: str = "all", name: str = "表.xlsx") -> Import:
    job = checked(user, content, kind, mode, name)
    assert job.state == "ready", (job.state, job.message)
    actions.start(job, by=user)
    drain()
    job.refresh_from_db()
    return job


def told(job: Import) -> list[tuple[int, str, str, str]]:
    """(row, column, value, reason) of every wrong cell."""
    return [
        (each["row"], each["column"], each["value"], each["reason"])
        for row in job.rows.filter(outcome="bad")
        for each in row.problems
    ]
