"""Opens what people upload as a table, and refuses what is none or would harm, before it is parsed.

An .xlsx is a zip of XML: size, number of entries, unpacked size, ratio, cells and declarations (entities) are looked at in
one pass over the bytes, in constant memory. A CSV may be UTF-8 (with or without a mark), UTF-16 or GB18030.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from .cells import LONGEST, plain

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 20_000, 120
MAX_ENTRIES, MAX_UNPACKED, MAX_STRINGS, MAX_RATIO = 500, 160 * 1024 * 1024, 64 * 1024 * 1024, 400
MAX_CELLS, MAX_MERGES = 1_500_000, 20_000
PART = 256 * 1024
OTHERS = {
    b"%PDF": "PDF 文件", b"\xff\xd8\xff": "图片", b"\x89PNG": "图片", b"GIF8": "图片", b"Rar!": "压缩包", b"7z\xbc\xaf": "压缩包",
    b"{\\rtf": "文档", b"\x1f\x8b": "压缩包",
}  # fmt: skip
SAVE_AS = "请在 Excel 或 WPS 里另存为 .xlsx 再上传"


class UnreadableError(ValueError):
    """The file is no table that we can read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """`own`: something stands in this row itself, not only in cells merged from above."""

    number: int
    cells: list[Any]
    own: bool = True


@dataclass
class Table:
    """Rows as they stand, one after the other. `rows`: about how many there are."""

    lines: Iterator[Line]
    rows: int = 0
    format: str = "xlsx"
    notes: list[str] = field(default_factory=list)


def open_table(source: IO[bytes] | Path, sheet: str = "") -> Table:
    """The rows of the sheet called `sheet`, else of the first one. Raises UnreadableError."""
    if isinstance(source, Path):
        try:
            source = source.open("rb")
        except OSError as error:
            raise UnreadableError(f"打不开这个文件：{error.strerror}") from error
    source.seek(0, io.SEEK_END)
    size = source.tell()
    source.seek(0)
    if not size:
        raise UnreadableError("这个文件是空的，里面什么也没有。")
    if size > MAX_BYTES:
        raise UnreadableError(f"这个文件有 {size / 1024 / 1024:.0f} MB，超过 10 MB。请分成几个文件。")
    head = source.read(8)
    source.seek(0)
    if head.startswith(b"PK"):
        return _workbook(source, sheet)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in source.read():
            raise UnreadableError("这个文件设了打开密码。请去掉密码，另存后再上传。")
        raise UnreadableError(f"这是旧的 .xls 格式。{SAVE_AS}。")
    for signature, name in OTHERS.items():
        if head.startswith(signature):
            raise UnreadableError(f"这是{name}，不是表格。{SAVE_AS}。")
    return _text(source)


# XLSX


@dataclass
class _Looked:
    """What one pass over the parts has found."""

    merges: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)  # part → (first row, last row, column)
    rows: dict[str, int] = field(default_factory=dict)


MERGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
DECLARED = re.compile(rb"^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]+)")
DANGEROUS = (b"<!DOCTYPE", b"<!ENTITY")


def _checked(archive: zipfile.ZipFile) -> _Looked:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableError(f"这个文件里有 {len(entries)} 个部件，不像普通的表格。{SAVE_AS}。")
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise UnreadableError(f"这是压缩包或别的文档，不是 .xlsx 表格。{SAVE_AS}。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableError("这个文件设了打开密码。请去掉密码，另存后再上传。")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    strings = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    if unpacked > MAX_UNPACKED or strings > MAX_STRINGS or (unpacked > 1024 * 1024 and unpacked > MAX_RATIO * packed):
        raise UnreadableError("这个文件解开后太大，不像普通的表格。请只保留要导入的数据，另存后再上传。")
    looked, cells = _Looked(), 0
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        is_sheet = entry.filename.startswith("xl/worksheets/")
        before, first = b"", True
        merges = looked.merges.setdefault(entry.filename, [])
        with archive.open(entry) as part:
            while chunk := part.read(PART):
                if first:
                    declared = DECLARED.match(chunk)
                    if (declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}) or chunk[:2] in {
                        codecs.BOM_UTF16_LE,
                        codecs.BOM_UTF16_BE,
                    }:
                        raise UnreadableError(f"这个文件的内部编码不常见，为安全起见没有打开。{SAVE_AS}。")
                    first = False
                seen = before + chunk
                if any(each in seen for each in DANGEROUS):
                    raise UnreadableError(f"这个文件里有不允许的声明（DTD），为安全起见没有打开。{SAVE_AS}。")
                if is_sheet:
                    cells += chunk.count(b"<c ") + chunk.count(b"<c>")
                    looked.rows[entry.filename] = looked.rows.get(entry.filename, 0) + chunk.count(b"<row")
                    if cells > MAX_CELLS:
                        raise UnreadableError(f"这个文件的单元格超过 {MAX_CELLS // 10_000} 万个，请分成几个文件。")
                    merges += _merges(seen)
                    if len(merges) > MAX_MERGES:
                        raise UnreadableError("这个文件的合并单元格太多，请取消合并后再上传。")
                before = chunk[-120:]
    return looked


def _merges(data: bytes) -> list[tuple[int, int, int]]:
    if b"<mergeCell " not in data:
        return []
    found = []
    for left, top, _right, bottom in MERGE.findall(data):
        column = 0
        for letter in left:
            column = column * 26 + letter - 64
        if column <= MAX_COLUMNS and int(bottom) > int(top):
            found.append((int(top), int(bottom), column - 1))
    return found


