"""The pages of import and export."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import AuditEntry
from catalogue.models import Import, Product
from tests.catalogue.cms import house
from tests.catalogue.exchange import HEAD, checked, imported, line, xlsx
from tests.factories import ProductFactory
from tests.queue import drain

pytestmark = pytest.mark.django_db


def post(client: Client, content: bytes, name: str = "产品.xlsx", **more):
    data = {
        "kind": "products",
        "mode": "all",
        "file": SimpleUploadedFile(name, content),
        "client_key": str(uuid.uuid4()),
    }
    return client.post("/desk/import/new/", data | more)


def test_upload_check_confirm_and_submit_by_forms_alone(client, editor):
    client.force_login(editor)
    job_url = post(client, xlsx(HEAD, line("春茶贷")))["Location"]
    assert "正在检查" in client.get(job_url).content.decode()
    drain()
    assert "导入 1 行" in client.get(job_url).content.decode()
    assert client.post(f"{job_url}start/").status_code == 302
    drain()
    assert "提交 1 个产品审核" in client.get(job_url).content.decode()
    client.post(f"{job_url}submit/")
    drain()
    assert "已提交审核" in client.get(job_url).content.decode()
    assert Product.objects.get().current_workflow_state is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空的"), (b"%PDF-1.7", "不是表格"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "旧的 .xls"), (b"x" * (10 * 1024 * 1024 + 1), "超过 10 MB")],
)  # fmt: skip
def test_bad_file_is_answered_beside_the_field(client, editor, content, words):
    client.force_login(editor)
    response = post(client, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Import.objects.count() == 0


def test_hundred_megabytes_are_refused_unread(client, editor):
    client.force_login(editor)
    response = client.post(
        "/desk/import/new/", data=b"x", content_type="text/plain", CONTENT_LENGTH=str(100 * 1024 * 1024)
    )
    assert response.status_code == 413


def test_progress_is_a_fragment_that_ends_by_loading_the_page(client, editor):
    client.force_login(editor)
    url = post(client, xlsx(HEAD, line("春茶贷")))["Location"]
    running = client.get(f"{url}progress/")
    assert 'hx-trigger="every 1s"' in running.content.decode()
    assert "HX-Refresh" not in running
    drain()
    assert client.get(f"{url}progress/")["HX-Refresh"] == "true"


def test_preview_shows_each_change_from_old_to_new(client, editor, bank):
    ProductFactory(institution=bank, name="惠农贷", summary="旧的介绍", rate_note="以机构为准")
    job = checked(editor, xlsx(["名称", "一句话介绍", "备注"], ["惠农贷", "新的介绍", "x"]))
    client.force_login(editor)
    page = client.get(f"/desk/import/{job.pk}/").content.decode()
    assert "<del>旧的介绍</del> → <ins>新的介绍</ins>" in page
    assert "这些列不认识，不会导入：备注" in page


def test_returned_rows_are_there_only_where_some_are_wrong(client, editor):
    client.force_login(editor)
    good = checked(editor, xlsx(HEAD, line("春茶贷")))
    assert client.get(f"/desk/import/{good.pk}/problems/").status_code == 404
    bad = checked(editor, xlsx([*HEAD, "最高额度（元）"], [*line("春茶贷"), "很多"]))
    assert client.get(f"/desk/import/{bad.pk}/problems/").status_code == 200


def test_step_that_is_not_open_is_said_and_does_nothing(client, editor):
    client.force_login(editor)
    job = imported(editor, xlsx(HEAD, line("春茶贷")))
    page = client.post(f"/desk/import/{job.pk}/cancel/", follow=True).content.decode()
    assert "不能再放弃" in page
    assert client.post(f"/desk/import/{job.pk}/erase/").status_code == 404


def test_list_takes_the_same_queries_for_one_import_and_for_three(client, editor, django_assert_num_queries):
    client.force_login(editor)
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    checked(editor, xlsx(HEAD, line("贷")))
    client.get("/desk/import/")
    for more in (0, 2):
        for _time in range(more):
            checked(editor, xlsx(HEAD, line("贷")))
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/import/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_export_holds_only_what_one_may_edit_and_is_recorded(client, editor, bank):
    ProductFactory(institution=bank, name="自家贷")
    ProductFactory(name="别家贷")
    client.force_login(editor)
    content = b"".join(client.get("/desk/export/products/").streaming_content)
    book = load_workbook(io.BytesIO(content))
    assert [row[0] for row in book["产品"].iter_rows(min_row=2, max_col=1, values_only=True)] == ["自家贷"]
    entry = AuditEntry.objects.get(verb="exported")
    assert (entry.actor_id, entry.detail["rows"]) == (editor.pk, 1)


def test_cms_list_exports_what_is_filtered(client, db):
    one = house("海岛行")
    ProductFactory(institution=one.institution, name="研发保", kind="insurance")
    ProductFactory(name="别家保", kind="insurance")
    client.force_login(one.editor)
    response = client.get("/cms/snippets/catalogue/product/?kind=insurance&export=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("名称,发布机构")
    assert [each.split(",")[0] for each in lines[1:]] == ["研发保"]


def test_desk_list_exports_what_is_filtered(client, editor, bank):
    ProductFactory(institution=bank, name="惠农贷")
    ProductFactory(institution=bank, name="研发保")
    client.force_login(editor)
    response = client.get("/desk/products/?q=研发&export=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert [each.split(",")[0] for each in lines[1:]] == ["研发保"]


def test_preview_of_new_rows_tells_what_they_say(client, editor):
    client.force_login(editor)
    url = post(
        client,
        xlsx([*HEAD, "最高额度（元）", "准入条件"], [*line("春茶贷"), "50万", "年营业收入：不低于 1000000｜原文"]),
    )["Location"]
    drain()
    page = client.get(url).content.decode()
    assert '<span class="muted">最高额度（元）</span> 500000' in page
    assert '<span class="muted">类别</span> 贷款' in page
