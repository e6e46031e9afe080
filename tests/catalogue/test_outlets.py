"""Outlets and service items as the public meets them: list, circle, map, one outlet, what can be done."""

import json
import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError

from catalogue.models import Landmark, Outlet, ServiceItem, StatedCount
from catalogue.places import distance, hours
from search.queries import find
from tests.factories import InstitutionFactory, OutletFactory, RegionFactory

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2027, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WEEKDAYS, SUNDAYS = "周一至周五 09:00-17:00", "周日 09:00-12:00"
LIST_QUERIES = 9
OUTLET_QUERIES = 3
SERVICE_QUERIES = 4
KM = 1 / 111.195  # degrees of latitude


def names(page) -> list[str]:
    return [row.outlet.name for row in page.context["page"]]


def text(page) -> str:
    return page.content.decode()


@pytest.fixture
def three():
    """One at the null point of the tests, one 1 km north, one 10 km north, and one that nobody has placed."""
    bank = InstitutionFactory(name="东门银行", slug="dongmen")
    for name, km in (("近", 0), ("一里外", 1), ("十里外", 10)):
        OutletFactory(
            institution=bank, name=name, latitude=Decimal("28.5") + Decimal(f"{km * KM:.5f}"), longitude="119.3"
        )
    OutletFactory(institution=bank, name="没有坐标")
    return bank


class TestList:
    def test_filters_narrow(self, client):
        other = RegionFactory(code="331123", name="遂昌县", full_name="浙江省丽水市遂昌县")
        bank = InstitutionFactory(name="东门银行", slug="dongmen")
        item = ServiceItem.objects.create(institution=bank, name="信贷服务", group="host")
        OutletFactory(institution=bank, name="东门", address="东门路 1 号").services.add(item)
        OutletFactory(name="西门", address="西门路 2 号", region=other, has_government_counter=True)
        assert names(client.get("/outlets/", {"q": "西门路"})) == ["西门"]
        assert names(client.get("/outlets/", {"q": "信贷"})) == ["东门"]
        assert names(client.get("/outlets/", {"institution": "dongmen"})) == ["东门"]
        assert names(client.get("/outlets/", {"region": "331123"})) == ["西门"]
        assert names(client.get("/outlets/", {"service": "信贷服务"})) == ["东门"]
        assert names(client.get("/outlets/", {"government": "1"})) == ["西门"]
        assert "没有找到网点" in text(client.get("/outlets/", {"q": "月球"}))

    def test_wider_place_holds_its_counties(self, client):
        city = RegionFactory(code="331100", name="丽水市", full_name="浙江省丽水市", level=2)
        county = RegionFactory(code="331123", name="遂昌县", full_name="浙江省丽水市遂昌县", parent=city)
        OutletFactory(name="遂昌", region=county)
        OutletFactory(name="定海")
        page = client.get("/outlets/", {"region": "331100"})
        assert names(page) == ["遂昌"]
        assert [place.pk for place in page.context["choices"]["places"]] == ["330902", "331100", "331123"]

    @time_machine.travel(TUESDAY, tick=False)
    def test_open_now_is_computed(self, client):
        OutletFactory(name="开", hours=hours.read(WEEKDAYS))
        OutletFactory(name="关", hours=hours.read(SUNDAYS))
        OutletFactory(name="不明")
        assert names(client.get("/outlets/", {"open": "1"})) == ["开"]
        page = text(client.get("/outlets/"))
        assert "现在营业，17:00 止" in page
        assert "现在不营业，3月7日 周日 09:00 开门" in page
        assert page.count("营业时间以机构为准") == 1

    def test_list_is_whole_without_script(self, client, three):
        page = text(client.get("/outlets/"))
        for name in ("近", "一里外", "十里外", "没有坐标"):
            assert f">{name}</a>" in page
        assert page.count('class="dot-map__dot ') == 3
        assert "<style" not in page
        assert "style=" not in page

    def test_closed_institution_is_left_out(self, client):
        OutletFactory(institution__is_active=False)
        assert names(client.get("/outlets/")) == []
        assert client.get("/outlets/points/").json() == {"points": [], "unplaced": 0}

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        bank = InstitutionFactory()
        item = ServiceItem.objects.create(institution=bank, name="信贷服务", group="host")
        for _ in range(number):
            OutletFactory(institution=bank, latitude="28.5", longitude="119.3").services.add(item)
            StatedCount.objects.create(
                institution=InstitutionFactory(),
                subject="outlets",
                count=85,
                unit="个",
                source="甲",
                as_of="2024-12-31",
            )
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/outlets/", {"point": "28.5,119.3"})


