"""One's own data: complete, in two formats, written down, and nobody else's."""

import json
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import audit
from accounts.models import AuditEntry
from accounts.privacy import export
from tests.accounts.audit.test_recording import as_
from tests.accounts.privacy.conftest import CODE, FIRM, NAME, PHONE
from tests.factories import UserFactory, enterprise_user

pytestmark = pytest.mark.django_db
TITLES = [
    "我的账号",
    "企业信息",
    "企业成员",
    "授权",
    "企业认领",
    "通知",
    "删除申请",
    "谁看过我的资料",
    "走访",
    "走访记录",
    "诉求",
    "诉求经过",
    "走访和诉求评价",
    "活动报名",
    "融资需求",
    "匹配记录",
    "新产品提醒",
    "对理解的更正",
    "对接单",
    "对接记录",
    "对接评价",
]


def test_json_holds_every_section_with_what_we_hold(traces):
    with audit.acting(traces.manager):
        audit.viewed(traces.referral, ["联系电话"], enterprise=traces.enterprise, purpose="referral")
    told = json.loads(as_(traces.owner).get(reverse("accounts:data_download", args=["json"])).content)["sections"]
    assert list(told) == TITLES
    person = {row["项目"]: row["内容"] for row in told["我的账号"]}
    assert (person["姓名"], person["手机号"]) == (NAME, f"+86{PHONE}")
    firm = {row["项目"]: row["内容"] for row in told["企业信息"]}
    assert (firm["名称"], firm["统一社会信用代码"]) == (FIRM, CODE)
    assert [row["原话"] for row in told["融资需求"]] == [traces.need.text]
    assert [row["机构"] for row in told["对接单"]] == ["海岛银行"]
    assert sorted(row["用途"] for row in told["授权"]) == ["对接融资需求", "顾问走访"]
    assert [row["联系电话"] for row in told["走访"]] == [PHONE]
    assert [row["诉求"] for row in told["诉求"]] == [traces.request.text]
    assert [row["手机号"] for row in told["活动报名"]] == [PHONE, PHONE]
    assert [(row["谁"], row["看到的内容"]) for row in told["谁看过我的资料"]] == [(str(traces.manager), "联系电话")]


def test_xlsx_has_a_sheet_for_each_section(traces):
    answer = as_(traces.owner).get(reverse("accounts:data_download", args=["xlsx"]))
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == TITLES
    assert (FIRM in str(list(book["企业信息"].values)), PHONE in str(list(book["走访"].values))) == (True, True)


def test_download_is_an_entry(traces):
    as_(traces.owner).get(reverse("accounts:data_download", args=["json"]))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.person_id) == ("exported", traces.owner, traces.owner.pk)


def test_export_of_others_holds_nothing_of_it(traces):
    for user in (enterprise_user(), UserFactory()):
        told = export.as_json(user)
        assert [each in told for each in (NAME, PHONE, FIRM, CODE)] == [False] * 4


def test_unknown_format_is_missing(traces):
    assert as_(traces.owner).get(reverse("accounts:data_download", args=["pdf"])).status_code == 404


def test_pages_show_for_people_without_an_enterprise_and_for_staff(traces):
    for user in (UserFactory(), traces.manager):
        assert as_(user).get(reverse("accounts:data")).status_code == 200
