"""Searching as people do it: typing pinyin, choosing by keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from search.models import SearchedQuery
from tests.browser import PHONE, until
from tests.factories import ProductFactory


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
    expect(page.get_by_role("link", name="惠担贷")).to_be_visible()
    expect(page.get_by_role("link", name="农担贷")).to_be_visible()
    expect(page.get_by_role("link", name="取水贷")).to_have_count(0)


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
