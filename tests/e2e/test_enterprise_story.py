"""An enterprise from one sentence to a rated referral, and its 客户经理, through real pages."""

import re

import pytest
from playwright.sync_api import Page, expect

import accounts.demo
import catalogue.demo
from accounts.demo import PASSWORD, demo_user
from accounts.models import Enterprise
from matching.models import Referral
from search import maintenance
from tests.browser import PHONE, sign_in
from tests.factories import uscc

SENTENCE = "想借 50 万收鲜叶，没有抵押物，用几天还几天"


@pytest.fixture
def world(transactional_db):
    accounts.demo.load()
    catalogue.demo.load()
    accounts.demo.assign_demo_roles()
    return maintenance


def code_from_inbox(page: Page, phone: str) -> str:
    """The newest code sent to `phone`, read where a visitor of the demo reads it."""
    inbox = page.context.new_page()
    inbox.goto("/demo/inbox/")
    text = inbox.locator("li", has_text=phone).first.inner_text()
    inbox.close()
    return re.search(r"\b([A-Z0-9-]{4,9})\b", text.replace(phone, "").split("\n", 1)[1]).group(1)


def test_enterprise_from_sentence_to_rated_referral(browse, world):
    # A visitor says it on the home box's address, sees what fits, and goes to sign in: nothing typed is lost.
    page = browse(PHONE)
    page.goto("/needs/new/")
    page.get_by_label("您需要什么").fill(SENTENCE)
    page.get_by_role("button", name="看看有什么合适").click()
    expect(page.locator("mark").first).to_be_visible()
    expect(page.get_by_role("link", name="惠担贷")).to_be_visible()
    page.get_by_role("button", name="登录并提交需求").click()

    # By a code from the demo inbox.
    page.get_by_role("link", name="用短信验证码登录").click()
    page.get_by_role("textbox").locator("visible=true").last.fill("13900000001")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("input[name=code]")).to_be_visible()
    page.locator("input[name=code]").fill(code_from_inbox(page, "13900000001"))
    page.locator("main form button[type=submit]").first.click()

    # Back with the sentence; submit, look at the reasons, pick two.
    page.wait_for_url("**/needs/new/?*")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url(re.compile(r"/needs/\d+/$"))
    expect(page.get_by_text("支持随借随还").first).to_be_visible()
    page.get_by_label("选“惠担贷”").check()
    page.get_by_label("选“农担贷”").check()
    page.get_by_role("button", name="对接选中的产品").click()

    # Consent: none is ticked beforehand, and without one nothing starts.
    ticks = page.locator("input[name=consent]")
    assert [tick.is_checked() for tick in ticks.all()] == [False]  # both products are of one bank
    page.get_by_role("button", name="授权并申请对接").click()
    expect(page.get_by_text("请至少勾选一家您同意授权的机构")).to_be_visible()
    assert Referral.objects.count() == 0
    ticks.first.check()
    page.get_by_role("button", name="授权并申请对接").click()
    page.get_by_role("link", name="惠担贷").first.click()
    expect(page.get_by_text("等机构受理")).to_be_visible()
    mine = page.url

    # The 客户经理 finds it by the clock, accepts, records contact and outcome.
    desk = browse()
    sign_in(desk, "13900000003", PASSWORD)
    desk.goto("/desk/referrals/")
    desk.locator("tr", has_text="惠担贷").get_by_role("link").first.click()
    expect(desk.get_by_text("13900000001")).to_be_visible()
    desk.get_by_label("给企业的话").fill("明天上午电话联系您")
    desk.get_by_role("button", name="受理", exact=True).click()
    desk.get_by_label("怎么联系的，谈了什么").fill("电话沟通，约周四上门")
    desk.get_by_role("button", name="保存联系记录").click()
    expect(desk.get_by_text("电话沟通，约周四上门")).to_be_visible()
    desk.locator("summary", has_text="登记办成").click()
    desk.get_by_label("办成金额（万元）").fill("50")
    desk.get_by_label("放款（生效）日期").fill("2026-01-05")
    desk.get_by_role("button", name="登记办成").click()
    expect(desk.get_by_text("50 万元").first).to_be_visible()

    # The enterprise reads the timeline and rates it.
    page.goto(mine)
    for words in ("明天上午电话联系您", "电话沟通，约周四上门", "请评价这次服务"):
        expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_label("非常满意", exact=True).check()
    page.get_by_label("响应快").check()
    page.get_by_label("想说的话").fill("第一次贷款，讲得很明白")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    referral = Referral.objects.get(product__slug="huidandai")
    assert (referral.state, referral.rating.level, referral.manager) == ("granted", 5, demo_user("manager"))
    assert Referral.objects.get(product__slug="nongdandai").state == "submitted"