class TestCircle:
    def test_outlets_within_the_minutes_come_nearest_first(self, client, three):
        page = client.get("/outlets/", {"point": "28.5, 119.3", "by": "walk", "within": "30"})
        assert names(page) == ["近", "一里外"]
        assert (page.context["answer"].beyond, page.context["answer"].unplaced) == (1, 1)
        assert "分钟数是估算" in text(page)
        assert "另有 1 处没有登记位置" in text(page)

    def test_driving_reaches_farther(self, client, three):
        assert names(client.get("/outlets/", {"point": "28.5, 119.3", "by": "drive", "within": "30"})) == [
            "近",
            "一里外",
            "十里外",
        ]

    def test_chosen_place_is_a_start(self, client, three):
        place = Landmark.objects.create(
            name="工业园", region=RegionFactory(), latitude="28.509", longitude="119.3", source="测试"
        )
        page = client.get("/outlets/", {"from": place.pk})
        assert names(page) == ["一里外"]
        assert "工业园出发，约 15 分钟内有 1 处" in text(page)

    def test_point_that_can_not_be_read_says_so_and_lists_all(self, client, three):
        page = client.get("/outlets/", {"point": "县政府"})
        assert len(names(page)) == 4
        assert "这个坐标没有看懂" in text(page)
        assert 'value="县政府"' in text(page)

    def test_factors_are_settings(self, settings):
        settings.ROAD_FACTOR, settings.WALKING_KMH, settings.DRIVING_KMH = 1.5, 4.0, 40.0
        ways = distance.factors()
        assert ways.minutes(1, "walk") == 22.5
        assert ways.radius_km(15, "drive") == pytest.approx(6.6667, abs=1e-4)
        assert ways.minutes(ways.radius_km(15, "walk"), "walk") == pytest.approx(15)

    def test_distance_is_the_great_circle(self):
        assert distance.straight_km((28.5, 119.3), (29.5, 119.3)) == pytest.approx(111.195, abs=0.01)

    @pytest.mark.parametrize(
        ("typed", "point"),
        [
            ("28.5, 119.3", (28.5, 119.3)),
            ("119.3，28.5", (28.5, 119.3)),
            ("28.5", None),
            ("200, 300", None),
            ("nan,1", None),
        ],
    )
    def test_point_is_read_in_either_order(self, typed, point):
        assert distance.read_point(typed) == point


class TestMap:
    def test_points_hold_what_the_script_draws_and_ask_for_no_position(self, client, three):
        found = client.get("/outlets/points/", {"institution": "dongmen", "lat": "1", "lng": "2"}).json()
        assert [point["name"] for point in found["points"]] == ["一里外", "十里外", "近"]
        assert found["unplaced"] == 1
        assert "km" not in found["points"][0]

    def test_tiles_only_where_they_are_set(self, client, three, settings):
        page = client.get("/outlets/")
        assert "leaflet" not in text(page)
        settings.MAP_TILES_URL = "https://tiles.example/{z}/{x}/{y}.png"
        assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in text(client.get("/outlets/"))

    def test_tile_hosts_are_exactly_those_of_the_address(self):
        from portal.settings.environment import tile_hosts

        assert tile_hosts("", "abc") == []
        assert tile_hosts("https://t{s}.tiles.example:8443/{z}/{x}/{y}", "01") == [
            "https://t0.tiles.example:8443",
            "https://t1.tiles.example:8443",
        ]
        assert tile_hosts("https://tiles.example/{z}/{x}/{y}.png?key=1", "abc") == ["https://tiles.example"]


