"""统一社会信用代码: what is right, and what is said of each mistake."""

import pytest
from django.core.exceptions import ValidationError

from accounts import uscc
from tests.factories import RegionFactory
from tests.factories import uscc as make

pytestmark = pytest.mark.django_db
GOOD = "91330902000000051P"


@pytest.fixture(autouse=True)
def _region():
    RegionFactory()


def test_good_code():
    assert uscc.clean(GOOD) == GOOD


def test_full_width_lower_case_and_spaces():
    assert uscc.clean(" ９１３３０９０２ 0000-0005 1p ") == GOOD


@pytest.mark.parametrize("number", range(40))
def test_generated_codes(number):
    assert uscc.clean(make(number)) == make(number)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD[:-1], "少 1 位"),
        (GOOD + "0", "多 1 位"),
        (GOOD.replace("51P", "5IP"), "没有字母 I"),
        ("Z" + GOOD[1:], "没有字母 Z"),
        ("B" + GOOD[1:], "登记机关"),
        (GOOD[:2] + "999999" + GOOD[8:], "行政区划"),
        (GOOD[:-1] + "Q", "有一位不对"),
        (GOOD.replace("51P", "15P"), "有一位不对"),
        (GOOD[:-1] + "*", "请去掉"),
    ],
)
def test_mistakes(text, words):
    with pytest.raises(ValidationError, match=words):
        uscc.clean(text)


def test_region_of_an_abolished_code():
    city = RegionFactory(code="330100", name="杭州市", full_name="浙江省杭州市", level=2)
    RegionFactory(code="330103", name="下城区", full_name="浙江省杭州市下城区", level=3, is_current=False, parent=city)
    assert uscc.region_of(make(1, "330103")) == city
