"""A sentence that was misread: its owner mends it at the word, a supervisor makes it a case."""

import re

import pytest
from playwright.sync_api import expect

import accounts.demo
import catalogue.demo
from accounts.demo import PASSWORD
from matching.models import Need, ParseCorrection, Place
from tests.browser import PHONE, sign_in

SENTENCE = "想借百把万收鲜叶，没有抵押物，用几天还几天"


@pytest.fixture
def world(transactional_db):
    accounts.demo.load()
    catalogue.demo.load()
    accounts.demo.assign_demo_roles()


def test_misread_amount_is_mended_at_its_word_and_adopted(browse, world):
    page = browse(PHONE)
    sign_in(page, "13900000001", PASSWORD)
    page.goto("/needs/new/")
    # Too little: what matters most is asked on the spot; then another sentence.
    page.get_by_label("您需要什么").fill("想贷点款")
    page.get_by_role("button", name="看看有什么合适").click()
    expect(page.get_by_label("大概需要多少资金？")).to_be_visible()
    page.get_by_label("或者换一句话说").fill(SENTENCE)
    page.locator(".hero-box button").click()

    # The word leads to its field, inside what was folded away.
    field = page.get_by_label("最多要多少（万元）")
    expect(field).to_be_hidden()
    page.get_by_role("link", name="百把万", exact=True).click()
    expect(field).to_be_focused()
    expect(page.get_by_text("原话：“百把万”").first).to_be_visible()
    field.fill("80")
    page.get_by_label("至少要多少（万元）").fill("80")
    page.get_by_role("button", name="按修改重新匹配").click()
    expect(page.locator(".chip", has_text="80 万元")).to_be_visible()
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url(re.compile(r"/needs/\d+/$"))
    assert Need.objects.get(text=SENTENCE).amount_high == 800_000

    desk = browse()
    sign_in(desk, "13900000009", PASSWORD)
    desk.goto("/desk/corrections/")
    expect(desk.locator("del", has_text="100 万元").first).to_be_visible()
    expect(desk.locator("ins", has_text="80 万元").first).to_be_visible()
    desk.get_by_role("button", name="采纳", exact=True).click()
    expect(desk.get_by_text("已采纳，导出测试句时会带上。")).to_be_visible()
    assert ParseCorrection.objects.get().state == "adopted"

    # The name of a place is added with suggestions for where it lies.
    desk.goto("/cms/snippets/matching/place/add/?name=云上小镇")
    place = desk.locator("#id_region")
    place.fill("遂昌")
    expect(desk.locator("datalist option")).to_have_attribute("value", "浙江省丽水市遂昌县")
    place.fill("遂昌县")
    desk.get_by_role("button", name="保存").first.click()
    expect(desk.get_by_text("云上小镇").first).to_be_visible()
    assert Place.objects.get(name="云上小镇").region_id == "331123"
