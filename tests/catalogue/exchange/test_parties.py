"""Tariffs, outlets, institutions, enterprises."""

from decimal import Decimal

import pytest

from accounts.models import Enterprise, Institution
from catalogue.exchange import exporting, queries
from catalogue.models import Outlet, Product, ServiceItem, Tariff
from search.models import Change
from search.queries import find
from tests.catalogue.exchange import checked, imported, told, xlsx
from tests.factories import EnterpriseFactory, ProductFactory, uscc

pytestmark = pytest.mark.django_db
TARIFF = ["产品名称", "项目", "计算方式", "数值（%）", "原文"]
ENTERPRISE = ["统一社会信用代码", "名称", "从业人员（人）", "年营业收入（万元）", "行业", "特征"]


def test_rows_of_a_product_together_are_its_tariffs(editor, bank):
    product = ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    Tariff.objects.create(product=product, kind="service_fee", basis="one_off", rate=1, text="旧的")
    job = imported(
        editor,
        xlsx(
            TARIFF,
            ["惠农贷", "利息", "% / 年，按借款金额", "4.35%", "年利率"],
            ["惠农贷", "担保费", "% / 年，按实际用款天数", 0.5, "担保费"],
        ),
        "tariffs",
    )
    assert (job.counts["changed"], job.counts["rows"]) == (1, 2)
    draft = Product.objects.get().get_latest_revision_as_object()
    assert [(each.kind, each.rate) for each in draft.tariffs.all()] == [
        ("interest", Decimal("4.35")),
        ("guarantee_fee", Decimal("0.5")),
    ]
    assert [each.text for each in product.tariffs.all()] == ["旧的"]


def test_wrong_row_holds_back_the_other_tariffs_of_its_product(editor, bank):
    ProductFactory(institution=bank, name="惠农贷")
    job = checked(
        editor,
        xlsx(
            TARIFF,
            ["惠农贷", "利息", "% / 年，按借款金额", "很高", "年利率"],
            ["惠农贷", "担保费", "% 一次性", 0.5, "担保费"],
            ["无名贷", "利息", "% / 月", 1, "x"],
        ),
        "tariffs",
    )
    assert told(job) == [
        (2, "数值（%）", "很高", "“很高”不是数字"),
        (3, "产品名称", "惠农贷", "同一产品的第 2 行有问题"),
        (4, "产品名称", "无名贷", "没有这个产品"),
    ]


def test_outlets_are_written_with_services_and_searched(editor, bank):
    ServiceItem.objects.create(institution=bank, name="开户", group="basic")
    Change.objects.all().delete()
    job = imported(
        editor,
        xlsx(
            ["名称", "所在地", "营业时间", "纬度", "经度", "服务事项", "设政银服务专区"],
            ["城关支行", "浙江省舟山市定海区", "周一至周五 09:00-17:00", 30.01, 122.1, "开户", "是"],
        ),
        "outlets",
    )
    outlet = Outlet.objects.get()
    assert (job.counts["applied"], outlet.institution, outlet.has_government_counter) == (1, bank, True)
    assert [item.name for item in outlet.services.all()] == ["开户"]
    assert outlet.hours["1"] == [["09:00", "17:00"]]
    assert find("outlet", "城关支行").total == 1


def test_outlet_that_contradicts_itself_is_told(editor):
    job = checked(
        editor,
        xlsx(["名称", "所在地", "纬度", "公开电话"], ["甲", "330902", 30.1, ""], ["乙", "330902", "", "13900001111"]),
        "outlets",
    )
    assert [(row, column) for row, column, _value, _reason in told(job)] == [(2, "经度（WGS-84）"), (3, "公开电话")]


def test_supervisor_imports_institutions_and_finds_them_by_name(supervisor, bank):
    job = imported(
        supervisor,
        xlsx(
            ["名称", "类别", "所在地", "公开电话"],
            ["海岛农商银行", "银行", "330902", "0580-1"],
            ["山城担保", "担保", "遂昌县", ""],
        ),
        "institutions",
    )
    bank.refresh_from_db()
    assert (job.counts["new"], job.counts["changed"], bank.phone) == (1, 1, "0580-1")
    assert Institution.objects.get(name="山城担保").slug == "shanchengdanbao"


def test_enterprise_codes_are_checked_and_known_firms_keep_what_they_said(supervisor):
    known = EnterpriseFactory(uscc=uscc(1), name="云雾茶坊", employees=20, traits={"first_loan": False})
    job = imported(
        supervisor,
        xlsx(
            ENTERPRISE,
            [uscc(1), "改名茶坊", 99, 300, "精制茶加工", "首贷户、专精特新"],
            [uscc(2).lower(), "新公司", "１２", "５００", "1530", ""],
            [uscc(3)[:-1], "短一位", "", "", "", ""],
            [uscc(4)[:-1] + ("0" if uscc(4)[-1] != "0" else "1"), "校验错", "", "", "", ""],
        ),
        "enterprises",
        mode="good",
    )
    known.refresh_from_db()
    assert (known.name, known.employees, known.revenue) == ("云雾茶坊", 20, 3_000_000)
    assert known.traits == {"first_loan": False, "specialised": True}
    assert known.size_class == "small"
    row = job.rows.get(target_id=known.pk)
    assert row.notes == ["名称与已登记的不同，保留已登记的", "从业人员（人）与已登记的不同，保留已登记的"]
    new = Enterprise.objects.get(uscc=uscc(2))
    assert (new.employees, new.revenue, new.region_id, new.industry_id) == (12, 5_000_000, "330902", "1530")
    assert [(number, column) for number, column, _value, _reason in told(job)] == [
        (4, "统一社会信用代码"),
        (5, "统一社会信用代码"),
    ]


def test_enterprises_exported_and_imported_again_change_nothing(supervisor):
    EnterpriseFactory(name="=云雾茶坊", traits={"first_loan": True}, revenue=Decimal("12345678901234.56"))
    for file_format in ("xlsx", "csv"):
        found = queries.exportable("enterprises", supervisor)
        content = b"".join(exporting.export("enterprises", found, file_format).streaming_content)
        job = checked(supervisor, content, "enterprises", name=f"x.{file_format}")
        assert (told(job), job.counts) == ([], {"unchanged": 1, "rows": 1})
        assert job.rows.get().notes == []
