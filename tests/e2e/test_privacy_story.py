"""A supervisor finds who looked at an enterprise and takes them off; an enterprise consents, withdraws, exports, erases."""

import json
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from accounts.models import Enterprise
from accounts.privacy import erasure
from accounts.roles import Role
from tests.browser import PHONE
from tests.e2e.test_people_story import enter, fits
from tests.factories import user_with
from tests.matching.conftest import make_scene

pytestmark = pytest.mark.django_db(transaction=True)


def test_supervisor_finds_who_looked_and_takes_them_off_at_once(browse, transactional_db):
    scene = make_scene()
    scene.manager.name = "王审核"
    scene.manager.save()
    Enterprise.objects.filter(pk=scene.enterprise.pk).update(name="遂昌云峰茶业")
    referral = scene.start()[0]

    manager = enter(browse(), scene.manager)
    manager.goto(referral.get_desk_url())
    expect(manager.get_by_role("heading", name="遂昌云峰茶业")).to_be_visible()

    page = enter(browse(), user_with(Role.SUPERVISOR))
    page.goto("/desk/")
    page.get_by_role("link", name="审计", exact=True).click()
    page.get_by_label("涉及谁").fill("云峰")
    page.get_by_label("做了什么").select_option("looks")
    page.get_by_role("button", name="查找").click()
    row = page.get_by_role("link", name="王审核 查看了 遂昌云峰茶业 的联系人、联系电话、统一社会信用代码、需求")
    expect(row).to_have_count(1)
    row.click()
    page.get_by_role("button", name="停用账号").click()  # without a reason
    expect(page.get_by_label("理由")).to_be_visible()
    page.get_by_label("理由").fill("企业投诉越权查看")
    page.get_by_role("button", name="停用账号").click()
    expect(page.get_by_text("已停用 王审核 的账号，对方已在所有设备上退出。")).to_be_visible()

    manager.reload()
    assert "/accounts/login/" in manager.url

    page.get_by_label("理由").fill("已核实，属正常办理")
    page.get_by_role("button", name="恢复账号").click()
    expect(page.get_by_text("已恢复 王审核 的账号")).to_be_visible()


def test_enterprise_consents_sees_who_looked_withdraws_exports_and_erases_on_a_phone(browse, transactional_db):
    scene = make_scene()
    name = scene.enterprise.name
    page = enter(browse(PHONE), scene.owner)
    page.goto(f"/needs/{scene.need.pk}/refer/?p={scene.product.pk}")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="授权").click()
    expect(page.get_by_text("已发出 1 个对接申请")).to_be_visible()
    referral = scene.need.referrals.get()

    manager = enter(browse(), scene.manager)
    manager.goto(referral.get_desk_url())
    expect(manager.get_by_text(scene.owner.phone.removeprefix("+86")).first).to_be_visible()

    page.goto("/me/looked/")
    fits(page)
    expect(page.get_by_text(f"客户经理（{scene.bank}）")).to_be_visible()
    expect(page.get_by_text("用途：办理对接")).to_be_visible()
    page.get_by_role("link", name="去看授权").click()
    fits(page)
    page.get_by_role("button", name="撤回授权").click()
    expect(page.get_by_text(f"已撤回对 {scene.bank} 的授权")).to_be_visible()
    manager.reload()
    expect(manager.get_by_text("企业已撤回授权，资料已隐藏。")).to_be_visible()
    assert name not in manager.content()

    page.goto("/me/data/")
    fits(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载数据（JSON）").click()
    told = json.loads(caught.value.path().read_text("utf-8"))["sections"]
    assert [row["状态"] for row in told["对接单"]] == ["待受理"]
    assert len(told["谁看过我的资料"]) == 1

    page.get_by_text(f"删除 {name} 的全部资料").first.click()
    page.get_by_label("确定要删除").check()
    page.get_by_role("button", name=f"删除 {name} 的全部资料").click()
    expect(page.get_by_role("button", name="撤销，不删除")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="撤销，不删除").click()
    expect(page.get_by_text("已撤销，您的资料照常保留。")).to_be_visible()

    request = erasure.ask(scene.owner, scene.enterprise)
    with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
        assert erasure.do_due() == 1
    assert Enterprise.objects.get(pk=scene.enterprise.pk).name == f"已注销企业 #{scene.enterprise.pk}"
