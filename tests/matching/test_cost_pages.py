"""The calculators, and the cost example on a match."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.models import Tariff
from matching.matcher import cost_text, product_facts
from matching.ranking import NeedFacts
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def amounts(page) -> list[Decimal]:
    return [line["yuan"] for line in page.context["lines"]]


def test_guarantee_by_the_day_is_the_figure_of_the_case(client):
    page = client.get("/cost/guarantee/", {"amount": "50", "rate": "0.5", "days": "1"})
    assert amounts(page) == [Decimal("6.85"), Decimal("6.85"), Decimal("2500.00"), Decimal("2493.15")]


def test_bridging_halved_for_private_firms(client):
    values = {"amount": "500", "rate": "0.6", "days": "5"}
    assert amounts(client.get("/cost/bridging/", values)) == [Decimal("5000.00")]
    halved = client.get("/cost/bridging/", values | {"half": "on"})
    assert amounts(halved) == [Decimal("2500.00"), Decimal("5000.00"), Decimal("2500.00")]


def test_calculator_begins_with_the_rate_that_a_product_states(client):
    assert client.get("/cost/guarantee/").context["form"]["rate"].value() is None
    product = ProductFactory()
    product.tariffs.add(Tariff(kind="guarantee_fee", basis="per_day_used", rate=Decimal("0.5"), text="担保费率 0.5%"))
    product.save()
    page = client.get("/cost/guarantee/")
    assert page.context["form"]["rate"].value() == "0.5"
    assert product.name in page.content.decode()


@pytest.mark.parametrize("wrong", [{"amount": "-1"}, {"amount": "NaN"}, {"days": "0"}, {"rate": "x"}])
def test_wrong_numbers_are_said_and_kept(client, wrong):
    page = client.get("/cost/guarantee/", {"amount": "50", "rate": "0.5", "days": "1"} | wrong)
    assert page.status_code == 200
    assert page.context["lines"] == []
    assert page.context["form"].errors
    ((name, value),) = wrong.items()
    assert page.context["form"][name].value() == value


def test_unknown_calculator_is_not_there(client):
    assert client.get("/cost/nonsense/").status_code == 404


def test_cost_on_a_match_says_what_is_stated_and_what_is_not():
    product = ProductFactory()
    need = NeedFacts(on=date(2026, 11, 24), amount_high=Decimal(500_000), days=30)
    assert cost_text(product_facts(product), need) == ""
    product.tariffs.add(Tariff(kind="guarantee_fee", basis="per_day_used", rate=Decimal("0.5"), text="x"))
    product.save()
    assert cost_text(product_facts(product), need) == "借 50 万元 用 30 天：担保费 205.48 元，利息以机构为准"
    assert cost_text(product_facts(product), NeedFacts(on=need.on)) == ""
