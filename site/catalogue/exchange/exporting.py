"""Files to take along: exports of what is filtered, templates, rows that go back."""

import tempfile
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from ..models import Import, ImportRow
from ..tabular import parties, places, writing
from ..tabular.description import Description
from .targets import TARGETS, contents

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("xlsx", "csv")
STREAMS = {
    Import.Kind.PRODUCTS: contents.stream,
    Import.Kind.TARIFFS: contents.tariff_stream,
    Import.Kind.SERVICES: places.stream_services,
    Import.Kind.OUTLETS: places.stream_outlets,
    Import.Kind.INSTITUTIONS: parties.stream_institutions,
    Import.Kind.ENTERPRISES: parties.stream_enterprises,
}


def rows(kind: str, found: "QuerySet[Any]") -> Iterable[Mapping[str, Any]]:
    return STREAMS[Import.Kind(kind)](found)


def export(kind: str, found: "QuerySet[Any]", file_format: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The rows of `found` in the columns that an import reads."""
    description = TARGETS[kind].description
    name = f"{description.title}-{timezone.localdate():%Y%m%d}.{file_format}"
    if file_format == "csv":
        response = StreamingHttpResponse(
            (part.encode() for part in writing.delimited(description, rows(kind, found))),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return response
    file = _file()
    writing.workbook(description, rows(kind, found), file)
    return _sent(file, name)


def template(kind: str) -> FileResponse:
    description: Description = TARGETS[kind].description
    file = _file()
    writing.template(description, file)
    return _sent(file, f"{description.title}导入模板.xlsx")


def returned(job: Import) -> FileResponse:
    """The bad rows of an import as they came, each with its reasons; what was refused later, too."""
    description = TARGETS[job.kind].description
    wrong = job.rows.filter(outcome=ImportRow.Outcome.BAD).iterator(chunk_size=500)
    file = _file()
    writing.returned(description, job.headers, ((row.cells, _reasons(row), _headers(row)) for row in wrong), file)
    return _sent(file, f"需要修改的行-{description.title}.xlsx")


def _reasons(row: ImportRow) -> str:
    lines = [
        f"{each['column']}：{each['reason']}" + (f"。{each['advice']}" if each["advice"] else "")
        for each in row.problems
    ]
    return "\n".join(lines)


def _headers(row: ImportRow) -> set[str]:
    return {each["column"] for each in row.problems}


def _file() -> Any:
    """Closed by the response."""
    return tempfile.TemporaryFile()


def _sent(file: Any, name: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