class TestOutlet:
    @time_machine.travel(TUESDAY, tick=False)
    def test_page_says_where_when_what_and_who(self, client):
        bank = InstitutionFactory()
        item = ServiceItem.objects.create(institution=bank, name="融资担保", group="host")
        outlet = OutletFactory(
            institution=bank,
            name="东门网点",
            address="东门路 1 号",
            latitude="28.59220",
            longitude="119.27560",
            phone="0578-8120000",
            hours=hours.read(WEEKDAYS),
            exceptions=hours.read_exceptions("2027-03-04 休息 停电"),
            duty=hours.read_duty("金融顾问：周一 09:00-12:00"),
        )
        outlet.services.add(item)
        page = client.get(f"/outlets/{outlet.pk}/")
        body = text(page)
        assert "现在营业，17:00 止" in body
        assert "浙江省舟山市定海区东门路 1 号" in body
        assert "geo:28.59220,119.27560?q=28.59220,119.27560(%E4%B8%9C%E9%97%A8%E7%BD%91%E7%82%B9)" in body
        assert [(each.times, each.note) for each in page.context["days"]][:3] == [
            ("09:00–17:00", ""),
            ("09:00–17:00", ""),
            ("", "停电"),
        ]
        assert page.context["duty"] == [{"role": "金融顾问", "when": "周一 09:00–12:00"}]
        assert "<svg" in page.context["qr"]
        structured = json.loads(re.search(r'ld\+json">(.*?)</script>', body)[1])
        assert structured["openingHoursSpecification"][0] == {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": "Monday",
            "opens": "09:00",
            "closes": "17:00",
        }

    def test_what_is_not_known_is_said(self, client):
        body = text(client.get(f"/outlets/{OutletFactory().pk}/"))
        assert "地址以机构为准" in body
        assert "机构还没有登记营业时间" in body
        assert "geo:" not in body

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        outlet = OutletFactory(hours=hours.read(WEEKDAYS))
        for place in range(number):
            outlet.services.create(institution=outlet.institution, name=f"事项{place}", group="host")
        with django_assert_num_queries(OUTLET_QUERIES):
            client.get(f"/outlets/{outlet.pk}/")

    @pytest.mark.parametrize("phone", ["13812345678", "138 1234 5678", "0578-8120000 / 139-1234-5678"])
    def test_private_phone_is_refused(self, phone):
        with pytest.raises(ValidationError) as refused:
            OutletFactory.build(phone=phone, region=RegionFactory(), institution=InstitutionFactory()).full_clean()
        assert list(refused.value.message_dict) == ["phone"]

    def test_half_a_point_is_refused(self):
        with pytest.raises(ValidationError) as refused:
            OutletFactory.build(latitude="28.5", region=RegionFactory(), institution=InstitutionFactory()).full_clean()
        assert "longitude" in refused.value.message_dict


class TestServices:
    def test_items_stand_by_institution_and_group_beside_what_the_source_counts(self, client):
        bank = InstitutionFactory(name="主办行")
        named = ServiceItem.objects.create(
            institution=bank, name="融资担保", group="host", how_to_apply="带营业执照到网点\n客户经理受理"
        )
        ServiceItem.objects.create(institution=bank, name="基金申请", group="basic")
        OutletFactory(institution=bank, name="东门网点").services.add(named)
        StatedCount.objects.create(
            institution=bank, subject="host", count=9, unit="项", source="案例 12", as_of="2024-12-31"
        )
        page = client.get("/services/")
        groups = page.context["places"][0]["groups"]
        assert [(each["code"], [item.name for item in each["named"]]) for each in groups] == [
            ("host", ["融资担保"]),
            ("basic", ["基金申请"]),
        ]
        body = text(page)
        assert "来源写明共 9 项" in body
        assert ">东门网点</a>" in body
        assert "<li>带营业执照到网点</li>" in body

    def test_filters_narrow(self, client):
        bank = InstitutionFactory(slug="bank")
        ServiceItem.objects.create(institution=bank, name="融资担保", group="host")
        ServiceItem.objects.create(institution=InstitutionFactory(), name="基金申请", group="basic")
        shown = lambda **query: [  # noqa: E731
            item.name
            for place in client.get("/services/", query).context["places"]
            for group in place["groups"]
            for item in group["named"]
        ]
        assert shown(group="basic") == ["基金申请"]
        assert shown(institution="bank") == ["融资担保"]
        assert shown(q="担保") == ["融资担保"]
        assert shown(q="月球") == []

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        for place in range(number):
            item = ServiceItem.objects.create(institution=InstitutionFactory(), name=f"事项{place}", group="host")
            OutletFactory(institution=item.institution).services.add(item)
        with django_assert_num_queries(SERVICE_QUERIES):
            client.get("/services/")


