"""A visitor looks for the nearest outlet on a phone; an editor puts products on a page."""

from urllib.parse import urlsplit

import pytest

from accounts.roles import Role
from content import actions
from content.models import ArticlePage
from tests.browser import DESKTOP, PHONE
from tests.content.pages import article
from tests.factories import InstitutionFactory, OutletFactory, ProductFactory, user_with

pytestmark = pytest.mark.django_db(transaction=True)


def test_nearest_outlets_without_telling_where_one_is(browse):
    bank = InstitutionFactory(name="东门银行")
    for name, latitude in (("远网点", "28.90000"), ("近网点", "28.50500")):
        OutletFactory(institution=bank, name=name, latitude=latitude, longitude="119.30000")
    OutletFactory(institution=bank, name="没有坐标")
    page = browse(PHONE, geolocation={"latitude": 28.5, "longitude": 119.3}, permissions=["geolocation"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    page.goto("/outlets/")
    page.get_by_role("button", name="看看我附近 15 分钟内的").click()
    answer = page.locator("[data-near-answer]")
    answer.get_by_text("附近约 15 分钟内：").wait_for()
    assert answer.get_by_role("link").all_text_contents() == ["近网点 · 东门银行"]
    assert answer.get_by_text("约 10 分钟 · 直线 0.6 公里").count() == 1
    assert answer.get_by_text("另有 1 处没有登记位置，没有计入。").count() == 1
    page.get_by_role("button", name="开车").click()
    answer.get_by_text("约 2 分钟").wait_for()
    assert [each for each in asked if "28.5" in each or "119.3" in each] == []
    assert "/outlets/points/" in {urlsplit(each.split(" ")[0]).path for each in asked}


def test_many_outlets_on_tiles_are_told_together_until_one_looks_nearer(browse, site, settings):
    """Tiles in shifted coordinates: what is drawn is shifted, once; the crowd counts every outlet."""
    settings.MAP_TILES_URL, settings.MAP_TILES_DATUM = site + "/no-tiles/{z}/{x}/{y}.png", "gcj02"
    bank = InstitutionFactory(name="东门银行")
    for number in range(90):
        place = {"latitude": f"{28.5 + number % 10 * 0.0004:.5f}", "longitude": f"{119.3 + number // 10 * 0.0004:.5f}"}
        OutletFactory(institution=bank, name=f"网点 {number}", **place)
    OutletFactory(institution=bank, name="远处", latitude="28.90000", longitude="119.80000")
    page = browse(DESKTOP)
    page.goto("/outlets/")
    crowd = page.locator(".map-frame .map-crowd")
    crowd.wait_for()
    assert crowd.all_inner_texts() == ["90"]
    assert page.locator(".map-frame path.leaflet-interactive").count() == 1  # the one far away stands alone
    assert crowd.locator("[aria-label='90 处网点，点击放大']").count() == 1
    crowd.focus()
    crowd.press("Enter")
    page.locator(".map-frame path.leaflet-interactive").nth(20).wait_for()
    assert page.locator(".map-frame .map-crowd").count() == 0


def test_list_and_map_without_script(browse):
    bank = InstitutionFactory(name="东门银行")
    OutletFactory(institution=bank, name="近网点", latitude="28.50500", longitude="119.30000")
    page = browse(PHONE, java_script_enabled=False)
    page.goto("/outlets/?point=28.5,119.3&by=walk&within=15")
    assert page.get_by_role("heading", name="近网点").is_visible()
    assert page.locator("svg.dot-map circle.dot-map__dot").count() == 1
    assert not page.get_by_role("button", name="看看我附近 15 分钟内的").is_visible()


def test_editor_adds_products_by_searching(browse, sign_in_to_cms):
    ProductFactory(slug="huidandai", name="惠担贷")
    page_row = article(title="怎么选")
    page = browse()
    sign_in_to_cms(page, user_with(Role.EDITOR))
    page.goto(f"/cms/pages/{page_row.pk}/edit/")
    page.locator("[data-streamfield-stream-container] button[title='插入一个块'], button.c-sf-add-button").first.click()
    page.get_by_role("option", name="产品卡片").click()
    search = page.get_by_placeholder("输入名称查找，回车添加").first
    search.fill("惠担")
    page.get_by_role("option", name="惠担贷 · huidandai").wait_for()
    search.press("Enter")
    assert page.locator(".code-list__chips li").first.inner_text().startswith("惠担贷 · huidandai")
    page.get_by_role("button", name="更多操作").last.click()
    page.get_by_role("button", name="发布").click()
    page.wait_for_url("**/cms/pages/**")
    assert [(each.block_type, each.value) for each in ArticlePage.objects.get().body] == [("products", ["huidandai"])]


@pytest.fixture
def sign_in_to_cms(client, site):
    """Signs a person in by a session of the database, as the sign-in page has its own stories."""
    from accounts.actions import sync_groups

    sync_groups()
    actions.sync_groups()

    def sign_in(page, user) -> None:
        from accounts.actions import sync_access

        sync_access(user)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    return sign_in
