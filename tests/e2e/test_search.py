"""Searching as people do it: typing pinyin, choosing by keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from search.models import SearchedQuery
from tests.browser import PHONE, follow, sign_in, until
from tests.factories import ProductFactory, UserFactory


@pytest.fixture
def products(transactional_db):
    return [ProductFactory(name=name, slug=f"loan-{n}") for n, name in enumerate(["惠担贷", "农担贷", "取水贷"])]


def test_suggestion_chosen_by_keyboard_opens_it(browse, products):
    page = browse(PHONE)
    page.goto("/search/")
    box = page.get_by_role("combobox", name="搜索产品、机构、政策、活动")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("hdd")
    option = page.get_by_role("option", name="惠担贷")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    box.press("Escape")
    expect(option).to_be_hidden()
    box.press("ArrowDown")
    expect(option).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/products/loan-0/")


def test_search_without_javascript_is_a_plain_form(browse, products):
    page = browse(PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="搜索").click()  # a phone's header has no room for the box
    box = page.get_by_role("searchbox", name="搜索产品、机构、政策、活动")
    box.fill("担贷")
    box.press("Enter")
    found = page.get_by_role("region", name="金融产品").get_by_role("heading", level=3)
    expect(found).to_have_count(2)
    assert sorted(found.all_inner_texts()) == ["农担贷", "惠担贷"]


def test_page_of_results_tells_once_that_it_was_shown_and_that_one_was_opened(browse, products):
    page = browse(PHONE)
    page.goto("/search/?q=担贷")
    until(lambda: SearchedQuery.objects.filter(text="担贷", times=1).exists())
    page.reload()
    page.get_by_role("link", name="惠担贷").click()
    page.wait_for_url("**/products/loan-0/")
    until(lambda: SearchedQuery.objects.filter(clicks=1).exists())
    page.go_back()
    page.wait_for_url("**/search/**")
    assert list(SearchedQuery.objects.values_list("text", "times", "results", "clicks")) == [("担贷", 1, 2, 1)]


def test_recent_searches_stay_on_the_device_until_they_are_cleared(browse, products):
    page = browse(PHONE)
    page.goto("/search/")
    box = page.get_by_role("combobox", name="搜索产品、机构、政策、活动")
    for typed in ("担贷", "13900000001", "取水"):
        box.fill(typed)
        box.press("Enter")
        page.wait_for_url("**/search/?q=*")
    page.goto("/search/")
    expect(page.get_by_role("region", name="最近搜过").get_by_role("link")).to_have_text(["取水", "担贷"])
    box.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_text(["取水最近搜过", "担贷最近搜过", "清除最近的搜索"])
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", page.get_by_role("option").nth(1).get_attribute("id"))
    box.press("Enter")
    page.wait_for_url("**/search/?q=%E6%8B%85%E8%B4%B7")
    page.goto("/search/")
    box.press("ArrowUp")
    box.press("ArrowUp")
    box.press("Enter")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("region", name="最近搜过")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('search.recent')") is None

    box.fill("农担")  # by whoever uses the device: it stays
    box.press("Enter")
    page.wait_for_url("**/search/?q=*")
    sign_in(page, UserFactory().username, "correct horse")
    page.goto("/search/")
    expect(page.get_by_role("region", name="最近搜过")).to_be_hidden()
    box.fill("担贷")
    box.press("Enter")
    page.wait_for_url("**/search/?q=*")
    page.goto("/search/")
    expect(page.get_by_role("region", name="最近搜过").get_by_role("link")).to_have_text(["担贷"])
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(lambda url: "/accounts/logout/" not in url)
    page.goto("/search/")
    expect(page.get_by_role("region", name="最近搜过").get_by_role("link")).to_have_text(["农担"])
    assert page.evaluate("Object.entries(localStorage)") == [["search.recent", '["农担"]']]


def test_slider_and_input_are_one_bound(browse, transactional_db):
    for name, amount in (("潮汐贷", 200_000), ("潮汐大额贷", 2_000_000)):
        ProductFactory(name=name, amount_max=amount)
    page = browse(PHONE)
    page.goto("/search/?q=潮汐&type=product")
    page.locator("#filters").click()
    low = page.get_by_role("group", name="最高额度（元）").get_by_role("textbox", name="不低于")
    slider = page.get_by_role("slider", name="最高额度（元） 不低于")
    expect(slider).to_have_attribute("aria-valuetext", "不限")
    low.fill("480000")
    expect(slider).to_have_attribute("aria-valuetext", "50 万元")
    slider.press("ArrowRight")
    expect(low).to_have_value("1000000")
    page.get_by_role("button", name="查看结果").click()
    page.wait_for_url("**/search/?q=%E6%BD%AE%E6%B1%90&type=product&amount_max_from=1000000")
    expect(page.locator(".search-hits h3")).to_have_text(["潮汐大额贷"])
    follow(page.get_by_role("link", name="最高额度不低于 100 万元 ，去掉这个条件"))
    expect(page.locator(".search-hits h3")).to_have_count(2)