class TestSearch:
    def test_outlet_is_found_by_what_it_offers_and_service_by_its_name(self):
        bank = InstitutionFactory(name="主办行")
        item = ServiceItem.objects.create(institution=bank, name="取水权质押登记", group="basic")
        outlet = OutletFactory(institution=bank, name="东门网点")
        outlet.services.add(item)
        assert find("outlet", q="取水权").ids == [outlet.pk]
        assert find("service", q="取水权质押").ids == [item.pk]

    def test_outlet_of_a_closed_institution_leaves_the_index(self):
        outlet = OutletFactory(name="东门网点")
        assert find("outlet", q="东门网点").ids == [outlet.pk]
        outlet.institution.is_active = False
        outlet.institution.save()
        assert find("outlet", q="东门网点").ids == []


def test_demo_holds_only_what_the_source_states():
    from django.core.management import call_command

    call_command("load_reference", verbosity=0)
    from catalogue.demo import load

    load()
    stated = Outlet.objects.filter(is_demo=False)  # the others say on every page that they are fictional
    assert sorted(stated.values_list("name", "address")) == [
        ("主办行金融顾问工作室", ""),
        ("玉皇山南产投融服务中心", ""),
    ]
    said = StatedCount.objects.values_list("subject", "count")
    assert dict(said) == {"outlets": 85, "government": 521, "host": 9, "basic": 14, "value_added": 68}


class TestEditing:
    """The form in the CMS: hours typed as people write them."""

    @pytest.fixture
    def post(self, client):
        from django.urls import reverse

        from accounts.actions import sync_groups as sync_roles
        from accounts.roles import Role
        from catalogue.actions import sync_groups
        from tests.factories import user_with

        sync_roles()
        sync_groups()
        bank = InstitutionFactory()
        client.force_login(user_with(Role.PRODUCT_REVIEWER, bank))
        told = {
            "institution": bank.pk,
            "name": "东门网点",
            "region": str(RegionFactory()),
            "hours": "",
            "exceptions": "",
        }
        told |= {
            "duty": "",
            "address": "",
            "latitude": "",
            "longitude": "",
            "phone": "",
            "holiday_rule": "",
            "source": "",
        }
        return lambda **more: client.post(reverse("wagtailsnippets_catalogue_outlet:add"), told | more)

    def test_typed_hours_become_data(self, post):
        answer = post(hours=WEEKDAYS, exceptions="2027-02-17 休息 春节", duty="客户经理：工作日", holiday_rule="closed")
        assert answer.status_code == 302, answer.context["form"].errors
        outlet = Outlet.objects.get()
        assert (outlet.hours_text, outlet.exceptions, hours.write_duty(outlet.duty)) == (
            "周一至周五 09:00–17:00",
            [{"day": "2027-02-17", "times": [], "note": "春节"}],
            "客户经理：周一至周五",
        )

    def test_what_can_not_be_read_is_said_and_kept(self, post):
        answer = post(hours="早九晚五", phone="13812345678")
        assert not Outlet.objects.exists()
        assert "这一段没有看懂：早九晚五" in str(answer.context["form"].errors["hours"])
        assert list(answer.context["form"].errors) == ["hours", "phone"]
        assert ">\n早九晚五</textarea>" in text(answer)
