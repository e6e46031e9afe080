"""A change of a live product: written with its example cost beside it, read at two posts, and only then public."""

import pytest
from playwright.sync_api import Page, expect

from accounts.roles import Role
from catalogue.models import Product
from tests.browser import PHONE, sign_in, until
from tests.catalogue.cms import house
from tests.factories import user_with

PASSWORD = "correct horse"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank():
    found = house("东海银行", amount_max="500000")
    for name in ("editor", "reviewer", "supervisor"):
        person = getattr(found, name)
        person.username = name
        person.save()
    return found


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_change_of_a_live_product_from_the_editor_to_the_public(site, browse, bank):
    editor, reviewer, supervisor, public = browse(), browse(), browse(size=PHONE), browse(size=PHONE)
    address = bank.product.get_absolute_url()

    sign_in(editor, "editor", PASSWORD)
    editor.goto("/desk/products/")
    editor.get_by_role("link", name="东海银行贷").click()
    tab(editor, "能借多少、要花多少")
    editor.get_by_label("最高额度（元）").fill("800000")
    editor.locator("#id_tariffs-ADD").click()
    editor.locator("#id_tariffs-0-kind").select_option("guarantee_fee")
    editor.locator("#id_tariffs-0-basis").select_option("per_day_used")
    editor.locator("#id_tariffs-0-rate").fill("0.5")
    editor.locator("#id_tariffs-0-text").fill("担保费率 0.5%，按实际用款天数")
    expect(editor.locator("[data-figures-example]")).to_contain_text("4,000.00")  # 80 万元 for a year
    editor.locator("#id_tariffs-0-cap_amount").fill("900000")
    expect(editor.locator(".product-warning")).to_have_text("比产品的最高额度 80 万元 还高，这个上限不起作用。")
    editor.locator("#id_tariffs-0-cap_amount").fill("")
    expect(editor.locator(".product-warning")).to_have_count(0)
    editor.locator('button[name="action-submit"]').click()
    expect(editor.get_by_text("“东海银行贷”已提交审核")).to_be_visible()

    public.goto(address)
    expect(public.get_by_text("最高 50 万元").first).to_be_visible()
    expect(public.get_by_text("担保费率 0.5%")).to_have_count(0)

    for page, name in ((reviewer, "reviewer"), (supervisor, "supervisor")):
        sign_in(page, name, PASSWORD)
        page.goto("/desk/products/review/")
        changes = page.locator(".differences")
        expect(changes).to_contain_text("最高额度（元）")
        expect(changes.locator("del").first).to_contain_text("500,000")
        expect(changes.locator("ins").first).to_contain_text("800,000")
        public.reload()
        expect(public.get_by_text("最高 50 万元").first).to_be_visible()
        page.get_by_label("选中东海银行贷").check()
        page.get_by_role("button", name="通过选中的").click()
        expect(page.get_by_text("通过了 1 个产品。")).to_be_visible()

    for where in (address, "/products/", "/search/?q=东海银行贷"):
        public.goto(where)
        expect(public.get_by_text("最高 80 万元").or_(public.get_by_text("80 万元")).first).to_be_visible()
    public.goto(f"{address}history/")
    expect(public.get_by_text("第 2 版")).to_be_visible()
    expect(public.locator(".differences").first).to_contain_text("资费（新增）")
    assert Product.objects.get(pk=bank.product.pk).amount_max == 800_000


def newest(product: Product) -> str:
    return Product.objects.get(pk=product.pk).get_latest_revision_as_object().summary


def test_second_editor_sees_who_edits_and_loses_nothing(site, browse, bank):
    colleague = user_with(Role.PRODUCT_EDITOR, bank.institution, username="colleague", name="李同事")
    first, second = browse(), browse()
    url = f"/cms/snippets/catalogue/product/edit/{bank.product.pk}/"
    for page, name in ((first, "editor"), (second, colleague.username)):
        sign_in(page, name, PASSWORD)
        page.goto(url)
    expect(second.get_by_text(f"{bank.editor.name} 也打开着这个产品")).to_be_visible()

    first.bring_to_front()
    first.reload()
    first.wait_for_timeout(3000)  # the form looks for changes from two seconds on
    first.locator("#id_summary").fill("第一个人写的介绍")
    until(lambda: newest(bank.product) == "第一个人写的介绍")  # saved by itself
    second.locator("#id_summary").fill("第二个人写的介绍")
    expect(second.locator("#id_summary")).to_have_value("第二个人写的介绍")
    expect(second.get_by_text("保存会覆盖别人刚存的版本。").first).to_be_visible()
    assert newest(bank.product) == "第一个人写的介绍"
