"""An advisor's day in a browser: planned by the lead, refused when it overlaps, logged on a phone, followed to its end."""

from datetime import timedelta
from urllib.request import urlopen

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from accounts.roles import Role
from advisors.models import Rating, ServiceRequest, Visit, VisitLog
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.browser import DESKTOP, PHONE, fits, follow, sign_in
from tests.factories import EnterpriseFactory, ProductFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse"


def plan(page: Page, enterprise, advisor, at: str) -> None:
    """The form as a lead fills it: part of the name, chosen from what matches."""
    page.goto("/desk/visits/")
    page.get_by_role("link", name="计划走访").first.click()
    page.get_by_label("走访哪家企业").fill(enterprise.name[:4])
    page.get_by_label("由谁走访").select_option(label=advisor.name)
    page.get_by_label("日期").fill(timezone.localdate().isoformat())
    page.get_by_label("时间").fill(at)
    page.get_by_label("事由").fill("春茶收购前的周转资金")
    page.get_by_label("联系人").fill("茶小满")
    page.get_by_role("button", name="计划并请企业确认").click()


def test_visit_from_plan_to_rated_request(site, browse):
    team = TeamFactory(name="海岛服务团", regions=["330902"])
    lead = lead_user(team, name="吴首席")
    advisor = AdvisorFactory(name="周顾问", user=user_with(Role.ADVISOR, name="周顾问"), team=team)
    enterprise = EnterpriseFactory(name="云岭茶业有限公司", address="定海区示例路 8 号")
    owner = enterprise_user(enterprise, name="茶小满")
    ProductFactory(name="惠担贷")

    # The lead plans a visit for the advisor; another one in the same hour is refused, and nothing typed is lost.
    desk = browse(DESKTOP)
    sign_in(desk, lead.username, PASSWORD)
    plan(desk, enterprise, advisor, "10:00")
    expect(desk.locator(".messages")).to_contain_text("已计划")
    plan(desk, enterprise, advisor, "10:30")
    expect(desk.get_by_role("alert")).to_contain_text("与这个时间重叠")
    expect(desk.get_by_label("事由")).to_have_value("春茶收购前的周转资金")
    visit = Visit.objects.get()
    assert (visit.advisor, visit.enterprise, visit.ends_at - visit.starts_at) == (
        advisor,
        enterprise,
        timedelta(hours=1),
    )

    # The enterprise confirms on its phone.
    mine = browse(PHONE)
    sign_in(mine, owner.username, PASSWORD)
    mine.goto("/me/visits/")
    mine.get_by_role("link", name="10:00").click()
    mine.get_by_role("button", name="确认这个时间").click()
    expect(mine.locator(".messages")).to_contain_text("已确认")

    # It stands in the advisor's week and feed.
    phone = browse(PHONE)
    sign_in(phone, advisor.user.username, PASSWORD)
    phone.goto("/desk/visits/")
    fits(phone)
    phone.get_by_text("在手机日历里看我的走访").click()
    phone.get_by_role("button", name="生成订阅地址").click()
    phone.get_by_text("在手机日历里看我的走访").click()
    address = phone.locator(".feed-address").inner_text()
    with urlopen(address) as answer:
        [entry] = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert (entry.decoded("DTSTART"), str(entry["STATUS"])) == (timezone.localtime(visit.starts_at), "CONFIRMED")

    # The advisor logs it on the phone, with a product found while typing and a request.
    phone.get_by_role("link", name=enterprise.name).last.click()
    follow(phone.get_by_role("link", name="记录走访"))
    fits(phone)
    phone.get_by_label("谈了什么").fill("收鲜叶前缺周转，用款两个月。")
    phone.get_by_label("谈到的产品").press_sequentially("惠担")
    expect(phone.locator("datalist option[value=惠担贷]").first).to_be_attached()
    phone.get_by_label("诉求").first.fill("担保费能按天算吗？")
    phone.get_by_label("类别").first.select_option(label="担保与保险")
    phone.get_by_label("下一步").fill("补近半年流水")
    phone.get_by_role("button", name="保存记录").click()
    expect(phone.locator(".messages")).to_contain_text("已记录")
    log, request = VisitLog.objects.get(), ServiceRequest.objects.get()
    assert [product.name for product in log.products.all()] == ["惠担贷"]
    assert (request.text, request.category, request.state) == ("担保费能按天算吗？", "guarantee", "raised")

    # The advisor takes the request up and answers it.
    phone.get_by_role("link", name="担保费能按天算吗？").click()
    phone.get_by_role("button", name="由我受理").click()
    phone.get_by_label("答复").fill("按实际用款天数计，还款当天起不再计。")
    phone.get_by_role("button", name="提交答复").click()
    expect(phone.locator(".messages")).to_contain_text("已答复")

    # The enterprise reads the answer, says that it is solved, and rates.
    mine.goto("/me/requests/")
    mine.get_by_role("link", name="担保费能按天算吗？").click()
    expect(mine.get_by_text("按实际用款天数计").first).to_be_visible()
    mine.get_by_role("button", name="已经解决").click()
    mine.get_by_label("非常满意", exact=True).check()
    mine.get_by_role("button", name="提交评价").click()
    expect(mine.locator(".messages")).to_contain_text("谢谢您的评价")
    fits(mine)
    request.refresh_from_db()
    assert (request.state, Rating.objects.get().mark) == ("confirmed", 5)
