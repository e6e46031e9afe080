"""工信部联企业〔2011〕300号, at every bound."""

from decimal import Decimal

import pytest

from accounts import size_class
from accounts.size_class import WAN, bounds_for, classify

ROWS = {
    "0111": size_class.FARMING, "0610": size_class.INDUSTRY, "1530": size_class.INDUSTRY, "4413": size_class.INDUSTRY,
    "4710": size_class.CONSTRUCTION, "5111": size_class.WHOLESALE, "5211": size_class.RETAIL, "5431": size_class.TRANSPORT,
    "5910": size_class.STORAGE, "6010": size_class.POST, "6110": size_class.LODGING, "6210": size_class.CATERING,
    "6311": size_class.INFORMATION, "6420": size_class.INFORMATION, "6513": size_class.SOFTWARE,
    "7010": size_class.REAL_ESTATE, "7020": size_class.PROPERTY, "7030": size_class.OTHER, "7211": size_class.LEASING,
    "7310": size_class.OTHER, "8810": size_class.OTHER, "C": size_class.INDUSTRY,
}  # fmt: skip


@pytest.mark.parametrize("code", ROWS)
def test_row_of_an_industry(code):
    assert bounds_for(code) is ROWS[code]


@pytest.mark.parametrize("code", ["5310", "6610", "8311", "8411", "9011X"[:4], "9610", ""])
def test_industry_that_the_standard_leaves_out(code):
    expected = size_class.OTHER if code == "9011" else None
    assert bounds_for(code) is expected


def facts(bounds: dict, minus: str = "") -> dict:
    """Just the bounds, one of them less by one."""
    found = {"employees": None, "revenue": None, "assets": None} | {
        name: Decimal(bound) for name, bound in bounds.items()
    }
    if minus:
        found[minus] -= 1
    return found


@pytest.mark.parametrize("code", ROWS)
def test_classes_at_each_bound(code):
    row = ROWS[code]
    below = {"large": "medium", "medium": "small", "small": "micro"}
    for name, lower in below.items():
        bounds = getattr(row, name)
        assert classify(code, **facts(bounds)) == (name, [])
        for measure in bounds:
            assert classify(code, **facts(bounds, measure))[0] == lower, (name, measure)


def test_one_measure_below_falls_to_the_class_below():
    assert classify("1530", 1000, Decimal(1999 * WAN), None) == ("small", [])


def test_facts_missing():
    assert classify("1530", 20, None, None) == (None, ["revenue"])
    assert classify("4710", None, None, None) == (None, ["revenue", "assets"])
    assert classify("7310", 9, None, None) == ("micro", [])
