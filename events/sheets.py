"""The attendance sheet as XLSX."""

from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from accounts.spreadsheets import XLSX, plain
from accounts.wording import masked_name, masked_phone

from . import queries
from .models import Event

HEAD = ("序号", "姓名", "手机号", "单位", "统一社会信用代码", "身份", "状态", "报名时间", "签到", "签到时间")


def attendance(event: Event, *, masked: bool = False) -> bytes:
    """One row a registration, in order of registration; times in local time. `masked`: for who does not organise it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("签到表")
    for column, width in zip("ABCDEFGHIJ", (6, 12, 14, 30, 22, 8, 8, 18, 8, 18), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    head = []
    for title in HEAD:
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for number, row in enumerate(queries.registrations(event).iterator(chunk_size=2000), 1):
        is_in = row.last_scan == "in"
        sheet.append(
            [
                number,
                plain(masked_name(row.name) if masked else row.name),
                masked_phone(row.phone) if masked else row.plain_phone,
                plain(row.organisation),
                plain(row.uscc),
                str(row.get_attendee_type_display()),
                str(row.get_state_display()),
                _time(row.created_at),
                "是" if is_in else "否",
                _time(row.scanned_at) if is_in else "",
            ]
        )
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _time(value) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def response(event: Event, *, masked: bool = False) -> HttpResponse:
    answer = HttpResponse(attendance(event, masked=masked), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="attendance-{event.slug}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer
