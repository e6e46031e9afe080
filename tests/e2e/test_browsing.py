"""Finding, comparing and keeping products on a phone, with a thumb and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, fits, sign_in
from tests.factories import InstitutionFactory, ProductFactory, enterprise_user

PASSWORD = "correct horse"


@pytest.fixture
def products(transactional_db):
    banks = [InstitutionFactory(name=f"东海{name}银行", slug=f"sea-{n}") for n, name in enumerate("甲乙丙丁戊")]
    return [
        ProductFactory(
            name=f"{name}贷",
            slug=f"loan-{n}",
            institution=bank,
            amount_max=(n + 1) * 100_000,
            audience="小微企业",
            guarantee_kinds=["credit"] if n < 2 else ["guarantor"],
        )
        for n, (name, bank) in enumerate(zip(["茶农", "船舶", "订单", "首贷", "科创"], banks, strict=True))
    ]


def named(does: str, what: str) -> re.Pattern[str]:
    """A control whose name begins with what it does and goes on with what for."""
    return re.compile(f"^{does}\\s*：{what}")


@pytest.mark.parametrize("script", [True, False])
def test_filters_stand_behind_one_button_and_say_how_many(browse, products, script):
    page = browse(PHONE, java_script_enabled=script)
    page.goto("/products/")
    box = page.get_by_role("search", name="筛选产品")
    expect(box).to_be_hidden()
    page.locator("#filters").click()
    expect(box).to_be_visible()
    box.locator("summary", has_text="担保方式").click()
    box.get_by_role("checkbox", name="信用（无抵押） 2").check()
    box.get_by_role("button", name="查看结果").click()
    expect(page.get_by_role("status").filter(has_text="共 2 个")).to_be_visible()
    expect(page.locator("#filters .count")).to_contain_text("1")
    page.get_by_role("list", name="已选条件").get_by_role("link", name="信用（无抵押）").click()
    expect(page.get_by_role("status").filter(has_text="共 5 个")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_compare_two_of_four_in_view_and_swipe_to_the_rest(browse, products, script):
    page = browse(PHONE, java_script_enabled=script)
    page.goto("/products/?sort=amount")
    for n, name in enumerate(["科创贷", "首贷贷", "订单贷", "船舶贷"], start=1):
        page.get_by_role("link", name=named("加入对比", name)).click()
        expect(page.get_by_role("link", name=f"对比 {n} 个")).to_be_visible()
    page.get_by_role("link", name=named("加入对比", "茶农贷")).click()
    expect(page.get_by_role("alert")).to_have_text("最多对比四个。要加入“茶农贷”，请先移除一个。")
    fits(page)
    page.get_by_role("link", name="对比 4 个").click()
    page.wait_for_url("**/products/compare/?p=loan-4&p=loan-3&p=loan-2&p=loan-1")
    fits(page)
    heads = page.get_by_role("columnheader").filter(has=page.get_by_role("link"))
    expect(heads).to_have_count(4)
    wide = [heads.nth(n).bounding_box() for n in range(4)]
    assert wide[0]["x"] >= 0
    assert wide[1]["x"] + wide[1]["width"] <= PHONE[0]  # two are in view
    assert wide[2]["x"] >= PHONE[0] - 20  # the third is a swipe away
    if script:
        page.locator(".compare-wrap").evaluate("element => element.scrollTo({left: element.scrollWidth})")
        expect(heads.nth(3)).to_be_in_viewport()
        expect(
            page.get_by_role("rowheader", name="额度 不同")
        ).to_be_in_viewport()  # the label stays while columns move
    page.get_by_text("相同的", exact=False).first.click()
    expect(page.locator(".compare-equal dl")).to_contain_text("小微企业")
    page.get_by_role("link", name="移除 科创贷").click()
    expect(heads).to_have_count(3)


def test_names_stay_on_top_of_a_long_comparison(browse, products):
    for product in products[:2]:
        product.description = product.materials = "\n".join(f"材料 {product.slug} {n}" for n in range(60))
        product.save()
    page = browse(PHONE)
    page.goto("/products/compare/?p=loan-0&p=loan-1")
    page.locator(".compare-wrap").evaluate("element => element.scrollTo({top: 400})")
    expect(page.get_by_role("link", name="茶农贷", exact=True)).to_be_in_viewport()


def test_visitor_keeps_a_product_by_signing_in_and_finds_it(browse, products):
    user = enterprise_user(phone="+8613900008888", username="keeper")
    user.set_password(PASSWORD)
    user.save()
    page = browse(PHONE)
    page.goto("/products/loan-1/")
    page.get_by_role("link", name=named("收藏", "船舶贷")).click()
    page.locator("input[name=login]").fill("13900008888")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url("**/products/loan-1/")
    button = page.get_by_role("button", name=named("已收藏", "船舶贷"))
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto("/me/favourites/")
    expect(page.get_by_role("link", name="船舶贷", exact=True)).to_be_visible()
    fits(page)
    page.get_by_role("button", name=named("已收藏", "船舶贷")).click()
    expect(page.get_by_text("还没有收藏产品")).to_be_visible()


def test_somebody_signed_in_keeps_from_the_list_and_stays_there(browse, products):
    user = enterprise_user(phone="+8613900007777", username="keeper")
    user.set_password(PASSWORD)
    user.save()
    page = browse(PHONE)
    sign_in(page, "13900007777", PASSWORD)
    page.goto("/products/?sort=amount")
    page.get_by_role("button", name=named("收藏", "科创贷")).click()
    page.wait_for_url("**/products/?sort=amount")
    expect(page.get_by_role("button", name=named("已收藏", "科创贷"))).to_be_visible()


def test_choosing_on_a_desktop_renews_the_list_at_once_and_back_undoes_it(browse, products):
    page = browse()
    page.goto("/products/")
    page.get_by_role("search", name="筛选产品").locator("summary", has_text="担保方式").click()
    page.get_by_role("checkbox", name="信用（无抵押） 2").check()
    expect(page.get_by_role("status").filter(has_text="共 2 个")).to_be_visible()
    page.wait_for_url("**/products/?guarantee=credit")
    expect(page.get_by_role("checkbox", name="信用（无抵押） 2")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("status").filter(has_text="共 5 个")).to_be_visible()
