"""The code tables are whole."""

from collections import Counter

import pytest
from django.core.management import call_command

from accounts.management.commands.load_reference import industries, regions
from accounts.models import Industry, Region


def test_industries_by_level():
    assert Counter(each.level for each in industries()) == {1: 20, 2: 97, 3: 473, 4: 1382}


def test_industries_have_their_parents():
    codes = {each.code for each in industries()}
    assert [each.code for each in industries() if each.parent_id and each.parent_id not in codes] == []
    assert next(each for each in industries() if each.code == "15").parent_id == "C"


def test_regions_current():
    current = Counter(each.level for each in regions() if each.is_current)
    assert current == {1: 34, 2: 333, 3: 2850}


def test_places_of_the_cases():
    names = {each.code: each.full_name for each in regions()}
    assert {code: names[code] for code in ("330900", "330902", "330102", "330302", "330402", "330803", "331123")} == {
        "330900": "浙江省舟山市",
        "330902": "浙江省舟山市定海区",
        "330102": "浙江省杭州市上城区",
        "330302": "浙江省温州市鹿城区",
        "330402": "浙江省嘉兴市南湖区",
        "330803": "浙江省衢州市衢江区",
        "331123": "浙江省丽水市遂昌县",
    }


def test_regions_that_stand_under_no_city():
    rows = {each.code: each for each in regions()}
    assert rows["110101"].full_name == "北京市东城区"
    assert rows["429004"].parent_id == "420000"
    assert rows["110103"].is_current is False


@pytest.mark.django_db
def test_loaded_twice():
    call_command("load_reference", verbosity=0)
    counts = Region.objects.count(), Industry.objects.count()
    call_command("load_reference", verbosity=0)
    assert (Region.objects.count(), Industry.objects.count()) == counts == (len(regions()), 1972)
    assert Region.objects.get(pk="330902").covers("330902") is True
    assert Region.objects.get(pk="330900").covers("330902") is True
