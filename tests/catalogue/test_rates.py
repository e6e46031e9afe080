"""The LPR as data, and what follows from it; steps of a fee as people write them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.roles import Role
from catalogue import actions
from catalogue.fields import read_steps, write_steps
from catalogue.models import LendingRate, Product, Tariff
from matching.matcher import catalogue_for, product_facts
from search.models import Change
from search.outbox import settle
from tests.factories import ProductFactory, UserFactory, user_with

from .cms import client_of, house

pytestmark = pytest.mark.django_db
D = Decimal


def published(rate: str, day: date, basis: str = "lpr_1y") -> LendingRate:
    return LendingRate.objects.create(basis=basis, rate=D(rate), valid_from=day, source="测试公告")


def floating(**fields) -> Product:
    return ProductFactory(**{"rate_basis": "lpr_1y", "spread_min": 50} | fields)


def test_floating_rate_names_the_published_rate_and_its_day():
    published("3.00", date(2026, 1, 20))
    assert floating().based().text == "LPR（1 年期）+50 基点，按 2026-01-20 公布的 3% = 3.5%"


def test_latest_published_rate_counts_and_a_coming_one_does_not():
    for rate, day in (("3.10", date(2026, 1, 20)), ("3.00", date(2026, 6, 20)), ("2.90", date(2099, 1, 20))):
        published(rate, day)
    assert floating(spread_max=80).rates() == (D("3.500"), D("3.800"))


def test_without_a_published_rate_it_says_so_and_gives_no_number():
    published("3.50", date(2026, 1, 20), "lpr_5y")
    product = floating()
    assert product.rates() == (None, None)
    assert product.based().text == "LPR（1 年期）+50 基点；平台没有这个品种的 LPR 报价，折合年利率以机构为准"


def test_no_rate_comes_with_the_program():
    assert LendingRate.objects.count() == 0


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (50, None, "+50 基点"),
        (-10, -10, "-10 基点"),
        (20, 80, "+20 至 +80 基点"),
        (0, 0, "，不加点"),
        (None, 5, "+5 基点"),
    ],
)
def test_spread_is_written_with_its_sign(low, high, words):
    assert floating(spread_min=low, spread_max=high).based({}).spread_text == words


def test_stated_rate_goes_before_the_one_that_follows():
    published("3.00", date(2026, 1, 20))
    assert floating(rate_min=D("3.45"), rate_max=D("4.00")).rates() == (D("3.45"), D("4.00"))


def test_matching_ranks_by_the_rate_that_follows_and_reads_a_new_one_at_once():
    product, user = floating(), UserFactory()
    assert product_facts(product).rate_min is None
    first = catalogue_for(user)
    published("3.00", date(2026, 1, 20))
    assert product_facts(product).rate_min == D("3.500")
    assert catalogue_for(user) is not first


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"rate_basis": "lpr_1y"}, "spread_min"),
        ({"spread_min": 50}, "rate_basis"),
        ({"rate_basis": "lpr_1y", "spread_min": 80, "spread_max": 20}, "spread_max"),
    ],
)
def test_half_a_basis_is_refused(fields, wrong):
    with pytest.raises(ValidationError) as raised:
        ProductFactory.build(institution_id=1, **fields).clean()
    assert list(raised.value.message_dict) == [wrong]


def test_two_rates_of_one_day_are_refused():
    published("3.00", date(2026, 1, 20))
    twice = LendingRate(basis="lpr_1y", rate=D("3.1"), valid_from=date(2026, 1, 20), source="测试公告")
    with pytest.raises(ValidationError, match="已经有报价"):
        twice.full_clean()


@pytest.mark.parametrize(
    "text", ["第 6 天起 0.05、第 11 天起 0.08", "第6天起每天0.05%；第11天起0.08%", "6：0.05，11：0.08"]
)
def test_steps_are_read_as_people_write_them(text):
    steps = [{"from_day": 6, "rate": "0.05"}, {"from_day": 11, "rate": "0.08"}]
    assert read_steps(text) == steps
    assert read_steps(write_steps(steps)) == steps


@pytest.mark.parametrize("text", ["五天以后翻倍", "第 6 天起", "第 11 天起 0.08、第 6 天起 0.05", "第 1 天起 0.02"])
def test_steps_that_say_nothing_certain_are_refused(text):
    with pytest.raises(ValueError, match=r"读不懂|从小到大"):
        read_steps(text)


def test_steps_are_told_in_a_sentence():
    tariff = Tariff(kind="service_fee", basis="per_day", rate=D("0.02"), steps=read_steps("第 6 天起 0.05"))
    assert (tariff.steps_text, tariff.short) == ("第 1–5 天每天 0.02%，第 6 天起每天 0.05%", "0.02%/天起")


def test_steps_of_a_yearly_fee_are_refused():
    with pytest.raises(ValidationError, match="按天计费"):
        Tariff(kind="service_fee", basis="per_year", rate=D(1), steps=read_steps("第 6 天起 0.05")).clean()


def test_rate_entered_ahead_counts_from_its_day_on():
    product = floating(live=True)
    published("3.00", date(2026, 1, 20))
    published("2.90", date(2099, 1, 20))
    settle()
    Change.objects.all().delete()
    assert actions.follow_lending_rates(date(2099, 1, 19)) == 0
    assert actions.follow_lending_rates(date(2099, 1, 20)) == 1
    assert list(Change.objects.values_list("kind", "object_id")) == [("product", product.pk)]


def test_matching_reads_floating_rates_anew_each_day():
    product, user = floating(), UserFactory()
    published("3.00", date(2026, 11, 25))
    rates = []
    for day in ("2026-11-24", "2026-11-25"):
        with time_machine.travel(f"{day}T04:00:00Z", tick=False):
            found = catalogue_for(user)
            assert catalogue_for(user) is found
            rates.append(found.products[found.rows[product.pk]].rate_min)
    assert rates == [None, D("3.500")]


@pytest.mark.parametrize(
    ("role", "added"), [(Role.SUPERVISOR, 1), (Role.PRODUCT_REVIEWER, 0), (Role.PRODUCT_EDITOR, 0)]
)
def test_only_the_supervisor_enters_the_lpr(role, added):
    house("东海银行")
    data = {"basis": "lpr_1y", "rate": "3.1", "valid_from": "2026-01-20", "source": "测试公告"}
    client_of(user_with(role)).post(reverse("wagtailsnippets_catalogue_lendingrate:add"), data)
    assert LendingRate.objects.count() == added


def test_list_and_comparison_say_what_a_floating_rate_is_based_on(client, django_assert_num_queries):
    found, other = floating(name="浮动贷"), ProductFactory(name="固定贷", rate_min=D("4"), rate_max=D("4"))
    with django_assert_num_queries(0):
        assert (found.price, other.price) == (("利率", "LPR（1 年期）+50 基点"), ("年利率", "4%"))
    page = client.get(reverse("catalogue:compare"), {"p": [found.slug, other.slug]})
    rows = {row["label"]: row["cells"] for row in [*page.context["different"], *page.context["equal"]]}
    assert rows["利率"] == ["LPR（1 年期）+50 基点", "4%"]


def test_highest_rate_alone_is_said():
    assert ProductFactory(rate_min=None, rate_max=D("4.35")).price == ("年利率", "最高 4.35%")
