"""An institution: 300 products from the template, three bad rows fixed in the returned file, imported, sent for review."""

from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.actions import sync_groups as sync_entrance
from accounts.models import Region
from accounts.roles import Role
from catalogue.actions import sync_groups
from catalogue.models import Product
from tests.browser import PHONE, sign_in
from tests.catalogue.exchange import HEAD, line, xlsx
from tests.factories import InstitutionFactory, user_with
from tests.queue import drain

PASSWORD = "correct horse"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict:
    call_command("load_reference", verbosity=0)
    sync_entrance()
    sync_groups()
    bank = InstitutionFactory(name="海岛农商银行", region=Region.objects.get(pk="330902"))
    return {
        "editor": user_with(Role.PRODUCT_EDITOR, bank, username="editor"),
        "reviewer": user_with(Role.PRODUCT_REVIEWER, bank, username="reviewer"),
    }


def filled(template: Path, target: Path, products: int, wrong: dict[int, tuple[str, str]]) -> None:
    """The template as a clerk fills it: below the example row, which stays. `wrong`: number → (header, what is wrong)."""
    book = load_workbook(template)
    sheet = book["产品"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number in range(1, products + 1):
        row = {
            "名称": f"惠企贷{number}号", "类别": "贷款", "一句话介绍": "给小微企业的周转贷款", "用途": "经营周转", "最高额度（元）": "50万",
            "最低年利率（%）": "3.85%", "最长期限（月）": "1年", "担保方式": "信用、担保公司", "来源": "本行产品手册", "资料日期": "2026年1月31日",
            "准入条件": "须具备其一的特征：首贷户｜首贷户优先",
        }  # fmt: skip
        if number in wrong:
            header, value = wrong[number]
            row[header] = value
        for header, value in row.items():
            sheet.cell(number + 2, places[header], value)
    book.save(target)


def fixed(returned: Path, target: Path, right: dict[str, str]) -> int:
    """Puts right what is marked, as the last column says; how many rows came back."""
    book = load_workbook(returned)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        header = sheet.cell(row, places["需要修改的地方"]).value.split("：")[0]
        sheet.cell(row, places[header], right[header])
    book.save(target)
    return sheet.max_row - 1


def send(page: Page, file: Path) -> None:
    page.goto("/desk/import/new/")
    page.get_by_label("金融产品").check()
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("正在检查")).to_be_visible()
    drain()
    expect(page.get_by_text("等您确认")).to_be_visible()  # the page has found out by itself


def test_institution_imports_300_products_from_the_template(browse, people, tmp_path):
    page = browse()
    sign_in(page, "editor", PASSWORD)
    page.goto("/desk/")
    page.get_by_role("link", name="导入导出").first.click()
    page.get_by_role("link", name="导入表格").first.click()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="金融产品模板").click()
    template, first, returned, second = (
        tmp_path / name for name in ("模板.xlsx", "产品.xlsx", "退回.xlsx", "改好.xlsx")
    )
    downloaded.value.save_as(template)
    filled(
        template,
        first,
        300,
        {7: ("最高额度（元）", "很多"), 150: ("用途", "经营周专"), 300: ("资料日期", "2026年2月30日")},
    )

    send(page, first)
    expect(page.get_by_text("有 3 行需要修改")).to_be_visible()
    expect(page.get_by_role("cell", name="没有“2026年2月30日”这一天")).to_be_visible()
    expect(page.get_by_role("cell", name="不认识“经营周专”，是不是“经营周转”？")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="下载需要修改的行").click()
    downloaded.value.save_as(returned)
    page.get_by_role("button", name="改为只导入没有问题的 297 行").click()
    drain()
    expect(page.get_by_role("button", name="提交 297 个产品审核")).to_be_visible()
    assert Product.objects.count() == 297

    right = {"最高额度（元）": "50万", "用途": "经营周转", "资料日期": "2026-02-28"}
    assert fixed(returned, second, right) == 3
    send(page, second)
    page.get_by_role("button", name="导入 3 行").click()
    drain()
    page.get_by_role("button", name="提交 3 个产品审核").click()
    expect(page.get_by_text("正在提交审核")).to_be_visible()
    drain()
    expect(page.get_by_text("审核通过后公开")).to_be_visible()
    page.goto("/desk/import/")
    page.get_by_role("link", name="产品.xlsx").click()
    page.get_by_role("button", name="提交 297 个产品审核").click()
    drain(limit=2000)
    expect(page.get_by_text("审核通过后公开")).to_be_visible()
    assert Product.objects.filter(live=False).count() == 300
    assert sum(product.workflow_in_progress for product in Product.objects.all()) == 300
    notices = people["reviewer"].notices.count()
    assert 0 < notices <= 10  # for many at once, not one for each


def test_import_works_on_a_phone_without_javascript_and_is_undone(browse, people, tmp_path):
    page = browse(PHONE, java_script_enabled=False)
    sign_in(page, "editor", PASSWORD)
    page.goto("/desk/import/new/")
    page.get_by_label("表格文件").set_input_files(
        {"name": "一个.xlsx", "mimeType": "", "buffer": xlsx(HEAD, line("春茶贷"))}
    )
    page.get_by_role("button", name="上传并检查").click()
    drain()
    page.get_by_role("link", name="刷新看进度").click()
    page.get_by_role("button", name="导入 1 行").click()
    drain()
    page.get_by_role("link", name="刷新看进度").click()
    assert Product.objects.count() == 1
    page.get_by_role("button", name="撤销导入").click()
    drain()
    page.get_by_role("link", name="刷新看进度").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    assert Product.objects.count() == 0


def test_file_of_another_kind_is_refused_in_words(browse, people):
    page = browse()
    sign_in(page, "editor", PASSWORD)
    page.goto("/desk/import/new/")
    page.get_by_label("表格文件").set_input_files({"name": "合同.xlsx", "mimeType": "", "buffer": b"%PDF-1.7 contract"})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("这是PDF 文件，不是表格").first).to_be_visible()


def test_hundred_megabytes_are_refused_before_they_are_sent(browse, people, tmp_path):
    huge = tmp_path / "全部.xlsx"
    with huge.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    page = browse()
    sign_in(page, "editor", PASSWORD)
    page.goto("/desk/import/new/")
    page.get_by_label("资费").check()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("表格文件").set_input_files(huge)
    expect(page.get_by_role("alert")).to_have_text("文件超过 10 MB，请分成几个文件。")
    assert page.get_by_label("表格文件").input_value() == ""
    assert sent == []
    assert page.get_by_label("资费").is_checked()  # nothing that was chosen is lost
