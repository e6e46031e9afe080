"""A newcomer joins an enterprise on a phone, its owner accepts on another; an institution lets a manager go."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import EnterpriseMember, User
from accounts.roles import Role
from matching.referrals import actions as referrals
from tests.browser import PHONE, fits, follow, sign_in
from tests.factories import IndustryFactory, UserFactory, enterprise_user, user_with
from tests.matching.conftest import make_scene

PASSWORD = "correct horse"


def enter(page: Page, user: User) -> Page:
    """As signed in by what production asks of staff: the cookie of a session made for the person."""
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    page.goto("/")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])
    return page


def test_newcomer_joins_an_existing_enterprise_and_the_owner_accepts_on_a_phone(browse, transactional_db):
    IndustryFactory()
    owner, newcomer = enterprise_user(name="茶小满"), UserFactory(name="李财务")
    page = browse(PHONE)
    sign_in(page, newcomer.username, PASSWORD)
    page.goto("/me/enterprise/new/")
    page.get_by_label("统一社会信用代码").fill(owner.enterprise.uscc)
    page.get_by_label("企业名称").fill("云雾茶坊")
    page.get_by_role("button", name="登记企业").click()
    follow(page.get_by_role("link", name="申请加入", exact=True))
    fits(page)
    page.get_by_label("想对负责人说的话").fill("我是财务小李，负责贷款")
    page.get_by_role("button", name="申请加入").click()
    expect(page.get_by_text("申请已送到负责人")).to_be_visible()
    expect(page.get_by_text("等待同意", exact=True)).to_be_visible()
    fits(page)

    other = browse(PHONE)
    sign_in(other, owner.username, PASSWORD)
    other.goto("/me/")
    other.get_by_role("link", name="李财务").click()
    expect(other.get_by_text("我是财务小李，负责贷款")).to_be_visible()
    fits(other)
    other.get_by_role("button", name="同意加入").click()
    expect(other.get_by_text("李财务 已加入，成为经办人。")).to_be_visible()

    page.goto("/me/")
    expect(page.get_by_role("heading", name=owner.enterprise.name)).to_be_visible()
    assert EnterpriseMember.objects.get(user=newcomer).kind == "member"


@pytest.mark.parametrize("size", [PHONE, (1440, 900)])
def test_removed_manager_is_out_at_the_next_click_and_the_referrals_are_with_the_colleague(
    browse, transactional_db, size
):
    scene = make_scene()
    referral = referrals.accept(scene.start()[0], by=scene.manager)
    admin = user_with(Role.INSTITUTION_ADMINISTRATOR, scene.bank)
    colleague = user_with(Role.RELATIONSHIP_MANAGER, scene.bank, name="孙新人")
    leaving = enter(browse(), scene.manager)
    leaving.goto("/desk/referrals/")
    expect(leaving.get_by_role("link", name=scene.enterprise.name).first).to_be_visible()

    desk = enter(browse(size), admin)
    desk.goto("/desk/staff/")
    fits(desk)
    follow(desk.get_by_role("link", name=scene.manager.name))
    fits(desk)
    desk.get_by_role("link", name="移出并交接").click()
    expect(desk.get_by_role("heading", name="没办完的对接单")).to_be_visible()
    fits(desk)
    desk.get_by_label("交给").select_option(label="孙新人")
    desk.get_by_role("button", name="移出并交接").click()
    expect(desk.get_by_text("已移出，工作已交接")).to_be_visible()

    leaving.get_by_role("link", name=scene.enterprise.name).first.click()
    leaving.wait_for_url("**/accounts/login/**")

    theirs = enter(browse(), colleague)
    theirs.goto("/desk/referrals/")
    theirs.get_by_role("link", name=scene.enterprise.name).first.click()
    expect(theirs.get_by_text("更换客户经理")).to_be_visible()
    referral.refresh_from_db()
    assert referral.manager == colleague
