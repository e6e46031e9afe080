"""Products: drafts, found again by name or address, checked cell by cell."""

import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from wagtail.models import Revision

from accounts.demo import load as load_people
from accounts.models import User
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from catalogue import tabular
from catalogue.demo import load
from catalogue.exchange import actions, exporting, queries
from catalogue.exchange.targets import TARGETS
from catalogue.models import Product
from catalogue.tabular.reading import REASON, open_reading
from tests.catalogue.exchange import HEAD, checked, imported, line, told, xlsx
from tests.factories import InstitutionFactory, ProductFactory, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db
FULL = [*HEAD, "最高额度（元）", "用途", "准入条件", "资费", "适用地区", "合作机构"]


def full(name: str, **more) -> list:
    return [
        *line(name), "50万", "经营周转", "须具备其一的特征：首贷户｜首贷户优先", "担保费：0.5 % / 年，按实际用款天数｜年化 0.5%",
        "浙江省丽水市遂昌县", "海岛农商银行",
    ]  # fmt: skip


def test_new_product_is_a_draft_with_everything_a_form_would_save(editor, bank):
    job = imported(editor, xlsx(FULL, full("春茶贷")))
    product = Product.objects.get(name="春茶贷")
    assert (job.state, job.counts["applied"]) == ("done", 1)
    assert (product.live, product.has_unpublished_changes, product.slug) == (False, True, "chunchadai")
    assert product.institution == bank
    assert product.amount_max == 500_000
    assert [rule.values for rule in product.rules.all()] == [["first_loan"]]
    assert [tariff.rate for tariff in product.tariffs.all()] == [Decimal("0.5")]
    assert [region.pk for region in product.regions.all()] == ["331123"]
    revision = product.latest_revision
    assert revision.user == editor
    expected = Product.objects.get(pk=product.pk).serializable_data()
    content = dict(revision.content)
    for name in ("latest_revision", "has_unpublished_changes", "updated_at", "created_at"):
        expected.pop(name), content.pop(name)
    for part in ("rules", "tariffs"):  # numbers as the database writes them
        for row in (*expected[part], *content[part]):
            for number in ("rate", "minimum", "maximum", "cap_amount"):
                if row.get(number) is not None:
                    row[number] = Decimal(row[number]).normalize()
    for row in (expected, content):
        row["amount_max"] = Decimal(row["amount_max"]).normalize()
    assert json.loads(json.dumps(content, default=str)) == json.loads(json.dumps(expected, default=str))
    assert revision.as_object().name == "春茶贷"


def test_draft_of_an_import_is_published_like_any_other(editor):
    imported(editor, xlsx(FULL, full("春茶贷")))
    product = Product.objects.get(name="春茶贷")
    product.latest_revision.publish()
    product.refresh_from_db()
    assert (product.live, product.rules.count(), product.tariffs.count()) == (True, 1, 1)


def test_change_of_a_public_product_is_a_draft_and_the_public_sees_the_old(editor, bank):
    product = ProductFactory(
        institution=bank, name="惠农贷", slug="huinongdai", summary="旧的介绍", rate_note="以机构为准"
    )
    job = checked(editor, xlsx(["名称", "一句话介绍"], ["惠农贷", "新的介绍"]))
    row = job.rows.get()
    assert (row.outcome, row.changes) == ("changed", [["一句话介绍", "旧的介绍", "新的介绍"]])
    actions.start(job, by=editor)
    drain()
    product.refresh_from_db()
    assert (product.summary, product.live, product.has_unpublished_changes) == ("旧的介绍", True, True)
    draft = product.get_latest_revision_as_object()
    assert (draft.summary, draft.name, draft.slug) == ("新的介绍", "惠农贷", "huinongdai")


