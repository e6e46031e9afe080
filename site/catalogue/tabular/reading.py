"""From the rows of a table to plain values, and what is wrong in which cell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, Any

from .cells import EXAMPLE, LONGEST, shortened, text_of
from .description import Column, Description, Problem, Row, Sheet
from .files import MAX_COLUMNS, MAX_ROWS, Line, Table, UnreadableError, open_table

REASON = "需要修改的地方"  # a column that we add when a row goes back
HEADER_WITHIN = 10  # a table may have a title above its header


@dataclass
class Reading:
    """A table whose header is understood. `headers` are those of the file, in order; `extra` those nobody knows."""

    description: Description
    table: Table
    headers: list[str]
    columns: dict[int, tuple[Column, Decimal]]
    header_row: int
    lines: Iterator[Line]
    extra: list[str] = field(default_factory=list)
    examples: int = 0

    @property
    def given(self) -> list[str]:
        return [column.name for column, _factor in self.columns.values()]

    def rows(self) -> Iterator[Row]:
        """Every row in which something stands; its problems with it. Raises UnreadableError in the midst."""
        count = 0
        for line in self.lines:
            cells = [text_of(cell) for cell in line.cells[: len(self.headers)]]
            if not line.own or not any(cells):
                continue
            if any(text_of(cell).startswith(EXAMPLE) and not _is_escaped(cell) for cell in line.cells[:2]):
                self.examples += 1
                continue
            count += 1
            if count > MAX_ROWS:
                raise UnreadableError(f"数据超过 {MAX_ROWS} 行，请分成几个文件。")
            yield self._row(line, cells)

    def _row(self, line: Line, cells: list[str]) -> Row:
        row = Row(line.number, self.description.empty(), cells)
        for place, (column, factor) in self.columns.items():
            raw = line.cells[place] if place < len(line.cells) else None
            shown = shortened(cells[place], 60) if place < len(cells) else ""

            def problem(reason: str, fatal: bool, column: Column = column, shown: str = shown) -> None:
                row.problems.append(Problem(line.number, column.header, reason, fatal, shown, column.cell.advice))

            if isinstance(raw, str) and len(raw) > LONGEST:
                problem(f"内容超过 {LONGEST} 个字", True)
                continue
            try:
                value, wrong = column.cell.read(raw)
            except ValueError as error:
                problem(str(error), True)
                continue
            if factor != 1 and value is not None and not _has_unit(cells[place]):
                value *= factor
            row.values[column.name] = value
            for reason in wrong:
                problem(reason, False)
        return row


def _has_unit(text: str) -> bool:
    return "万" in text or "亿" in text


def _is_escaped(cell: Any) -> bool:
    return isinstance(cell, str) and cell.lstrip().startswith("'")


def open_reading(description: Description, source: IO[bytes] | Path) -> Reading:
    """Finds the header. Raises UnreadableError where there is none with the columns that no row goes without."""
    table = open_table(source, description.title)
    seen: list[Line] = []
    best: tuple[int, int] | None = None
    for line in table.lines:
        seen.append(line)
        known = len({found[0].name for cell in line.cells if (found := description.column_of(text_of(cell)))})
        if known and (best is None or known > best[0]):
            best = known, len(seen) - 1
        if len(seen) >= HEADER_WITHIN:
            break
    needed = description.columns[0].header
    if best is None:
        row = next((line.number for line in seen if line.own), 1)
        raise UnreadableError(f"第 {row} 行没有“{needed}”这一列。请用模板的表头，列的顺序可以随意。")
    place = best[1]
    header = seen[place]
    if len(header.cells) > MAX_COLUMNS and any(text_of(cell) for cell in header.cells[MAX_COLUMNS:]):
        raise UnreadableError(f"第 {header.number} 行的列超过 {MAX_COLUMNS} 个，不像这张表。请用模板。")
    headers = [text_of(cell) for cell in header.cells]
    while headers and not headers[-1]:
        headers.pop()
    columns: dict[int, tuple[Column, Decimal]] = {}
    extra = []
    for index, text in enumerate(headers):
        found = description.column_of(text)
        if found and found[0].name not in {column.name for column, _factor in columns.values()}:
            columns[index] = found
        elif found:
            extra.append(f"{text}（与前面的列重复）")
        elif text and text != REASON:
            extra.append(text)
    if description.columns[0].name not in {column.name for column, _factor in columns.values()}:
        raise UnreadableError(f"第 {header.number} 行没有“{needed}”这一列。请用模板的表头，列的顺序可以随意。")
    return Reading(description, table, headers, columns, header.number, chain(seen[place + 1 :], table.lines), extra)


def read(description: Description, source: IO[bytes] | Path, formats: tuple[str, ...] = ("xlsx", "csv")) -> Sheet:
    """The whole sheet at once: rows that have what the first column asks for, and all problems."""
    opened = open_reading(description, source)
    if opened.table.format not in formats:
        raise UnreadableError("这不是 .xlsx 文件")
    first = description.columns[0]
    sheet = Sheet()
    for row in opened.rows():
        sheet.problems.extend(row.problems)
        if row.values[first.name]:
            sheet.rows.append(row)
        elif not any(each.column == first.header for each in row.problems):
            sheet.problems.append(Problem(row.number, first.header, f"没有填{first.header}", advice=first.cell.advice))
    return sheet
