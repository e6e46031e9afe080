"""Workbooks and CSV files out of plain values: exports, templates, and the rows that go back to their author."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .cells import EXAMPLE, escaped
from .description import Column, Description
from .reading import REASON

GUIDE, CHOICES = "填写说明", "可选的值"
HEAD = PatternFill("solid", fgColor="E3EEF0")
WANTED = PatternFill("solid", fgColor="F6E7CC")
WRONG = PatternFill("solid", fgColor="F9D9D6")
GREY = Font(italic=True, color="5B6B70")
BOLD = Font(bold=True)
WRAP = Alignment(wrap_text=True, vertical="top")
VALIDATED = 2_000  # rows of a template that offer choices
Styled = Callable[[int, Any], Mapping[str, Any]]


def workbook(
    description: Description, rows: Iterable[Mapping[str, Any]], target: IO[bytes] | Path, *, example: bool = False
) -> int:
    """The sheet, its guide, and drop-downs where one value is chosen; how many rows. Constant memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(description.title)
    sheet.freeze_panes = "B2"
    for place, column in enumerate(description.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.append(
        [_cell(sheet, each.header, font=BOLD, fill=WANTED if each.wanted else HEAD) for each in description.columns]
    )
    if example:
        sheet.append([_cell(sheet, _example(each), font=GREY) for each in description.columns])
    count = 0
    for row in rows:
        count += 1
        sheet.append([_valued(sheet, each, row.get(each.name)) for each in description.columns])
    _drop_downs(book, sheet, list(enumerate(description.columns, 1)), count + 1 + VALIDATED)
    _guide(book, description)
    book.save(target)
    return count


def template(description: Description, target: IO[bytes] | Path) -> None:
    workbook(description, (), target, example=True)


def returned(
    description: Description,
    headers: Sequence[str],
    rows: Iterable[tuple[Sequence[str], str, set[str]]],
    target: IO[bytes] | Path,
) -> None:
    """Rows as they came, the reason in a column of its own, wrong cells marked. Rows: (cells, reason, wrong headers)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(description.title)
    sheet.freeze_panes = "A2"
    known = {place: found[0] for place, header in enumerate(headers, 1) if (found := description.column_of(header))}
    for place in range(1, len(headers) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = known[place].width if place in known else 16
    last = len(headers) + 1
    sheet.column_dimensions[get_column_letter(last)].width = 60
    sheet.append([_cell(sheet, escaped(header), font=BOLD, fill=HEAD) for header in [*headers, REASON]])
    count = 1
    for cells, reason, wrong in rows:
        count += 1
        filled = [*cells, *([""] * (len(headers) - len(cells)))]
        sheet.append(
            [
                _cell(
                    sheet,
                    escaped(cell) or None,
                    alignment=WRAP,
                    fill=WRONG if place in known and known[place].header in wrong else None,
                )
                for place, cell in enumerate(filled, 1)
            ]
            + [_cell(sheet, escaped(reason), alignment=WRAP)]
        )
    _drop_downs(book, sheet, list(known.items()), count + VALIDATED)
    _guide(book, description)
    book.save(target)


def delimited(description: Description, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a CSV that a spreadsheet opens with its Chinese intact; give it `charset=utf-8`."""
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    buffer.write("\ufeff")
    lines.writerow([column.header for column in description.columns])
    for row in rows:
        lines.writerow([_shown(column.written(row.get(column.name))) for column in description.columns])
        if buffer.tell() > 32_768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _cell(sheet: Any, value: Any, **style: Any) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # text that begins with = stays text
    for name, each in style.items():
        if each is not None:
            setattr(cell, name, each)
    return cell


def _valued(sheet: Any, column: Column, value: Any) -> Any:
    written = column.written(value)
    if written is None or written == "":
        return None
    if isinstance(written, str):
        return _cell(sheet, written, alignment=WRAP if column.width >= 30 else None)
    return _cell(sheet, written, number_format=column.cell.number_format) if column.cell.number_format else written


def _example(column: Column) -> Any:
    """As a person would write it; the mark of the example must not be escaped."""
    if isinstance(column.example, str) and column.example.startswith(EXAMPLE):
        return column.example
    if column.name == "rules":
        return column.cell.write(column.example)
    return column.written(column.example)


def _drop_downs(book: Any, sheet: Any, columns: list[tuple[int, Column]], last: int) -> None:
    """Choices stand on a sheet of their own: a list inside the rule may have 255 characters only."""
    chosen = [(place, column) for place, column in columns if column.cell.single and column.cell.options]
    if not chosen:
        return
    for number, (place, column) in enumerate(chosen, 1):
        letter, own = get_column_letter(place), get_column_letter(number)
        rule = DataValidation(
            type="list",
            formula1=f"'{CHOICES}'!${own}$2:${own}${len(column.cell.options) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="请从下拉里选",
            error=column.cell.advice[:220],
        )
        rule.add(f"{letter}2:{letter}{last}")
        sheet.data_validations.append(rule)
    choices = book.create_sheet(CHOICES)
    choices.append([column.header for _place, column in chosen])
    for number in range(max(len(column.cell.options) for _place, column in chosen)):
        choices.append(
            [column.cell.options[number] if number < len(column.cell.options) else None for _place, column in chosen]
        )


def _guide(book: Any, description: Description) -> None:
    guide = book.create_sheet(GUIDE)
    for letter, width in (("A", 22), ("B", 10), ("C", 60), ("D", 80)):
        guide.column_dimensions[letter].width = width
    guide.append([_cell(guide, each, font=BOLD, fill=HEAD) for each in ("列", "必填", "怎么填", "可选的值")])
    for column in description.columns:
        told = "。".join(dict.fromkeys(each for each in (column.help, column.cell.advice) if each))
        line = (column.header, "必填" if column.wanted else "", told, "、".join(column.cell.options))
        guide.append([_cell(guide, escaped(each), alignment=WRAP) for each in line])
    for header, what, values in description.more:
        guide.append([_cell(guide, escaped(each), alignment=WRAP) for each in (header, "", what, values)])
    for note in (
        "列的顺序可以随意；不认识的列会告诉您，不会导入。",
        "示例行（以“示例：”开头）不会导入，可以删掉，也可以留着。",
        "已有的内容：文件里有这一列而格子空着，就是清空；文件里没有这一列，就是不改。",
    ):
        guide.append([_cell(guide, note)])
