"""Import of products after they were checked, beside a bare `bulk_create` of the same rows in the same run; and checking,
exporting, what memory the reading of a large file takes."""

import io
import time
import tracemalloc
import uuid
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.perf.pages import line

ROWS = 10_000


def _line(number: int) -> dict:
    """As many columns as people fill in, two rules and two tariffs."""
    rule = {"values": [], "minimum": None, "maximum": None, "source": ""}
    tariff = {
        "steps": [], "trait": "", "cap_amount": None, "cap_total": None, "regions": [], "valid_from": None, "valid_to": None,
        "source": "",
    }  # fmt: skip
    return {
        "name": f"春茶贷{number}号", "institution": "测量银行", "kind": "loan", "purposes": ["working_capital"],
        "summary": "茶企收茶季的周转贷款，随借随还", "audience": "收购季需要短期周转的茶企", "not_for": "买设备、建厂房的长期资金",
        "description": "用于收购鲜叶。" * 10, "regions": ["331123"], "industry_codes": ["1530"], "size_classes": ["micro", "small"],
        "amount_max": 500_000 + number, "rate_min": 3.85, "rate_max": 4.35, "rate_note": "1 年期 LPR 加点", "term_max": 12,
        "guarantee_kinds": ["credit", "guarantor"], "repayment_kinds": ["revolving"], "promised_days": 3,
        "materials": "营业执照\n近一年流水", "steps": "企业：线上申请\n银行：审批放款", "contact": "小微金融部",
        "source": "产品手册", "as_of": "2026-01-01", "slug": f"bench-{uuid.uuid4().hex[:8]}-{number}",
        "rules": [rule | {"kind": "traits_any", "values": ["first_loan"], "text": "首贷户"}, rule | {"kind": "years", "minimum": 1, "text": "满一年"}],
        "tariffs": [
            tariff | {"kind": "interest", "basis": "per_year", "rate": 3.85, "text": "年利率 3.85% 起"},
            tariff | {"kind": "guarantee_fee", "basis": "per_day_used", "rate": 0.5, "text": "担保费 0.5%"},
        ],
    }  # fmt: skip


def _workbook(rows: int) -> bytes:
    from catalogue.tabular import PRODUCTS, writing

    target = io.BytesIO()
    writing.workbook(PRODUCTS, (_line(number) for number in range(rows)), target)
    return target.getvalue()


def _supervisor():
    from accounts.models import Institution, RoleAssignment, User

    user, _made = User.objects.get_or_create(username="bench-supervisor")
    RoleAssignment.objects.get_or_create(user=user, role="supervisor", institution=None)
    Institution.objects.get_or_create(
        name="测量银行", defaults={"slug": "bench-bank", "kind": "bank", "region_id": "331123"}
    )
    return User.objects.get(pk=user.pk)


def _peak(work) -> tuple[float, int]:
    """(result, MB at most) of Python's own memory."""
    tracemalloc.start()
    done = work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return done, round(peak / 1e6)


def _bare(rows: list) -> float:
    """Rows a second of `bulk_create` alone: products, rules, tariffs, places, drafts with their content ready."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction
    from django.utils import timezone
    from wagtail.models import Revision

    from catalogue.models import EligibilityRule, Product, Tariff

    kind, now = ContentType.objects.get_for_model(Product), timezone.now()
    contents = dict(Revision.objects.filter(base_content_type=kind).values_list("object_id", "content"))
    products = list(Product.objects.filter(pk__in=rows).prefetch_related("rules", "tariffs", "regions"))
    made = []
    for product in products:
        rules, tariffs = list(product.rules.all()), list(product.tariffs.all())
        places, content = [each.pk for each in product.regions.all()], contents[str(product.pk)]
        product.pk, product.slug = None, f"bare-{product.slug}"
        product.latest_revision_id = None
        product._state.adding = True
        made.append((product, rules, tariffs, places, content))
    started = time.perf_counter()
    for start in range(0, len(made), 1000):
        with transaction.atomic():
            part = made[start : start + 1000]
            Product.objects.bulk_create([each[0] for each in part])
            for product, rules, tariffs, _places, _content in part:
                for row in (*rules, *tariffs):
                    row.pk, row.product_id = None, product.pk
            EligibilityRule.objects.bulk_create(row for each in part for row in each[1])
            Tariff.objects.bulk_create(row for each in part for row in each[2])
            through = Product.regions.through
            through.objects.bulk_create(
                through(product_id=each[0].pk, region_id=code) for each in part for code in each[3]
            )
            Revision.objects.bulk_create(
                Revision(content_type=kind, base_content_type=kind, object_id=str(each[0].pk), created_at=now, object_str="", content=each[4])
                for each in part
            )  # fmt: skip
    return len(made) / (time.perf_counter() - started)


def run() -> Iterator[dict]:
    from django.core.management import call_command

    from catalogue.exchange import actions, exporting, queries, running
    from catalogue.models import ImportRow, Product
    from catalogue.tabular import PRODUCTS
    from catalogue.tabular.reading import open_reading

    call_command("prepare", verbosity=0)
    user = _supervisor()
    content = _workbook(ROWS)
    small = _workbook(ROWS // 10)

    def read(data: bytes) -> int:
        return sum(1 for _row in open_reading(PRODUCTS, io.BytesIO(data)).rows())

    _rows, peak_small = _peak(lambda: read(small))
    rows, peak = _peak(lambda: read(content))
    yield line("exchange.read_memory", peak, "MB", peak_small, rows)
    job = actions.upload(
        user=user, kind="products", mode="all", file=SimpleUploadedFile("bench.xlsx", content), client_key=uuid.uuid4()
    )
    started = time.perf_counter()
    running.run(job.pk)
    job.refresh_from_db()
    if job.state != "ready" or job.counts.get("new") != ROWS:
        raise RuntimeError(f"checking ended as {job.state}: {job.counts} {job.message} {job.rows.first().problems[:3]}")
    yield line("exchange.check", ROWS / (time.perf_counter() - started), "rows/s", None, ROWS)
    actions.start(job, by=user)
    started = time.perf_counter()
    running.run(job.pk)
    speed = ROWS / (time.perf_counter() - started)
    job.refresh_from_db()
    if job.state != "done" or job.counts.get("applied") != ROWS:
        raise RuntimeError(f"the import ended as {job.state}: {job.counts} {job.message}")
    keys = list(ImportRow.objects.filter(job=job).values_list("target_id", flat=True))
    yield line("exchange.import", speed, "rows/s", _bare(keys), ROWS)
    started = time.perf_counter()
    exported = sum(
        len(part)
        for part in exporting.export("products", queries.exportable("products", user), "xlsx").streaming_content
    )
    count = Product.objects.count()
    yield line("exchange.export", count / (time.perf_counter() - started), "rows/s", None, count if exported else 0)
    actions.undo(job, by=user)
    started = time.perf_counter()
    while job.state in {"undoing", "done"}:
        running.run(job.pk)
        job.refresh_from_db()
    yield line("exchange.undo", ROWS / (time.perf_counter() - started), "rows/s", None, ROWS)