def test_second_import_changes_the_draft_and_keeps_what_the_first_did(editor, bank):
    ProductFactory(institution=bank, name="惠农贷", rate_note="以机构为准")
    imported(editor, xlsx(["名称", "一句话介绍"], ["惠农贷", "新的介绍"]))
    job = imported(editor, xlsx(["名称", "适合谁"], ["惠农贷", "茶农"]))
    assert job.counts["changed"] == 1
    draft = Product.objects.get().get_latest_revision_as_object()
    assert (draft.summary, draft.audience) == ("新的介绍", "茶农")


def test_every_wrong_cell_is_told_with_row_column_value_and_reason(editor):
    head = [*HEAD, "最高额度（元）", "用途", "生效日"]
    job = checked(
        editor,
        xlsx(
            head,
            [*line("甲贷"), "很多", "飞天", "明天"],
            ["乙贷", "", "贷款", "", "手册", "2026-01-01", ""],
            line("丙贷"),
            line("丙贷"),
            ["丁贷", "山城银行", "贷款", "介绍", "手册", "2026-01-01", "以机构为准"],
        ),
    )
    assert sorted(told(job)) == sorted(
        [
            (2, "用途", "飞天", "不认识“飞天”"),
            (2, "最高额度（元）", "很多", "“很多”不是数字"),
            (2, "生效日", "明天", "“明天”不是日期"),
            (3, "一句话介绍", "", "没有填"),
            (5, "名称", "丙贷", "与第 4 行重复"),
            (6, "发布机构", "山城银行", "没有找到机构“山城银行”"),
        ]
    )
    assert all(each["advice"] for row in job.rows.filter(outcome="bad") for each in row.problems)
    assert job.counts == {"bad": 4, "new": 1, "rows": 5}


def test_other_peoples_products_are_refused(editor):
    other = ProductFactory(name="别家贷", slug="biejia")
    job = checked(
        editor, xlsx([*HEAD, "网址名"], [*line("别家贷", other.institution.name), ""], [*line("我的贷"), "biejia"])
    )
    assert [(row, column, reason) for row, column, _value, reason in told(job)] == [
        (2, "发布机构", "您只能导入自己机构的内容"),
        (3, "网址名", "“biejia”已是别的机构的产品"),
    ]


def test_product_under_review_is_not_changed(editor, bank):
    imported(editor, xlsx(HEAD, line("春茶贷")))
    Product.objects.get().get_workflow().start(Product.objects.get(), editor)
    job = checked(editor, xlsx(["名称", "适合谁"], ["春茶贷", "茶农"]))
    assert told(job) == [(2, "名称", "春茶贷", "正在审核，不能同时修改")]


def test_all_or_nothing_waits_for_a_file_without_problems(editor):
    job = checked(editor, xlsx([*HEAD, "最高额度（元）"], [*line("甲贷"), "很多"], [*line("乙贷"), 5]))
    with pytest.raises(TransitionRefused, match="还有 1 行有问题"):
        actions.start(job, by=editor)
    actions.start(job, by=editor, mode="good")
    drain()
    assert list(Product.objects.values_list("name", flat=True)) == ["乙贷"]


def test_bad_rows_come_back_as_they_were_with_the_reason_and_import_after_the_fix(editor):
    job = checked(
        editor,
        xlsx([*HEAD, "最高额度（元）", "自己的备注"], [*line("甲贷"), "很多", "+1+1"], [*line("乙贷"), 5, ""]),
        mode="good",
    )
    response = exporting.returned(job)
    back = io.BytesIO(b"".join(response.streaming_content))
    book = load_workbook(back)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == REASON
    assert rows[0][:2] == ("名称", "发布机构")
    assert len(rows) == 2
    assert rows[1][-3:-1] == ("很多", "'+1+1")
    assert "最高额度（元）：“很多”不是数字" in rows[1][-1]
    book.worksheets[0].cell(2, 8).value = "50万"
    fixed = io.BytesIO()
    book.save(fixed)
    again = imported(editor, fixed.getvalue())
    assert again.extra_headers == ["自己的备注"]
    assert Product.objects.get(name="甲贷").amount_max == 500_000