def test_newcomer_signs_up_and_registers_without_losing_the_sentence(browse, world):
    page = browse(PHONE)
    page.goto("/needs/new/")
    page.get_by_label("您需要什么").fill(SENTENCE)
    page.get_by_role("button", name="看看有什么合适").click()
    page.get_by_role("button", name="登录并提交需求").click()
    page.get_by_role("link", name="手机号注册").click()
    page.get_by_label("手机号").fill("13812345678")
    page.get_by_label("怎么称呼您").fill("王女士")
    page.get_by_label("密码").fill("tea and bamboo")
    page.get_by_role("button", name="注册并获取验证码").click()
    page.get_by_label("验证码").fill(code_from_inbox(page, "13812345678"))
    page.get_by_role("button", name="确认").click()
    page.get_by_role("link", name="以后再说").click()  # a passkey is offered

    # Back with the sentence; submitting it asks for the enterprise first.
    page.wait_for_url("**/needs/new/?*")
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url("**/me/enterprise/new/?*")
    good = uscc(77)
    page.get_by_label("统一社会信用代码").fill(good[:-1])
    page.get_by_label("企业名称").fill("云雾茶坊有限公司")
    page.get_by_label("行业").fill("精制茶加工")
    page.get_by_label("从业人员").fill("12")
    page.get_by_label("年营业收入").fill("300")
    large = {"name": "licence.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * (10 * 1024 * 1024)}
    page.get_by_label("营业执照照片").set_input_files(large)
    expect(page.get_by_text("文件超过 10 MB")).to_be_visible()
    page.get_by_role("button", name="登记企业").click()
    expect(page.get_by_text("少 1 位").first).to_be_visible()
    expect(page.get_by_label("企业名称")).to_have_value("云雾茶坊有限公司")
    assert Enterprise.objects.filter(name="云雾茶坊有限公司").count() == 0
    page.get_by_label("统一社会信用代码").fill(good)
    page.get_by_role("button", name="登记企业").click()

    # And back again, to the same sentence, now matched by what was registered.
    page.wait_for_url("**/needs/new/?*")
    page.get_by_role("button", name="提交需求").click()
    page.wait_for_url(re.compile(r"/needs/\d+/$"))
    made = Enterprise.objects.get(uscc=good)
    assert (made.size_class, made.industry_id, made.region_id) == ("micro", "1530", "330902")
    need = made.needs.get()
    assert (need.text, need.author.name, need.amount_high) == (SENTENCE, "王女士", 500_000)


def test_withdrawn_consent_hides_the_enterprise_from_the_desk(browse, world):
    page = browse(PHONE)
    sign_in(page, "13900000001", PASSWORD)
    page.goto(f"/needs/new/?text={SENTENCE}")
    page.get_by_role("button", name="提交需求").click()
    page.get_by_label("选“惠担贷”").check()
    page.get_by_role("button", name="对接选中的产品").click()
    page.locator("input[name=consent]").check()
    page.get_by_role("button", name="授权并申请对接").click()
    desk = browse()
    sign_in(desk, "13900000003", PASSWORD)
    desk.goto("/desk/referrals/")
    desk.locator("tr", has_text="惠担贷").get_by_role("link").first.click()
    expect(desk.get_by_text("13900000001")).to_be_visible()
    page.goto("/me/consents/")
    page.get_by_role("button", name="撤回授权").click()
    desk.reload()
    expect(desk.get_by_text("企业已撤回授权，资料已隐藏。")).to_be_visible()
    expect(desk.get_by_text("13900000001")).to_have_count(0)
    expect(desk.get_by_text("云岭茶业")).to_have_count(0)
