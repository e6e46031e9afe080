"""Files that are no table, or would harm, are refused before they are parsed, each in words that say what to do."""

import io
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import numbers

from catalogue.tabular import files, writing
from catalogue.tabular.files import UnreadableError
from catalogue.tabular.parties import ENTERPRISES, INSTITUTIONS
from catalogue.tabular.places import OUTLETS, SERVICES
from catalogue.tabular.products import PRODUCTS
from catalogue.tabular.reading import open_reading, read
from catalogue.tabular.tariffs import TARIFF_SHEET
from tests.catalogue.exchange import HEAD, line, xlsx


def repacked(content: bytes, parts: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with some of its parts replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", level) as new:
        for entry in old.namelist():
            if entry not in parts:
                new.writestr(entry, old.read(entry))
        for name, data in parts.items():
            new.writestr(name, data)
    return target.getvalue()


SIMPLE = xlsx(HEAD, line("甲贷"))
NAMESPACE = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><worksheet/>'


def docx() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return target.getvalue()


def many_cells() -> bytes:
    rows = b"".join(b'<row r="%d">%s</row>' % (n, b'<c r="A1"><v>1</v></c>' * 300) for n in range(1, 5200))
    return repacked(SIMPLE, {SHEET: b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"})


REFUSED = {
    "empty": (b"", "空的"),
    "pdf": (b"%PDF-1.7 ...", "这是PDF 文件"),
    "picture": (b"\x89PNG\r\n\x1a\n....", "这是图片"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 .xls"),
    "password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    "word": (docx(), "别的文档"),
    "damaged": (SIMPLE[: len(SIMPLE) // 2], "已损坏"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "binary": (b"\x00\x01\x02\x03" * 50, "不是表格"),
    "entities": (repacked(SIMPLE, {SHEET: BOMB}), "不允许的声明"),
    "entities far behind": (repacked(SIMPLE, {SHEET: b"<!--" + b" " * 600_000 + b"-->" + BOMB}), "不允许的声明"),
    "utf-16 parts": (repacked(SIMPLE, {SHEET: BOMB.decode().encode("utf-16")}), "内部编码"),
    "odd encoding": (repacked(SIMPLE, {SHEET: b'<?xml version="1.0" encoding="cp037"?><worksheet/>'}), "内部编码"),
    "zip ratio": (repacked(SIMPLE, {SHEET: b"<worksheet>" + b" " * 80_000_000}), "解开后太大"),
    "shared strings": (repacked(SIMPLE, {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 14_000_000}), "解开后太大"),
    "entries": (repacked(SIMPLE, {f"xl/x{n}.xml": b"" for n in range(600)}), "部件"),
    "cells": (many_cells(), "单元格超过"),
    "no header": (xlsx(["甲", "乙"], ["1", "2"]), "没有“名称”"),
    "thousand columns": (xlsx(["名称", *[f"列{n}" for n in range(1000)]], ["甲"]), "列超过 120 个"),
    "too large": (b"x" * (files.MAX_BYTES + 1), "超过 10 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_refused_quickly_with_a_sentence(name):
    content, words = REFUSED[name]
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(UnreadableError, match=words) as refused:
        read(PRODUCTS, io.BytesIO(content))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Error" not in str(refused.value) or name == "damaged"
    assert peak < 60_000_000
    assert time.perf_counter() - started < 10


def test_row_numbers_beyond_reason_are_not_walked_through():
    sheet = (
        NAMESPACE
        + b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>\xe5\x90\x8d\xe7\xa7\xb0</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    started = time.perf_counter()
    assert read(PRODUCTS, io.BytesIO(repacked(SIMPLE, {SHEET: sheet}))).rows == []
    assert time.perf_counter() - started < 20


def test_more_rows_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr("catalogue.tabular.reading.MAX_ROWS", 3)
    with pytest.raises(UnreadableError, match="超过 3 行"):
        read(PRODUCTS, io.BytesIO(xlsx(HEAD, *(line(f"贷{n}") for n in range(4)))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_any_encoding_and_delimiter(encoding, delimiter):
    text = "\r\n".join(delimiter.join(map(str, each)) for each in (HEAD, line("茶叶贷𠮷")))
    found = read(PRODUCTS, io.BytesIO(text.encode(encoding)))
    assert [row.values["name"] for row in found.rows] == ["茶叶贷𠮷"]
    assert found.problems == []


def test_csv_that_breaks_off_in_a_quote_is_refused_with_its_row():
    with pytest.raises(UnreadableError, match="引号"):
        read(PRODUCTS, io.BytesIO(('名称,说明\n甲,"' + "长" * 200_000).encode()))


def test_header_may_stand_below_a_title_in_any_order_with_stars_and_units():
    found = open_reading(
        PRODUCTS,
        io.BytesIO(
            xlsx(
                ["海岛银行产品表"], [], ["最高额度（万元）", "备注", "* 名称"], [50, "新", "甲贷"], ["80万", "", "乙贷"]
            )
        ),
    )
    rows = list(found.rows())
    assert [(row.number, row.values["name"], row.values["amount_max"]) for row in rows] == [
        (4, "甲贷", 500_000),
        (5, "乙贷", 800_000),
    ]
    assert found.extra == ["备注"]


def test_merged_cells_hold_for_every_row_they_cover():
    book, target = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for each in (
        ["名称", "发布机构", "类别"],
        ["甲贷", "海岛银行", "贷款"],
        ["乙贷", None, None],
        ["丙保", "山城担保", "担保"],
    ):
        sheet.append(each)
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:C3")
    book.save(target)
    found = read(PRODUCTS, target)
    assert [(row.values["name"], row.values["institution"], row.values["kind"]) for row in found.rows] == [
        ("甲贷", "海岛银行", "loan"),
        ("乙贷", "海岛银行", "loan"),
        ("丙保", "山城担保", "guarantee"),
    ]


def test_cell_formatted_as_percentage_is_what_it_shows():
    book, target = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["名称", "最低年利率（%）"])
    sheet.append(["甲贷", 0.0385])
    sheet["B2"].number_format = numbers.FORMAT_PERCENTAGE_00
    book.save(target)
    assert str(read(PRODUCTS, target).rows[0].values["rate_min"]) == "3.85"


@pytest.mark.parametrize(
    "description", [PRODUCTS, TARIFF_SHEET, SERVICES, OUTLETS, INSTITUTIONS, ENTERPRISES], ids=lambda d: d.key
)
def test_template_has_drop_downs_a_guide_and_an_example_that_is_never_imported(description):
    target = io.BytesIO()
    writing.template(description, target)
    book = load_workbook(target)
    sheet = book[description.title]
    chosen = [column for column in description.columns if column.cell.single and column.cell.options]
    assert len(sheet.data_validations.dataValidation) == len(chosen)
    assert [cell.value for cell in sheet[1]] == [column.header for column in description.columns]
    assert book[writing.GUIDE].max_row > len(description.columns)
    target.seek(0)
    found = open_reading(description, target)
    assert list(found.rows()) == []
    assert found.examples == 1


@pytest.mark.parametrize(
    "description", [PRODUCTS, TARIFF_SHEET, SERVICES, OUTLETS, INSTITUTIONS, ENTERPRISES], ids=lambda d: d.key
)
def test_example_row_would_be_read_without_a_problem(description):
    row = {column.name: column.example for column in description.columns} | {
        description.columns[0].name: "91330902MA28K0X00X" if description is ENTERPRISES else "春茶贷"
    }
    target = io.BytesIO()
    writing.workbook(description, [row], target)
    target.seek(0)
    assert read(description, target).problems == []
