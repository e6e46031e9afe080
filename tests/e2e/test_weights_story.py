"""A supervisor moves a slider, sees what it would change, saves it and reads it where everybody does."""

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from matching.models import WeightSet
from tests.browser import DESKTOP, PHONE, sign_in
from tests.factories import ProductFactory, enterprise_user, user_with
from tests.matching.conftest import make_need
from tests.queue import drain

pytestmark = pytest.mark.django_db(transaction=True)


def test_supervisor_changes_the_weights(browse):
    user_with(Role.SUPERVISOR, username="supervisor")
    ProductFactory(name="便宜贷", purposes=["working_capital"], rate_min="3", promised_days=20)
    ProductFactory(name="快贷", purposes=["working_capital"], rate_min="9", promised_days=1)
    for _number in range(5):
        make_need(enterprise_user())
    page = browse(DESKTOP)
    sign_in(page, "supervisor", "correct horse")
    page.goto("/desk/weights/")
    cost, speed = page.get_by_label("成本写明且低", exact=True), page.get_by_label("办得快", exact=True)
    cost.fill("0")
    speed.fill("10")
    line = page.locator(".weights-line", has=speed)
    expect(line.locator("input[type=range]")).to_have_value("10")
    expect(line.locator("[data-share]")).to_contain_text("%")
    page.get_by_role("button", name="看看会有什么变化").click()
    expect(page.locator("#progress")).to_be_visible()
    drain()
    expect(page.get_by_role("heading", name="是否公平")).to_be_visible()  # the page looks by itself
    page.get_by_label("为什么这样改").fill("企业说办得快最要紧")
    page.get_by_role("button", name="保存为新的一版").click()
    expect(page.get_by_text("第 1 版已起用")).to_be_visible()
    assert WeightSet.objects.get().terms["speed"] == 10
    visitor = browse(PHONE)
    visitor.goto("/help/matching/")
    expect(visitor.get_by_text("企业说办得快最要紧").first).to_be_visible()
