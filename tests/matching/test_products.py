"""Columns of every process follow the catalogue: only what changed is read, whatever way it changed."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.models import EligibilityRule, LendingRate, Product, Tariff
from matching import changes, products
from matching.models.needs import CatalogueChange
from matching.products import catalogue_for, product_facts
from matching.ranking import Catalogue
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


class Visitor:
    is_authenticated = False


@pytest.fixture(autouse=True)
def other_process(monkeypatch):
    """Nothing kept of other tests."""
    monkeypatch.setattr(products, "_kept", None)


@pytest.fixture
def member():
    return UserFactory()


def held(user) -> dict:
    catalogue = catalogue_for(user)
    return {key: catalogue.products[row] for key, row in catalogue.rows.items()}


def stated(*found: Product) -> dict:
    """As a process says that has just started."""
    rows = Product.objects.filter(pk__in=[each.pk for each in found])
    return {each.pk: product_facts(each) for each in rows}


def reads(action) -> list[str]:
    """Tables that were asked for, in order."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return [each["sql"].split(' FROM "')[1].split('"')[0] for each in captured if " FROM " in each["sql"]]


def test_nothing_changed_costs_one_query(member):
    ProductFactory()
    catalogue_for(member)
    assert reads(lambda: catalogue_for(member)) == ["matching_catalogueversion"]


def test_one_changed_product_is_read_and_no_other(member, monkeypatch):
    others, product = ProductFactory.create_batch(3), ProductFactory()
    before = catalogue_for(member)
    product.summary = "改过的介绍"
    product.save()
    worked_out = []
    monkeypatch.setattr(
        "matching.products.product_facts", lambda row, rates: worked_out.append(row.pk) or product_facts(row, rates)
    )
    assert held(member) == stated(product, *others)
    assert worked_out == [product.pk]
    after = catalogue_for(member)
    assert after is not before
    assert [after.profiles[after.rows[each.pk]] is before.profiles[before.rows[each.pk]] for each in others] == [
        True
    ] * 3


def test_saved_without_a_change_keeps_the_columns(member):
    product = ProductFactory()
    before = catalogue_for(member)
    product.save()
    assert catalogue_for(member) is before


@pytest.mark.parametrize("part", ["rule", "tariff", "region", "deleted", "hidden", "closed", "opened"])
def test_every_way_to_change_a_product_is_seen(member, part):
    product, other = ProductFactory(), ProductFactory()
    closed = ProductFactory(live=False)
    catalogue_for(member), catalogue_for(Visitor())
    seen = {product.pk, other.pk}
    if part == "rule":
        EligibilityRule.objects.create(product=product, kind="years", minimum=2, text="成立满 2 年")
    elif part == "tariff":
        Tariff.objects.create(product=product, kind="interest", basis="per_year", rate=Decimal("3.5"), text="年利率")
    elif part == "region":
        product.regions.add(RegionFactory())
        product.save()
    elif part == "deleted":
        seen.remove(product.pk)
        product.delete()
    elif part == "hidden":
        product.login_required = True
        product.save()
    elif part == "closed":
        seen.remove(product.pk)
        product.live = False
        product.save()
    else:
        seen.add(closed.pk)
        closed.live = True
        closed.save()
    expected = stated(*Product.objects.filter(pk__in=seen))
    assert held(member) == expected
    visible = seen - {product.pk} if part == "hidden" else seen
    assert held(Visitor()) == {key: each for key, each in expected.items() if key in visible}


def test_institution_renamed_or_closed_takes_its_products_along(member):
    bank = InstitutionFactory()
    product, other = ProductFactory(institution=bank), ProductFactory()
    catalogue_for(member)
    bank.name, bank.short_name = "新名字银行", ""
    bank.save()
    assert held(member)[product.pk].institution == str(bank)
    bank.is_active = False
    bank.save()
    assert held(member).keys() == {other.pk}
    bank.is_active = True
    bank.save()
    assert held(member) == stated(product, other)


def test_lending_rate_reaches_products_that_follow_it(member):
    follows, states = ProductFactory(rate_basis="lpr_1y", spread_min=50), ProductFactory(rate_min=Decimal("4.00"))
    catalogue_for(member)
    LendingRate.objects.create(basis="lpr_1y", rate=Decimal("3.00"), valid_from=date(2026, 1, 20), source="测试公告")
    assert {key: each.rate_min for key, each in held(member).items()} == {
        follows.pk: Decimal("3.500"), states.pk: Decimal("4.00"),
    }  # fmt: skip


def test_new_day_without_a_new_rate_keeps_the_columns(member):
    ProductFactory(rate_basis="lpr_1y", spread_min=50)
    with time_machine.travel("2026-11-24T04:00:00Z", tick=False):
        first = catalogue_for(member)
    with time_machine.travel("2026-11-25T04:00:00Z", tick=False):
        assert catalogue_for(member) is first


def test_process_that_slept_past_the_log_reads_all(member):
    product = ProductFactory()
    catalogue_for(member)
    Product.objects.filter(pk=product.pk).update(summary="没有发信号")
    changes.touch([])
    CatalogueChange.objects.order_by("pk").exclude(pk=CatalogueChange.objects.latest("pk").pk).delete()
    assert held(member)[product.pk].summary == "没有发信号"


def test_bulk_change_is_read_whole(member):
    product = ProductFactory()
    catalogue_for(member)
    Product.objects.filter(pk=product.pk).update(summary="批量改的")
    changes.touch()
    assert held(member)[product.pk].summary == "批量改的"


def test_what_was_read_inside_a_transaction_that_failed_is_not_kept(member):
    product = ProductFactory(summary="原来的")
    catalogue_for(member)
    with pytest.raises(RuntimeError), transaction.atomic():
        product.summary = "没有成"
        product.save()
        assert held(member)[product.pk].summary == "没有成"
        raise RuntimeError
    assert held(member)[product.pk].summary == "原来的"


def test_log_is_pruned(member, monkeypatch):
    monkeypatch.setattr(changes, "LINES", 5)
    monkeypatch.setattr(changes, "EVERY", 1)
    for _number in range(12):
        changes.touch([])
    assert CatalogueChange.objects.count() == 5


def test_hidden_products_are_for_members_only(member):
    shown, hidden = ProductFactory(), ProductFactory(login_required=True)
    assert (held(member).keys(), held(Visitor()).keys()) == ({shown.pk, hidden.pk}, {shown.pk})
    assert isinstance(catalogue_for(Visitor()), Catalogue)
