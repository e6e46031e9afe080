"""The catalogue's spreadsheet: what is written is read again, wrong cells are named, and it ranks like the database."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from accounts.models import Region
from catalogue import tabular
from catalogue.models import Product
from matching import matcher
from matching.needs.parser import parse
from matching.ranking import Catalogue, NeedFacts, rank
from matching.tabular import all_facts

ON = date(2026, 11, 24)
SENTENCES = (
    "我在遂昌开了个茶厂，第一次贷款没什么抵押想借五十来万买台设备",
    "有笔300万的贷款下个月20号到期，银行同意续，过桥用十天左右",
    "在衢江种了200亩茶叶，合作社，缺收茶钱三十万，没抵押",
    "高企 专利三个 要贷300-500万",
    "不想背债，想融1000万，公司在鹿城",
    "想给研发上个保险，怕研发失败，在南湖",
)


@pytest.fixture
def demo(db):
    from accounts.demo import load as load_people
    from catalogue.demo import load

    call_command("load_reference", verbosity=0)
    load_people()
    load()
    return Product.objects.all()


def written(rows) -> io.BytesIO:
    target = io.BytesIO()
    tabular.write(rows, target)
    target.seek(0)
    return target


def sheet_of(*lines) -> io.BytesIO:
    book, target = Workbook(), io.BytesIO()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(target)
    target.seek(0)
    return target


def test_export_of_the_demo_is_read_back_unchanged(demo):
    rows = tabular.rows_of(demo)
    sheet = tabular.read(written(rows))
    assert sheet.problems == []
    assert len(sheet.rows) == len(rows) > 20
    for row, before in zip(sheet.rows, rows, strict=True):
        for column in tabular.COLUMNS:
            after, expected = row.values[column.name], before[column.name]
            if isinstance(expected, str):
                expected, after = " ".join(expected.split()), " ".join(after.split())
            if column.name == "regions":
                after = sorted(after)
            assert after == expected, (before["name"], column.name)


def test_products_of_a_file_rank_like_those_of_the_database(demo):
    from_file = Catalogue(all_facts(tabular.read(written(tabular.rows_of(demo))).rows))
    products = demo.select_related("institution").prefetch_related("regions", "rules", "tariffs")
    from_database = Catalogue(matcher.product_facts(product) for product in products)
    for text in SENTENCES:
        need = NeedFacts.of(parse(text, today=ON), on=ON)
        named = [
            [(each.product.name, each.score) for each in rank(need, catalogue).results]
            for catalogue in (from_file, from_database)
        ]
        assert named[0]
        assert named[0] == named[1]


def test_export_takes_the_same_queries_for_one_product_and_for_many(demo, django_assert_num_queries):
    for count in (1, 3):
        keys = list(demo.values_list("pk", flat=True)[:count])
        with django_assert_num_queries(6):
            tabular.rows_of(Product.objects.filter(pk__in=keys))


def test_cells_are_read_as_people_write_them():
    sheet = tabular.read(
        sheet_of(
            [
                "产品名称",
                "机构",
                "类别",
                "用途",
                "担保方式",
                "最高额度（万元）",
                "最低年利率（%）",
                "适用地区",
                "准入条件",
            ],
            [
                "渔船贷",
                "海岛银行",
                "贷款",
                "周转、设备",
                "抵押、担保公司",
                "500",
                "4.35%",
                "舟山市、浙江省丽水市遂昌县",
                "首贷户优先",
            ],
        )
    )
    assert sheet.problems == []
    values = sheet.rows[0].values
    assert values["amount_max"] == Decimal(5_000_000)
    assert values["rate_min"] == Decimal("4.35")
    assert values["purposes"] == ["working_capital", "equipment"]
    assert values["guarantee_kinds"] == ["real_estate", "guarantor"]
    assert values["regions"] == ["330900", "331123"]
    assert values["rules"] == [
        {
            "kind": "other",
            "values": [],
            "minimum": None,
            "maximum": None,
            "text": "首贷户优先",
            "source": "",
            "policy": "",
        }
    ]


def test_wrong_cells_are_named_by_row_column_and_reason():
    sheet = tabular.read(
        sheet_of(["名称", "最高额度（元）", "用途"], ["甲", "很多", "周转"], [None, "5", None], ["乙", 5, "飞天"])
    )
    assert [(each.row, each.column, each.fatal) for each in sheet.problems] == [
        (2, "最高额度（元）", True),
        (3, "名称", True),
        (4, "用途", False),
    ]


def test_file_that_is_no_spreadsheet_is_refused():
    with pytest.raises(tabular.UnreadableError):
        tabular.read(io.BytesIO(b"id,name"))
    with pytest.raises(tabular.UnreadableError, match="名称"):
        tabular.read(sheet_of(["甲", "乙"]))


def test_text_that_looks_like_a_formula_stays_text():
    row = {"name": "=1+1", "kind": "loan"}
    assert tabular.read(written([row])).rows[0].values["name"] == "=1+1"


@pytest.mark.parametrize(
    "line",
    [
        "须具备其一的特征：首贷户、个体工商户｜只做第一次贷款的",
        "年营业收入：不低于 1000000；不高于 20000000｜年营业收入 100 万至 2000 万元",
        "地区：330803 衢江区｜衢江区内",
        "其他｜以机构为准",
    ],
)
def test_rule_line_is_written_as_it_was_read(line):
    rule, wrong = tabular.read_rule(line)
    assert wrong == []
    assert tabular.write_rule(rule) == line


@pytest.mark.parametrize(
    "line",
    [
        "担保费：0.5 % / 年，按实际用款天数；仅限首贷户；上限 500000；地区 330803 衢江区｜按实际用款天数收取",
        "服务费：0.6 % / 月；自 2026-01-01；至 2026-12-31｜月费率",
        "费用补贴：90 % ，按所补贴的费用；仅限初创期｜补贴保费 90%｜办法第三条",
    ],
)
def test_tariff_line_is_written_as_it_was_read(line):
    assert tabular.write_tariff(tabular.read_tariff(line)) == line


def test_tariff_in_permille_is_percent():
    assert tabular.read_tariff("服务费：6‰ / 月｜月费率")["rate"] == Decimal("0.6")


@pytest.fixture
def files(tmp_path):
    catalogue, needs = tmp_path / "catalogue.xlsx", tmp_path / "needs.tsv"
    tabular.write(
        [
            {"name": "甲贷", "kind": "loan", "institution": "甲行", "purposes": ["working_capital"], "summary": "周转"},
            {"name": "乙保", "kind": "insurance", "institution": "乙保险", "purposes": ["risk"], "summary": "研发险"},
        ],
        catalogue,
    )
    needs.write_text("id\ttext\nn1\t想借50万周转进货\nn2\t想贷款\nn3\t想买研发保险\n", encoding="utf-8")
    return needs, catalogue


def test_match_command_gives_a_line_for_each_need_in_order(files, capsys, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        call_command("match", needs=files[0], catalogue=files[1], top=10, json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["id"], each["status"], [r["name"] for r in each["results"]]) for each in lines] == [
        ("n1", "matched", ["甲贷"]),
        ("n2", "ask", []),
        ("n3", "matched", ["乙保"]),
    ]
    assert (lines[0]["amount_low"], lines[0]["amount_high"]) == (500_000, 500_000)
    assert set(lines[0]["results"][0]) == {"name", "institution", "score", "reasons", "fails", "unknown"}
    assert lines[1]["amount_low"] is None


@pytest.mark.parametrize("broken", ["needs", "catalogue"])
def test_match_command_ends_with_2_and_names_the_file_when_it_is_wrong(files, broken, capsys):
    needs, catalogue = files
    if broken == "needs":
        needs.write_text("id\twords\nn1\t借钱\n", encoding="utf-8")
    else:
        catalogue.write_bytes(b"nothing")
    with pytest.raises(SystemExit) as ended:
        call_command("match", needs=needs, catalogue=catalogue, json=True)
    assert ended.value.code == 2
    assert (needs if broken == "needs" else catalogue).name in capsys.readouterr().err


def test_place_names_agree_with_the_database(db):
    call_command("load_reference", verbosity=0)
    for code in ("330902", "331123", "330000", "330900", "330803"):
        region = Region.objects.get(pk=code)
        assert tabular.region_code(region.full_name) == code
        assert tabular.region_code(code) == code
