"""Whose tables a person takes in and out."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.roles import Role
from catalogue.exchange import actions, queries
from catalogue.models import Import, Outlet, Product
from tests.catalogue.exchange import HEAD, checked, imported, line, told, xlsx
from tests.factories import InstitutionFactory, OutletFactory, ProductFactory, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(bank):
    return user_with(Role.INSTITUTION_ADMINISTRATOR, bank)


def test_institutions_administrator_imports_and_submits_for_the_own_institution(keeper, bank):
    job = imported(keeper, xlsx(HEAD, line("山核桃贷"), line("香榧贷")))
    actions.send_for_review(job, by=keeper)
    drain()
    job.refresh_from_db()
    assert (job.institution, job.state, job.counts["applied"], job.counts["not_submitted"]) == (bank, "done", 2, 0)
    products = Product.objects.order_by("name")
    assert [(each.name, each.institution, each.live) for each in products] == [
        ("山核桃贷", bank, False),
        ("香榧贷", bank, False),
    ]
    assert all(each.workflow_in_progress for each in products)


def test_institutions_administrator_is_refused_rows_of_another_institution(keeper, bank):
    other = InstitutionFactory(name="别家银行")
    theirs = ProductFactory(institution=other, slug="theirs")
    job = checked(keeper, xlsx([*HEAD, "网址名"], [*line("甲贷", "别家银行"), ""], [*line("乙贷"), "theirs"]))
    assert told(job) == [
        (2, "发布机构", "别家银行", "您只能导入自己机构的内容"),
        (3, "网址名", "theirs", "“theirs”已是别的机构的产品"),
    ]
    assert list(Product.objects.all()) == [theirs]


def test_institutions_administrator_exports_the_own_rows_alone(keeper, bank, client):
    own, theirs = OutletFactory(institution=bank), OutletFactory(institution=InstitutionFactory())
    client.force_login(keeper)
    answer = client.get(reverse("catalogue:export_file", args=["outlets"]), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["名称", own.name]
    assert Outlet.objects.filter(pk=theirs.pk).exists()


def test_manager_of_relations_takes_no_tables_in_or_out(bank):
    user = user_with(Role.RELATIONSHIP_MANAGER, bank)
    assert queries.kinds_for(user) == []
    assert [queries.exportable(kind, user).count() for kind in Import.Kind] == [0] * len(Import.Kind)


def test_administrator_of_one_institution_has_no_say_in_the_import_of_another(keeper):
    other = InstitutionFactory()
    job = checked(user_with(Role.INSTITUTION_ADMINISTRATOR, other), xlsx(HEAD, line("甲贷")))
    assert queries.may_run(keeper, job) is False
    assert list(queries.visible_to(keeper)) == []
