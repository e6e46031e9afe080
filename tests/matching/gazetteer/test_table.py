"""The table of places: loaded, edited, seen at the next request, asked about when a name is two places."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.models import Region
from accounts.roles import Role
from matching.gazetteer import current, loading, unheard
from matching.gazetteer.permissions import sync_groups
from matching.models import Place, UnheardPlace
from matching.needs.parser import Gazetteer, built_in_names
from tests.factories import UserFactory, enterprise_user, user_with

from ..conftest import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def suichang(db) -> Region:
    return region("331123", "遂昌县", "浙江省丽水市遂昌县")


def region(code: str, name: str, full_name: str) -> Region:
    return Region.objects.update_or_create(pk=code, defaults={"name": name, "full_name": full_name, "level": 3})[0]


def found(text: str) -> list[str]:
    return [code for _start, _end, code in current.gazetteer().find(text)]


def test_built_in_names_hold_before_anything_is_loaded():
    assert current.gazetteer() is Gazetteer.built_in()


def test_loading_makes_one_row_of_a_region_and_one_of_each_place(suichang):
    assert loading.load() >= len(built_in_names()["331123"])
    own = Place.objects.get(name="遂昌县")
    assert (own.aliases, own.kind, own.region) == ("遂昌", "region", suichang)
    assert Place.objects.get(name="北界镇").kind == "town"
    assert found("在遂昌金矿边上") == ["331123"]


def test_loading_again_brings_back_nothing_that_was_deleted_or_changed(suichang):
    call_command("needs", "load-places", verbosity=0)
    Place.objects.get(name="南尖岩").delete()
    Place.objects.filter(name="王村口").update(is_active=False)
    count = Place.objects.count()
    assert loading.load() == 0
    assert Place.objects.count() == count
    assert found("在南尖岩和王村口") == []


def test_name_that_is_not_used_any_more_hides_the_built_in_one(suichang):
    own = {name for names in built_in_names().values() for name in names}
    built_in, (code,) = next(
        (name, codes) for name, codes in Gazetteer.built_in().names.items() if len(codes) == 1 and name not in own
    )
    loading.load()
    assert found(f"在{built_in}开店") == [code]
    place = Place.objects.create(name=built_in, region=suichang)
    assert found(f"在{built_in}开店") == ["331123"]
    place.is_active = False
    place.save()
    assert found(f"在{built_in}开店") == []


def test_an_edit_is_seen_by_the_next_reader_and_costs_it_one_query_else(suichang, django_assert_num_queries):
    assert found("在云上小镇开店") == []
    place = Place.objects.create(name="云上小镇", region=suichang)
    assert found("在云上小镇开店") == ["331123"]
    with django_assert_num_queries(1):
        current.gazetteer()
    place.aliases = "云上"
    place.save()
    assert found("在云上开店") == ["331123"]
    place.delete()
    assert found("在云上小镇开店") == []


def test_name_is_kept_as_the_parser_meets_it(suichang):
    place = Place(name="雲上小鎮", aliases="云上 小鎮A区", region=suichang)
    place.full_clean()
    assert (place.name, place.aliases) == ("云上小镇", "云上、小镇a区")


@pytest.mark.parametrize("name", ["周转", "厂房", "镇"])
def test_word_of_everyday_is_no_place(suichang, name):
    with pytest.raises(ValidationError) as error:
        Place(name=name, region=suichang).full_clean()
    assert list(error.value.message_dict) == ["name"]


def test_need_page_reads_by_the_table_and_asks_which_of_two(client, suichang):
    other = region("330302", "鹿城区", "浙江省温州市鹿城区")
    Place.objects.create(name="云上小镇", region=suichang)
    page = client.get("/needs/new/", {"text": "在云上小镇开民宿，想借50万装修"})
    assert page.context["need"].region == suichang
    Place.objects.create(name="云上小镇", region=other)
    page = client.get("/needs/new/", {"text": "在云上小镇开民宿，想借50万装修"})
    assert page.context["need"].region is None
    asked = page.context["which_place"]
    assert (asked["words"], [each["label"] for each in asked["answers"]]) == (
        "云上小镇",
        ["浙江省温州市鹿城区", "浙江省丽水市遂昌县"],
    )
    chosen = client.get(f"/needs/new/{asked['answers'][1]['url']}")
    assert (chosen.context["need"].region, chosen.context["which_place"]) == (suichang, None)
    assert chosen.context["need"].text == "在云上小镇开民宿，想借50万装修"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我在云峰镇开茶厂，想借50万", ["云峰镇"]),
        ("舟山定海双桥街道做船配", ["双桥街道"]),
        ("在遂昌云峰街道", []),
        ("在乡镇开店，我们是农村的", []),
        ("在我们镇上开店", []),
        ("在工业园区租厂房", []),
        ("在龙泉青瓷产业园做瓷器", ["青瓷产业园"]),
    ],
)
def test_names_that_the_table_lacks(text, names):
    assert unheard.names_in(text, Gazetteer.built_in()) == names


def test_name_that_needs_use_is_counted_until_it_is_added(suichang):
    owner = enterprise_user()
    for _time in range(2):
        make_need(owner, text="在云峰镇开茶厂，想借50万")
    row = unheard.waiting().get()
    assert (row.name, row.count, row.region) == ("云峰镇", 2, owner.enterprise.region)
    Place.objects.create(name="云峰镇", region=suichang)
    assert UnheardPlace.objects.count() == 0


def test_name_that_was_waved_off_stays_away():
    make_need(enterprise_user(), text="在云峰镇开茶厂，想借50万")
    assert (unheard.dismiss("云峰镇"), unheard.dismiss("云峰镇")) == (True, False)
    make_need(enterprise_user(), text="在云峰镇开茶厂，想借50万")
    assert list(unheard.waiting()) == []


class TestCms:
    @pytest.fixture
    def supervisor(self, db, sign_in):
        from accounts.actions import sync_groups as sync_entrance

        sync_entrance()
        sync_groups()
        return sign_in(user_with(Role.SUPERVISOR))

    def test_supervisor_adds_an_unheard_name_in_one_step(self, supervisor, suichang):
        make_need(enterprise_user(), text="在云峰镇开茶厂，想借50万")
        UnheardPlace.objects.update(region=suichang)
        listed = supervisor.get("/cms/places/unheard/").content.decode()
        address = "/cms/snippets/matching/place/add/?name=%E4%BA%91%E5%B3%B0%E9%95%87&amp;region=331123"
        assert address in listed
        form = supervisor.get(address.replace("&amp;", "&")).content.decode()
        assert 'value="云峰镇"' in form
        assert 'value="浙江省丽水市遂昌县"' in form
        answer = supervisor.post(
            "/cms/snippets/matching/place/add/",
            {"name": "云峰镇", "aliases": "", "region": "遂昌县", "kind": "town", "is_active": "on", "note": ""},
        )
        assert answer.status_code == 302
        assert found("在云峰镇") == ["331123"]

    def test_supervisor_waves_off_by_one_press(self, supervisor):
        make_need(enterprise_user(), text="在云峰镇开茶厂，想借50万")
        supervisor.post("/cms/places/unheard/", {"name": "云峰镇"})
        assert list(unheard.waiting()) == []

    def test_list_asks_as_often_for_one_as_for_three(self, supervisor, suichang, django_assert_num_queries):
        address = "/cms/snippets/matching/place/"
        Place.objects.create(name="云峰镇", region=suichang)
        supervisor.get(address)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            supervisor.get(address)
        for name in ("濂竹乡", "三仁乡"):
            Place.objects.create(name=name, region=region("330302", "鹿城区", "浙江省温州市鹿城区"))
        with django_assert_num_queries(len(one)):
            assert "三仁乡" in supervisor.get(address).content.decode()

    @pytest.mark.parametrize("address", ["/cms/places/unheard/", "/cms/snippets/matching/place/"])
    def test_others_do_not_enter(self, supervisor, sign_in, address):
        for person in (user_with(Role.EDITOR), user_with(Role.PRODUCT_EDITOR), UserFactory()):
            assert sign_in(person).get(address).status_code in {302, 403}
