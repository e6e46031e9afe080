"""Exported and imported again, the database is what it was: on the demo, on generated content, and into empty tables."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import Model

import accounts.generation
import catalogue.generation
import catalogue.places.generation
from accounts import demo as accounts_demo
from accounts.models import Enterprise, Institution, Policy, Region
from accounts.transitions import TransitionRefused
from catalogue import demo
from catalogue.exchange import actions, exporting, queries
from catalogue.models import (
    EligibilityRule,
    Import,
    Outlet,
    Product,
    ProductPolicy,
    ServiceItem,
    Tariff,
)
from tests.catalogue.exchange import told
from tests.factories import user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db
TABLES: tuple[type[Model], ...] = (
    Institution, Product, EligibilityRule, Tariff, ProductPolicy, Outlet, ServiceItem, Enterprise,
    Product.regions.through, Product.partners.through, Outlet.services.through,
)  # fmt: skip
FORMATS: dict[str, Callable[[bytes], bytes]] = {
    "xlsx": bytes,
    "csv": lambda content: content.decode("utf-8-sig").encode("gb18030"),
}


def state() -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables, every column."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in TABLES}


def exported(kind: str, user, file_format: str) -> bytes:
    found = queries.exportable(kind, user)
    return FORMATS[file_format](b"".join(exporting.export(kind, found, file_format).streaming_content))


def uploaded(kind: str, user, content: bytes, file_format: str) -> Import:
    file = SimpleUploadedFile(f"表.{file_format}", content)
    job = actions.upload(user=user, kind=kind, mode="all", file=file, client_key=uuid.uuid4())
    drain()
    job.refresh_from_db()
    return job


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The demo's catalogue with policies, drafts and every kind of column, and generated content; made once."""
    from django.db import transaction

    with django_db_blocker.unblock():
        held = transaction.atomic()
        held.__enter__()
        call_command("load_reference", verbosity=0)
        accounts_demo.load()
        demo.load()
        chance = random.Random(7)
        catalogue.generation.products(60, chance)
        catalogue.places.generation.outlets(40, chance)
        accounts.generation.enterprises(40, chance)
        _policies()
        _places()
        drain(2000)
        yield
        transaction.set_rollback(True)
        held.__exit__(None, None, None)


def _policies() -> None:
    place = Region.objects.get(pk="330000")
    one, two = (
        Policy.objects.create(page_key=number, title=title, number=code, url=f"/policies/{number}/", region=place)
        for number, title, code in (
            (1, "关于支持小微企业融资的通知", "浙政办发〔2024〕1号"),
            (2, "无号的办法｜试行", ""),
        )
    )
    product = Product.objects.filter(live=True, rules__isnull=False, tariffs__isnull=False).order_by("pk").first()
    assert product is not None
    product.rules.update(policy=one)
    product.tariffs.update(policy=two)
    ProductPolicy.objects.create(product=product, policy=one, note="第三条")
    draft = Product.objects.filter(live=True).exclude(pk=product.pk).order_by("pk")[0].get_latest_revision_as_object()
    draft.summary = "草稿里改过的一句话"
    draft.policy_links.add(ProductPolicy(policy=two))
    draft.save_revision()


def _places() -> None:
    outlet = Outlet.objects.order_by("pk").first()
    assert outlet is not None
    outlet.holiday_rule = Outlet.HolidayRule.WEEKEND
    outlet.exceptions = Outlet._meta.get_field("exceptions").read(
        "2027-02-15至2027-02-17 休息 春节\n2027-02-20 09:00-12:00"
    )
    outlet.duty = Outlet._meta.get_field("duty").read("金融顾问：周一、周三 09:00-12:00\n客户经理：工作日")
    outlet.save()
    item = ServiceItem.objects.order_by("pk").first()
    assert item is not None
    item.how_to_apply, item.apply_url = "带上执照\n到柜台填表", "https://bank.example/apply?a=1"
    item.save()


@pytest.fixture
def supervisor(filled, db):
    return user_with("supervisor", phone="+8613711112222")


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kind", Import.Kind.values)
def test_exported_and_imported_again_leaves_the_database_as_it_was(supervisor, kind, file_format):
    before = state()
    job = uploaded(kind, supervisor, exported(kind, supervisor, file_format), file_format)
    assert (job.state, told(job)) == ("ready", [])
    assert set(job.counts) == {"unchanged", "rows"}
    assert job.counts["rows"] > (1 if kind == "tariffs" else 10)
    with pytest.raises(TransitionRefused, match="没有要新增或修改"):
        actions.start(job, by=supervisor)
    assert state() == before


def said(kind: str, user) -> list[dict[str, Any]]:
    return list(exporting.rows(kind, queries.exportable(kind, user)))


def remove(kind: str, rows: int) -> int:
    """Empties the tables; how many rows went. Of firms, the generated ones: too much hangs on others."""
    models: dict[str, tuple[type[Model], ...]] = {
        "products": (
            EligibilityRule,
            Tariff,
            ProductPolicy,
            Product.regions.through,
            Product.partners.through,
            Product,
        ),
        "services": (Outlet.services.through, ServiceItem),
        "outlets": (Outlet.services.through, Outlet),
        "enterprises": (Enterprise,),
    }
    if kind == "enterprises":
        return Enterprise.objects.filter(address__contains="测量路").delete()[1]["accounts.Enterprise"]
    for model in models[kind]:
        model._base_manager.all()._raw_delete("default")
    return rows


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kind", ["products", "services", "outlets", "enterprises"])
def test_file_alone_holds_all_that_the_tables_say(supervisor, kind, file_format):
    """Into emptied tables: what comes out again is what went in, so that no column is missing."""
    before = said(kind, supervisor)
    content = exported(kind, supervisor, file_format)
    gone = remove(kind, len(before))
    assert len(said(kind, supervisor)) == len(before) - gone
    assert gone > 10
    job = uploaded(kind, supervisor, content, file_format)
    assert (job.state, told(job)) == ("ready", [])
    actions.start(job, by=supervisor)
    drain()
    job.refresh_from_db()
    assert (job.state, job.counts["applied"]) == ("done", gone)
    assert exported(kind, supervisor, "csv") == FORMATS["csv"](_csv(kind, before))


def _csv(kind: str, rows: list[dict[str, Any]]) -> bytes:
    from catalogue.exchange.targets import TARGETS
    from catalogue.tabular import writing

    return "".join(writing.delimited(TARGETS[kind].description, rows)).encode()


def test_sheets_have_a_column_for_every_field_that_people_fill_in():
    """A field added to a table later is missed here, not by a clerk."""
    from catalogue.exchange.targets import TARGETS

    inside = {
        "products": {"id", "latest_revision", "live", "has_unpublished_changes", "first_published_at", "last_published_at",
                     "live_revision", "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by", "confirmed_on",
                     "created_at", "updated_at"},
        "tariffs": {"id", "sort_order"},
        "services": {"id"},
        "outlets": {"id", "is_demo"},
        "institutions": {"id"},
        "enterprises": {"id", "size_class", "licence", "is_demo", "created_at", "updated_at", "merged_into"},
    }  # fmt: skip
    for kind, target in TARGETS.items():
        model: Any = Tariff if kind == "tariffs" else target.model
        fields = {each.name for each in [*model._meta.concrete_fields, *model._meta.many_to_many]}
        missing = fields - {column.name for column in target.description.columns} - inside[kind]
        assert missing == set(), kind
