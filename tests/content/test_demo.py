"""The six cases and places: everything the source states, and where it is silent, that it is."""

import tomllib

import pytest

from accounts.models import Region
from content import demo
from content.models import ArticlePage, CasePage, HomePage, PolicyPage
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db
PLACES = {
    "330900": "浙江省舟山市",
    "330102": "浙江省杭州市上城区",
    "330302": "浙江省温州市鹿城区",
    "330402": "浙江省嘉兴市南湖区",
    "330803": "浙江省衢州市衢江区",
    "331123": "浙江省丽水市遂昌县",
}
# One or two numbers of each case that must stand on its page as the source has them.
STATED = {
    7: ("2000 万元", "6‰", "11.15 亿元", "1592 笔", "25%", "32%", "减半收取"),
    8: ("5293 家", "8550 个", "分担比例原文未载", "18000 余家次"),
    9: ("40%、40%、20%", "30%", "50%", "4200 万元"),
    10: ("18 类险种", "90%、60%", "1398 个项目", "5.25 亿元"),
    11: ("6.85 元/天", "2824.5 万元", "54%", "588 户"),
    12: ("521 项政务事项", "2.65%", "203 名", "7.73 亿元"),
}


@pytest.fixture
def loaded() -> None:
    for code, name in PLACES.items():
        RegionFactory(code=code, name=name[-3:], full_name=name)
    demo.load()


def test_load_gives_what_there_is(loaded):
    assert demo.load() == {"cases": 6, "policies": 6, "articles": 3}
    assert [CasePage.objects.count(), PolicyPage.objects.count(), ArticlePage.objects.count()] == [6, 6, 3]
    assert list(CasePage.objects.order_by("number").values_list("number", flat=True)) == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("number", STATED)
def test_case_states_its_figures(client, loaded, number):
    case = CasePage.objects.get(number=number)
    page = client.get(case.get_absolute_url()).content.decode()
    assert [each for each in STATED[number] if each not in page] == []
    assert demo.SOURCE in page
    assert "原文有缺段" in page


def test_each_place_has_a_policy_that_says_what_is_missing(client, loaded):
    policies = list(PolicyPage.objects.all())
    assert {policy.region_id for policy in policies} == set(PLACES)
    for policy in policies:
        page = client.get(policy.get_absolute_url()).content.decode()
        assert "来源没有写明" in page
        assert "原文有缺段" in page


def test_load_again_keeps_an_editors_words(loaded):
    home, case = HomePage.objects.get(), CasePage.objects.get(number=7)
    home.lead, case.title = "新的引导语", "改过的标题"
    home.save_revision().publish()
    case.save_revision().publish()
    demo.load()
    assert HomePage.objects.get().lead == "新的引导语"
    assert CasePage.objects.get(number=7).title == "改过的标题"


def test_load_again_leaves_a_page_that_was_taken_down(loaded):
    CasePage.objects.get(number=8).unpublish()
    demo.load()
    assert not CasePage.objects.get(number=8).live


def test_links_between_editorial_pages_lead_somewhere(client, loaded):
    pages = [*CasePage.objects.all(), *PolicyPage.objects.all(), *ArticlePage.objects.all()]
    links = {
        link["url"] for page in pages for child in page.body if child.block_type == "links" for link in child.value
    }
    own = sorted(url for url in links if url.startswith(("/cases/", "/policies/", "/articles/")))
    assert own
    assert [url for url in own if client.get(url).status_code != 200] == []


def test_links_to_products_name_products_of_the_demo(loaded):
    from catalogue.demo import DATA

    slugs = {row["slug"] for row in tomllib.loads((DATA / "products.toml").read_text())["product"]}
    pages = [*CasePage.objects.all(), *PolicyPage.objects.all(), *ArticlePage.objects.all()]
    links = {
        link["url"] for page in pages for child in page.body if child.block_type == "links" for link in child.value
    }
    named = {url.split("/")[2] for url in links if url.startswith("/products/") and url != "/products/"}
    assert named - slugs == set()


def test_found_by_search(client, loaded, django_capture_on_commit_callbacks):
    from django.core.management import call_command

    call_command("search", "rebuild", verbosity=0)
    for words, address in (
        ("舟山 转贷", "/policies/zhoushan-yingji-zhuandai/"),
        ("拨投", "/cases/lucheng-botou-liandong/"),
    ):
        assert address in client.get("/search/", {"q": words}).content.decode()


def test_regions_of_the_demo_are_those_of_the_code_table():
    from django.core.management import call_command

    call_command("load_reference", verbosity=0)
    assert dict(Region.objects.filter(pk__in=PLACES).values_list("pk", "full_name")) == PLACES
