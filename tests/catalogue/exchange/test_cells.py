"""Cells as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.tabular import cells
from catalogue.tabular.parties import TRAITS_CELL
from catalogue.tabular.products import PRODUCTS


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("50万", 500_000), ("５０万", 500_000), ("50 万元", 500_000), ("1,000", 1000), ("1，000元", 1000), ("2亿", 200_000_000),
        (500000, 500_000), (0.1, Decimal("0.1")), ("最高300万元", 3_000_000), ("1.5万亿", 1_500_000_000_000),
    ],
)  # fmt: skip
def test_amount_is_read_as_people_write_it(written, value):
    assert cells.number_of(written) == value


@pytest.mark.parametrize("written", [None, "", "以机构为准", "不限", "—", "面议", " "])
def test_amount_that_is_not_stated_is_unknown_not_zero(written):
    assert cells.amount_of(written) is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("很多", "不是数字"), ("-5", "不是不小于零的数字"), ("50%", "是比例，这里要金额"), ("1e20", "太大了"), ("NaN", "不是不小于零的数字"),
        ("0.001", "最多 2 位小数"), ("50万-80万", "不是数字"),
    ],
)  # fmt: skip
def test_amount_that_is_none_says_why(written, reason):
    with pytest.raises(ValueError, match=reason):
        cells.amount_of(written)


@pytest.mark.parametrize(
    ("written", "value"), [("3.85%", "3.85"), ("３．８５％", "3.85"), (3.85, "3.85"), ("6‰", "0.6"), ("0", "0")]
)
def test_rate_is_percent(written, value):
    assert cells.rate_of(written) == Decimal(value)


@pytest.mark.parametrize(
    "written",
    ["2026年1月31日", "2026-01-31", "2026/1/31", "2026.1.31", "20260131", "２０２６年１月３１日", 46053, "46053",
     datetime(2026, 1, 31, 8), date(2026, 1, 31), "2026-01-31 00:00:00"],
)  # fmt: skip
def test_date_is_read_as_people_and_spreadsheets_write_it(written):
    assert cells.date_of(written) == date(2026, 1, 31)


@pytest.mark.parametrize("written", ["2026-02-30", "明天", "31/1/2026", 12, "2026年1月"])
def test_date_that_is_none_is_refused(written):
    with pytest.raises(ValueError, match=r"不是日期|没有"):
        cells.date_of(written)


@pytest.mark.parametrize(("written", "months"), [("3年", 36), ("36个月", 36), (12, 12), ("1.5年", 18)])
def test_term_is_months(written, months):
    assert cells.months_of(written) == months


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'", "＝", "示例："])
def test_text_like_a_formula_is_escaped_and_read_back(start):
    text = f"{start}cmd|' /C calc'!A0".strip()
    written = cells.escaped(text)
    assert written[0] == "'"
    assert cells.text_of(written) == text


@given(st.text(max_size=60))
def test_any_text_is_read_back_as_it_was_written(text):
    written = cells.escaped(text)
    assert not written.startswith(("=", "+", "-", "@"))
    assert cells.text_of(written) == cells.escaped(cells.text_of(written)).removeprefix("'") or cells.text_of(
        cells.escaped(cells.text_of(written))
    ) == cells.text_of(written)


def test_traits_that_a_firm_has_not_are_told_apart_from_unknown_ones():
    assert TRAITS_CELL.read("首贷户、非高新技术企业") == ({"first_loan": True, "high_tech": False}, [])
    assert TRAITS_CELL.write({"first_loan": True, "high_tech": False}) == "首贷户、非高新技术企业"


def test_unknown_word_is_answered_with_the_likely_one():
    _codes, wrong = PRODUCTS.by_name["purposes"].cell.read("经营周专")
    assert wrong == ["不认识“经营周专”，是不是“经营周转”？"]
