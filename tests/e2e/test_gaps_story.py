"""A supervisor has the gaps worked out and follows a figure; a bank reads them, bends its product, and who asked is told."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from tests.browser import DESKTOP, PHONE, fits, sign_in
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory, enterprise_user, user_with
from tests.matching.conftest import make_need
from tests.queue import drain

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse"
NOTHING_ELSE = {"guarantee_refused": ["credit", "guarantor", "real_estate"]}


def unmet(region, owner=None, amount: int = 60):
    return make_need(
        owner or enterprise_user(),
        text=f"有一批应收账款，想借 {amount} 万元备货",
        guarantee_kinds=["receivable"],
        details=NOTHING_ELSE,
        amount_low=Decimal(amount * 10_000),
        amount_high=Decimal(amount * 10_000),
        region=region,
        tells_new=True,
    )


def test_gaps_are_worked_out_read_and_bent(browse):
    bank = InstitutionFactory(name="海岛银行")
    product = ProductFactory(
        name="抵押快贷",
        institution=bank,
        purposes=["working_capital"],
        amount_max=3_000_000,
        guarantee_kinds=["real_estate"],
    )
    places = [RegionFactory(code=code) for code in ("330902", "330903")]
    for number in range(14):
        unmet(places[number % 2], amount=30 + 10 * (number % 5))
    owner = enterprise_user(username="owner")
    unmet(places[0], owner)
    user_with(Role.SUPERVISOR, username="supervisor")
    user_with(Role.PRODUCT_EDITOR, bank, username="editor")

    page = browse(DESKTOP)
    sign_in(page, "supervisor", PASSWORD)
    page.goto("/desk/gaps/")
    expect(page.get_by_text("还没有算过")).to_be_visible()
    page.get_by_role("button", name="现在计算").click()
    expect(page.locator("#progress")).to_be_visible()
    drain()
    expect(page.get_by_role("heading", name="放宽哪一条，能多满足谁")).to_be_visible()  # the page looks by itself
    page.get_by_role("link", name="接受应收账款质押，额度到 70 万元").click()
    expect(page.get_by_role("heading", name="接受应收账款质押，额度到 70 万元")).to_be_visible()
    assert page.locator("tbody tr").count() == 15

    phone = browse(PHONE)
    sign_in(phone, "editor", PASSWORD)
    phone.goto("/desk/gaps/")
    fits(phone)
    expect(
        phone.get_by_text("若“抵押快贷”接受应收账款质押，额度到 70 万元，至少可多满足 15 家企业的需求。")
    ).to_be_visible()

    product.guarantee_kinds = ["real_estate", "receivable"]
    product.save()
    drain()
    told = browse(PHONE)
    sign_in(told, "owner", PASSWORD)
    told.goto("/me/notices/")
    expect(told.get_by_text("有新的合适产品“抵押快贷”")).to_be_visible()
