"""Tables as files that a spreadsheet opens: XLSX and CSV, in which no text is ever run as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plain(text: str) -> str:
    """Text that a spreadsheet shows and never runs; without the control characters that no sheet can hold."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(row: Sequence[Any]) -> list[Any]:
    return [plain(each) if isinstance(each, str) else each for each in row]


def xlsx(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of (title, head, rows); the head is bold and stays in view."""
    book = Workbook(write_only=True)
    for title, head, rows in sheets:
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        titles = []
        for each in head:
            cell = WriteOnlyCell(sheet, each)
            cell.font = Font(bold=True)
            titles.append(cell)
        sheet.append(titles)
        for row in rows:
            sheet.append(_cells(row))
    if not book.worksheets:
        book.create_sheet("空")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


class _Line:
    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of a CSV that Excel reads as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow(_cells(row))