def _workbook(source: IO[bytes], wanted: str) -> Table:
    try:
        with zipfile.ZipFile(source) as archive:
            looked = _checked(archive)
        source.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not know of a file, it says as warnings
            book = load_workbook(source, read_only=True, data_only=True)
        sheets = [each for each in book.worksheets if hasattr(each, "_worksheet_path")]
        if not sheets:
            raise UnreadableError("这个文件里没有工作表。")
        sheet: Any = next((each for each in sheets if each.title == wanted), sheets[0])
        path = sheet._worksheet_path.lstrip("/")
    except UnreadableError:
        raise
    except Exception as error:  # a damaged file fails in many ways inside the libraries
        raise UnreadableError(
            f"打不开这个文件，可能已损坏或不是 .xlsx。{SAVE_AS}。（{type(error).__name__}）"
        ) from error
    merges = sorted(set(looked.merges.get(path, [])))
    lines = _sheet_lines(book, sheet, merges)
    notes = (
        [f"文件有 {len(sheets)} 张工作表，只读取“{sheet.title}”。"] if len(sheets) > 1 and sheet.title != wanted else []
    )
    return Table(lines, min(looked.rows.get(path, 0), MAX_ROWS), "xlsx", notes)


def _sheet_lines(book: Any, sheet: Any, merges: list[tuple[int, int, int]]) -> Iterator[Line]:
    """Values as typed: 3.85% of a cell that is formatted as a percentage, and merged cells filled downwards."""
    percent: dict[int, bool] = {}
    sheet.reset_dimensions()  # some programs state them wrongly
    waiting, open_merges = iter(merges), []
    upcoming = next(waiting, None)
    number = 0
    blank: Any = None  # the one tuple that stands for every row that is not in the file
    with closing(book):
        rows = sheet.iter_rows(max_col=MAX_COLUMNS + 1)
        while True:
            try:
                row = next(rows, None)
            except Exception as error:
                raise UnreadableError(
                    f"第 {number + 1} 行附近读不下去，文件可能已损坏。{SAVE_AS}。（{type(error).__name__}）"
                ) from error
            if row is None:
                return
            number += 1
            if row is blank:
                continue
            cells = [_cell_value(cell, percent) for cell in row]
            own = any(cell not in (None, "") for cell in cells)
            if not own and all(cell is EMPTY_CELL for cell in row):
                blank = row
            while upcoming is not None and upcoming[0] <= number:
                value = cells[upcoming[2]] if upcoming[2] < len(cells) and upcoming[0] == number else None
                open_merges.append((upcoming[1], upcoming[2], value))
                upcoming = next(waiting, None)
            if open_merges:
                open_merges = [each for each in open_merges if each[0] >= number]
                for _last, column, value in open_merges:
                    if value is not None and cells[column] in (None, ""):
                        cells[column] = value
            yield Line(number, cells, own)


def _cell_value(cell: Any, percent: dict[int, bool]) -> Any:
    if cell is EMPTY_CELL:
        return None
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and cell._style_id:
        style = cell._style_id
        if style not in percent:
            percent[style] = "%" in (cell.number_format or "")
        if percent[style]:
            return f"{plain(round(Decimal(repr(value)) * 100, 8))}%"
    return value


# CSV


def _encoding(source: IO[bytes]) -> str:
    head = source.read(4)
    source.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for name in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            while chunk := source.read(PART):
                if b"\0" in chunk:
                    raise UnreadableError(f"这个文件不是表格。{SAVE_AS}，或存为 CSV。")
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            source.seek(0)
            continue
        source.seek(0)
        return name
    raise UnreadableError(f"认不出这个文件的文字编码。{SAVE_AS}，或存为 UTF-8 的 CSV。")


class _Borrowed(io.TextIOWrapper):
    """Text of a file that belongs to the caller: not closed when this is thrown away."""

    def close(self) -> None:
        pass


def _text(source: IO[bytes]) -> Table:
    encoding = _encoding(source)
    rows = source.read().count(b"\n")
    source.seek(0)
    stream = _Borrowed(source, encoding, newline="")
    try:
        first = stream.readline(100_000)
    except UnicodeError as error:
        raise UnreadableError(f"认不出这个文件的文字编码。{SAVE_AS}。") from error
    if first.lstrip("\ufeff \t\r\n").lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise UnreadableError(f"这是网页，不是表格。{SAVE_AS}。")
    delimiter = max(",\t;", key=first.count)
    stream.seek(0)
    return Table(_csv_lines(stream, delimiter), min(rows, MAX_ROWS), "csv")


def _csv_lines(stream: io.TextIOWrapper, delimiter: str) -> Iterator[Line]:
    lines = csv.reader(stream, delimiter=delimiter)
    number = 0
    while True:
        try:
            cells: list[Any] | None = next(lines, None)
        except (csv.Error, UnicodeError, zlib.error) as error:
            raise UnreadableError(f"第 {number + 1} 行读不下去，请检查引号是否成对。{SAVE_AS}。") from error
        if cells is None:
            return
        number += 1
        yield Line(number, [cell if len(cell) <= LONGEST else cell[: LONGEST + 1] for cell in cells], any(cells))
