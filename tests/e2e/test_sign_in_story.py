"""Signing in as people do: a passkey on the phone (Chromium's own virtual authenticator), an app's numbers, two devices."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import SmsMessage, User
from accounts.roles import Role
from tests import totp
from tests.browser import DESKTOP, PHONE, fits, follow, sign_in
from tests.factories import enterprise_user, user_with

PASSWORD = "correct horse"


def with_authenticator(page: Page, *, unlocks: bool = True) -> tuple:
    """A device that makes passkeys and unlocks them as its owner would; (session, id) to ask it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": unlocks,
        "automaticPresenceSimulation": True,
    }
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def keys_on(device: tuple) -> list[dict]:
    session, authenticator = device
    return session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]


def code_to(phone: str) -> str:
    return re.search(r"验证码 (\d{6})", SmsMessage.objects.filter(phone=phone).first().text)[1]


def test_newcomer_takes_the_passkey_that_is_offered_and_signs_in_by_it(browse, transactional_db):
    page = browse(PHONE)
    device = with_authenticator(page)
    page.goto("/accounts/signup/")
    page.get_by_label("手机号").fill("13812345678")
    page.get_by_label("怎么称呼您").fill("王女士")
    page.get_by_label("密码").fill("tea and bamboo")
    page.get_by_role("button", name="注册并获取验证码").click()
    page.get_by_label("验证码").fill(code_to("+8613812345678"))
    page.get_by_role("button", name="确认").click()

    expect(page.get_by_role("heading", name="下次登录更省事")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="添加通行密钥").click()
    page.wait_for_url("**/me/enterprise/new/**")
    assert [key["isResidentCredential"] for key in keys_on(device)] == [True]

    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()
    page.goto("/accounts/login/")
    fits(page)
    page.get_by_role("button", name="用指纹、面容或锁屏密码登录").click()
    page.wait_for_url("**/me/enterprise/new/**")
    page.goto("/me/security/")
    expect(page.locator(".passkey strong")).to_have_text("我的通行密钥")
    expect(page.locator(".device .pill")).to_have_text("本机")
    fits(page)


def test_passkey_that_is_not_unlocked_lets_nobody_in_and_says_so(browse, transactional_db):
    user = enterprise_user(username="tea")
    page = browse(PHONE)
    session, _authenticator = device = with_authenticator(page)
    sign_in(page, "tea", PASSWORD)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="添加").click()
    page.wait_for_url("**/me/security/")
    assert len(keys_on(device)) == 1
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()

    session.send("WebAuthn.setUserVerified", {"authenticatorId": device[1], "isUserVerified": False})
    page.goto("/accounts/login/")
    page.get_by_role("button", name="用指纹、面容或锁屏密码登录").click()
    expect(page.get_by_text("没有完成，可以再试一次。")).to_be_visible()
    assert page.url.endswith("/accounts/login/")
    assert user.pk


def test_passkey_of_another_site_s_copy_is_unknown_here(browse, transactional_db):
    """A key whose account is gone opens nothing."""
    user = enterprise_user(username="tea")
    page = browse(PHONE)
    with_authenticator(page)
    sign_in(page, "tea", PASSWORD)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="添加").click()
    page.wait_for_url("**/me/security/")
    user.authenticator_set.all().delete()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="用指纹、面容或锁屏密码登录").click()
    expect(page.get_by_text("验证没有通过")).to_be_visible()
    page.goto("/me/notices/")
    assert "/accounts/login/" in page.url


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_staff_set_up_an_app_before_the_work_place_opens(browse, transactional_db, settings, size):
    settings.REQUIRE_STAFF_MFA = True
    user_with(Role.ADVISOR, username="advisor")
    page = browse(size)
    sign_in(page, "advisor", PASSWORD)
    expect(page.get_by_role("heading", name="先添加第二道验证")).to_be_visible()
    fits(page)
    follow(page.get_by_role("link", name="添加验证器应用"))
    fits(page)
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("应用里显示的 6 位数字").fill(totp.code(secret))
    page.get_by_role("button", name="完成添加").click()
    expect(page.locator(".codes code")).to_have_count(10)
    fits(page)
    one = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="我已收好，继续").click()
    page.wait_for_url("**/desk/")

    # Next time, with the app out of reach: a recovery code.
    other = browse(size)
    sign_in(other, "advisor", PASSWORD)
    expect(other.get_by_role("heading", name="第二道验证")).to_be_visible()
    fits(other)
    other.get_by_label("验证码或恢复码").fill(one)
    other.get_by_role("button", name="登录", exact=True).click()
    other.wait_for_url("**/desk/")


def test_staff_pass_the_second_step_by_passkey(browse, transactional_db, settings):
    settings.REQUIRE_STAFF_MFA = True
    user_with(Role.ADVISOR, username="advisor")
    page = browse(DESKTOP)
    with_authenticator(page)
    sign_in(page, "advisor", PASSWORD)
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="我已收好，继续").click()
    page.wait_for_url("**/desk/")
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出").click()
    sign_in(page, "advisor", PASSWORD)
    page.get_by_role("button", name="用通行密钥（指纹、面容或锁屏密码）").click()
    page.wait_for_url("**/desk/")


def test_device_that_was_lost_is_put_out_from_the_other(browse, transactional_db):
    enterprise_user(username="tea")
    phone, office = browse(PHONE), browse(DESKTOP)
    for page in (phone, office):
        sign_in(page, "tea", PASSWORD)
    office.goto("/me/notices/")
    assert office.url.endswith("/me/notices/")

    phone.goto("/me/security/")
    expect(phone.locator(".device")).to_have_count(2)
    fits(phone)
    phone.get_by_role("button", name="让它退出").click()
    expect(phone.get_by_text("那台设备已退出登录。")).to_be_visible()
    expect(phone.locator(".device")).to_have_count(1)

    office.reload()
    office.wait_for_url("**/accounts/login/**")
    phone.goto("/me/notices/")
    assert phone.url.endswith("/me/notices/")
    assert User.objects.count() == 1


def test_password_can_be_looked_at_while_it_is_typed(browse, transactional_db):
    page = browse(PHONE)
    page.goto("/accounts/login/")
    field = page.locator("input[name=password]")
    field.fill("correct horse")
    page.get_by_role("button", name="显示密码").click()
    expect(field).to_have_attribute("type", "text")
    fits(page)
    page.get_by_role("button", name="隐藏密码").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("correct horse")
