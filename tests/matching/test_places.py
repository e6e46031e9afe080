"""Which place lies in which, by their codes."""

import pytest

from matching.places import covers, level


@pytest.mark.parametrize(
    ("wide", "narrow", "inside"),
    [
        ("330000", "330902", True),
        ("330900", "330902", True),
        ("330902", "330902", True),
        ("330902", "330900", False),
        ("331000", "331123", False),  # Taizhou's code is a beginning of Lishui's only without its zero
        ("500000", "510000", False),  # nor is Chongqing's one of Sichuan's
        ("330110", "330111", False),
    ],
)
def test_place_covers_another(wide, narrow, inside):
    assert covers(wide, narrow) is inside


def test_level_of_a_code():
    assert [level(code) for code in ("330000", "331000", "330110")] == [1, 2, 3]
