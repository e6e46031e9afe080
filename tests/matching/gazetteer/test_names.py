"""Names of places in the parser: one place, several places, what decides."""

from datetime import date

from matching.needs.parser import Gazetteer, parse

DAY = date(2026, 3, 2)
SEVERAL = Gazetteer({"温州": "330300", "杭州": "330100", "新城": ["330102", "330302"], "望江": "330102"})


def regions(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    return parse(text, today=DAY, gazetteer=gazetteer).regions


def test_name_of_a_site_is_read():
    assert regions("在云上小镇开民宿，想借50万", Gazetteer({"云上小镇": "331123"})) == ("331123",)


def test_name_of_two_places_is_not_guessed():
    assert regions("在新城开厂，想借50万", SEVERAL) == ()
    assert list(SEVERAL.unclear("在新城开厂")) == [(1, 3, ("330102", "330302"))]


def test_name_of_two_places_is_decided_by_what_lies_around():
    assert regions("在温州新城开厂，想借50万", SEVERAL) == ("330302",)
    assert list(SEVERAL.unclear("在温州新城开厂")) == []


def test_name_of_two_places_is_decided_by_the_same_place_named_otherwise():
    assert list(SEVERAL.find("望江新城")) == [(0, 2, "330102"), (2, 4, "330102")]


def test_extended_keeps_what_was_there():
    both = Gazetteer({"温州": "330300"}).extended({"新城": ["330302"]})
    assert list(both.find("温州新城")) == [(0, 2, "330300"), (2, 4, "330302")]


def test_longest_name_wins():
    names = Gazetteer({"遂昌": "331123", "遂昌金矿": "331123"})
    assert list(names.find("在遂昌金矿边上")) == [(1, 5, "331123")]
