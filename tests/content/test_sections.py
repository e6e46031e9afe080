"""What other apps put on the front page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from catalogue.home import products_by_purpose
from tests.factories import ProductFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_products_by_purpose(reader, django_assert_num_queries):
    for number in range(4):
        ProductFactory(name=f"周转贷{number}", purposes=["working_capital"])
    ProductFactory(name="两用贷", purposes=["working_capital", "rnd"])
    ProductFactory(name="内部份额", purposes=["equity"], login_required=True)
    with django_assert_num_queries(1):
        data = products_by_purpose(reader)
    assert [(each["code"], each["count"], len(each["products"])) for each in data["purposes"]] == [
        ("working_capital", 5, 3),
        ("rnd", 1, 1),
    ]
    assert data["total"] == 5


def test_no_products_no_section(reader):
    assert products_by_purpose(reader) is None


def test_next_events_are_the_coming_ones(client):
    from events.models import Event

    now = timezone.now()
    for slug, state, days in [
        ("past", "published", -3),
        ("off", "cancelled", 1),
        ("later", "published", 9),
        ("soon", "published", 2),
    ]:
        Event.objects.create(
            title=f"活动{slug}",
            slug=slug,
            state=state,
            summary="对接",
            region=RegionFactory(),
            venue="会议室",
            starts_at=now + timedelta(days=days),
            ends_at=now + timedelta(days=days, hours=2),
        )
    page = client.get("/").content.decode()
    assert [slug for slug in ("past", "off", "draft") if f"活动{slug}" in page] == []
    assert page.index("活动soon") < page.index("活动later")


def test_teams_on_the_front_page(client):
    from advisors.models import AdvisorTeam

    team = AdvisorTeam.objects.create(name="衢江服务团", slug="qujiang", summary="一对一融资融智")
    team.regions.add(RegionFactory())
    AdvisorTeam.objects.create(name="不公开的团", slug="hidden", is_active=False)
    page = client.get("/").content.decode()
    assert "衢江服务团" in page
    assert "不公开的团" not in page