def test_supervisor_imports_drafts_for_any_institution(supervisor, bank):
    other = InstitutionFactory(name="山城银行", short_name="山城")
    job = imported(
        supervisor, xlsx(HEAD, line("甲贷", "海岛农商银行"), line("乙贷", "山城"), line("丙贷")), mode="good"
    )
    assert told(job) == [(4, "发布机构", "", "没有填")]
    assert set(Product.objects.values_list("name", "institution__name", "live")) == {
        ("甲贷", bank.name, False),
        ("乙贷", other.name, False),
    }


def test_names_that_share_a_pinyin_get_different_addresses(editor, bank):
    ProductFactory(institution=bank, name="别的", slug="chunchadai")
    imported(editor, xlsx(HEAD, line("春茶贷"), line("春查贷"), line("椿茶贷")))
    assert set(Product.objects.exclude(name="别的").values_list("slug", flat=True)) == {
        "chunchadai-2",
        "chunchadai-3",
        "chunchadai-4",
    }


def test_contradiction_is_told_at_its_cell(editor):
    job = checked(editor, xlsx([*HEAD, "最低额度（元）", "最高额度（元）"], [*line("甲贷"), "80万", "50万"]))
    assert told(job) == [(2, "最高额度（元）", "50万", "最高额度不能低于最低额度")]


def test_export_imported_again_changes_nothing_on_the_demo(supervisor):
    call_command("load_reference", verbosity=0)
    load_people()
    load()
    drain(limit=5000)
    revisions = Revision.objects.count()
    for kind in ("products", "tariffs", "outlets", "institutions"):
        for file_format in ("xlsx", "csv"):
            response = exporting.export(kind, queries.exportable(kind, supervisor), file_format)
            job = checked(supervisor, b"".join(response.streaming_content), kind, name=f"x.{file_format}")
            assert (job.message, told(job)) == ("", [])
            assert set(job.counts) == {"unchanged", "rows"}, (
                kind,
                file_format,
                [row.changes for row in job.rows.filter(outcome="changed")],
            )
    assert Revision.objects.count() == revisions


def test_planning_takes_the_same_queries_for_one_row_and_for_many(editor, bank, django_assert_num_queries):
    for number in range(3):
        ProductFactory(institution=bank, name=f"贷{number}", rate_note="以机构为准")
    job = checked(editor, xlsx(HEAD, line("无")))
    for count in (1, 3):
        reading = open_reading(tabular.PRODUCTS, io.BytesIO(xlsx(HEAD, *(line(f"贷{n}") for n in range(count)))))
        places = {column.name: place for place, (column, _factor) in reading.columns.items()}
        target = TARGETS["products"](job, User.objects.get(pk=editor.pk))
        rows = list(reading.rows())
        with django_assert_num_queries(7):
            target.plan(rows, places)


def test_reviewer_role_may_import_too_and_relationship_manager_may_not(bank):
    assert imported(user_with(Role.PRODUCT_REVIEWER, bank), xlsx(HEAD, line("甲贷"))).state == "done"
    with pytest.raises(actions.ImportRefused, match="没有权限"):
        checked(user_with(Role.RELATIONSHIP_MANAGER, bank), xlsx(HEAD, line("乙贷")))


def test_export_holds_the_draft_that_editors_see_and_importing_it_changes_nothing(editor, bank):
    ProductFactory(institution=bank, name="惠农贷", summary="公开的介绍", rate_note="以机构为准")
    imported(
        editor, xlsx(["名称", "一句话介绍", "资费"], ["惠农贷", "草稿的介绍", "利息：4.35 % / 年，按借款金额｜年利率"])
    )
    for kind in ("products", "tariffs"):
        response = exporting.export(kind, queries.exportable(kind, editor), "csv")
        content = b"".join(response.streaming_content)
        assert ("草稿的介绍" if kind == "products" else "年利率") in content.decode()
        assert checked(editor, content, kind, name="x.csv").counts == {"unchanged": 1, "rows": 1}
