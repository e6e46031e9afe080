"""An organiser: from draft to attendance sheet, with two people who register and a door with code and camera."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.roles import Role
from events.models import CheckIn, Event, Registration
from tests.browser import PHONE, launch, sign_in
from tests.factories import RegionFactory, user_with

PASSWORD = "correct horse"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict:
    RegionFactory()
    return {
        "organiser": user_with(Role.ORGANISER, username="organiser"),
        "door": user_with(Role.DOOR_STAFF, username="door", name="王签到"),
    }


def draft(page: Page) -> None:
    start = timezone.localtime() + timedelta(days=5)
    page.goto("/desk/")
    page.get_by_role("link", name="活动", exact=True).last.click()
    page.get_by_role("link", name="新建活动").first.click()
    page.get_by_label("名称").first.fill("春茶银企对接会")
    page.get_by_label("网址名").fill("spring-tea")
    page.get_by_label("一句话介绍").fill("茶企与银行面对面")
    page.get_by_label("地区").fill("浙江省舟山市定海区")
    page.get_by_label("地点").first.fill("工商联会议室")
    page.get_by_label("开始时间").fill(f"{start:%Y-%m-%dT14:00}")
    page.get_by_label("结束时间").fill(f"{start:%Y-%m-%dT16:00}")
    page.get_by_label("名额（人）").fill("2")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("草稿", exact=True).first).to_be_visible()


def register(page: Page, name: str, phone: str) -> str:
    """Through the public pages; returns the ticket's address."""
    page.goto("/events/")
    page.get_by_role("link", name="春茶银企对接会").click()
    page.get_by_role("link", name="我要报名").click()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机号").fill(phone)
    page.get_by_label("单位").fill("云雾茶坊")
    page.get_by_label("同意主办方").check()
    page.get_by_role("button", name="提交报名").click()
    expect(page.get_by_text("报名成功")).to_be_visible()
    return page.url


def fake_camera(path: Path, text: str) -> None:
    """A film of one picture, in which somebody holds the ticket's QR code before the camera."""
    width, height = 640, 480
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=8, border=4)
    code = Image.open(drawn).convert("L")
    picture = Image.new("L", (width, height), 255)
    picture.paste(code, ((width - code.width) // 2, (height - code.height) // 2))
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


@pytest.fixture
def camera_page(playwright, site, tmp_path) -> Iterator:
    """Opens the page of a phone whose camera sees `text`."""
    opened = []

    def open_page(text: str) -> Page:
        film = tmp_path / "ticket.y4m"
        fake_camera(film, text)
        browser = launch(
            playwright,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        opened.append(browser)
        return browser.new_page(base_url=site, locale="zh-CN", viewport={"width": PHONE[0], "height": PHONE[1]})

    yield open_page
    for browser in opened:
        browser.close()


def test_from_draft_to_attendance_sheet(people, browse, camera_page):
    organiser = browse()
    sign_in(organiser, "organiser", PASSWORD)
    draft(organiser)

    visitor = browse()
    assert visitor.goto("/events/spring-tea/").status == 404
    organiser.get_by_role("button", name="发布").click()
    expect(organiser.get_by_text("已发布").first).to_be_visible()

    first = register(browse(PHONE), "张三", "138 1111 2222")
    second = register(visitor, "=李四", "13811113333")
    third = browse(PHONE)
    third.goto("/events/spring-tea/register/")
    expect(third.get_by_text("名额已满")).to_be_visible()

    calendar = Calendar.from_ical(visitor.request.get(f"{second}event.ics").body())
    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == ["春茶银企对接会"]
    expect(visitor.locator(".qr svg")).to_be_visible()
    code = re.search(r"\d{6}", visitor.locator(".ticket-code strong").inner_text())[0]

    organiser.locator("summary", has_text="签到人员").click()
    organiser.get_by_label("王签到").check()
    organiser.get_by_role("button", name="保存签到人员").click()

    door = browse(PHONE)
    sign_in(door, "door", PASSWORD)
    door.get_by_role("link", name=re.compile("春茶银企对接会")).click()
    door.get_by_label("六位签到码").fill(code)
    door.get_by_role("button", name="签到", exact=True).click()
    expect(door.get_by_text("签到成功")).to_be_visible()
    expect(door.locator("[data-inside]")).to_have_text("1")

    camera = camera_page(first)
    sign_in(camera, "door", PASSWORD)
    camera.goto("/door/spring-tea/")
    camera.get_by_role("button", name="打开摄像头扫码").click()
    expect(camera.locator("[data-result]")).to_contain_text("张三")
    expect(camera.locator("[data-inside]")).to_have_text("2")

    # A person of the door staff has no business at another event, nor with the list of this one.
    assert door.goto("/desk/events/spring-tea/").status == 403

    organiser.reload()
    with organiser.expect_download() as download:
        organiser.get_by_role("link", name="导出签到表").click()
    rows = list(load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active.values)
    assert [(row[1], row[2], row[8]) for row in rows[1:]] == [
        ("张三", "13811112222", "是"),
        ("'=李四", "13811113333", "是"),
    ]

    assert Event.objects.get().registrations.count() == 2
    assert {urlsplit(first).path, urlsplit(second).path} == {
        each.get_absolute_url() for each in Registration.objects.all()
    }
    assert CheckIn.objects.count() == 2
