"""Costs of the six cases, to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.costs.core import Tariff, annual_cost_rate, applies, example_cost, tariff_amount

ON = date(2026, 11, 24)
D = Decimal


def fee(**values) -> Tariff:
    return Tariff(**{"kind": "guarantee_fee", "basis": "per_year", "rate": D("0.5")} | values)


def test_guarantee_fee_by_the_year_is_2500_for_any_days_of_it():
    assert tariff_amount(D(500_000), 365, fee()) == D("2500.00")
    assert tariff_amount(D(500_000), 10, fee()) == D("2500.00")


def test_guarantee_fee_by_days_used_is_6_85_a_day():
    assert tariff_amount(D(500_000), 1, fee(basis="per_day_used")) == D("6.85")
    assert tariff_amount(D(500_000), 10, fee(basis="per_day_used")) == D("68.49")
    assert tariff_amount(D(500_000), 365, fee(basis="per_day_used")) == D("2500.00")


@pytest.mark.parametrize(
    ("traits", "total"), [(set(), "18000.00"), ({"private"}, "9000.00"), ({"private", "sole_trader"}, "9000.00")]
)
def test_bridging_fee_is_halved_once_for_private_firms_and_sole_traders(traits, total):
    tariffs = [
        fee(kind="service_fee", basis="per_month", rate=D("0.6")),
        fee(kind="fee_subsidy", basis="share", rate=D(50), trait="private"),
        fee(kind="fee_subsidy", basis="share", rate=D(50), trait="sole_trader"),
    ]
    cost = example_cost(D(3_000_000), 30, tariffs, ON, traits=frozenset(traits), bears_interest=False)
    assert cost.total == D(total)
    assert cost.interest_known
    assert cost.annual_rate == (D(total) / D(3_000_000) * 365 / 30 * 100).quantize(D("0.0001"))


@pytest.mark.parametrize(("trait", "paid"), [("startup", "1000.00"), ("growth", "4000.00"), (None, "10000.00")])
def test_premium_is_subsidised_by_stage(trait, paid):
    tariffs = [
        fee(kind="premium", basis="one_off", rate=D(1)),
        fee(kind="fee_subsidy", basis="share", rate=D(90), trait="startup"),
        fee(kind="fee_subsidy", basis="share", rate=D(60), trait="growth"),
    ]
    cost = example_cost(D(1_000_000), 365, tariffs, ON, traits=frozenset(filter(None, [trait])), bears_interest=False)
    assert cost.total == D(paid)


def test_unknown_interest_gives_no_rate():
    cost = example_cost(D(500_000), 365, [fee()], ON)
    assert (cost.total, cost.interest_known, cost.annual_rate, cost.effective_apr) == (D("2500.00"), False, None, None)
    assert annual_cost_rate([fee()], ON) is None


def test_interest_of_a_year_is_both_simple_and_effective_rate():
    cost = example_cost(D(1_000_000), 365, [fee(kind="interest", rate=D("2.65"))], ON)
    assert (cost.total, cost.annual_rate, cost.effective_apr) == (D("26500.00"), D("2.6500"), D("2.6500"))


def test_upfront_fee_makes_the_effective_rate_exceed_the_simple_one():
    cost = example_cost(D(1_000_000), 365, [fee(kind="interest", rate=D(4)), fee(rate=D(1))], ON)
    assert cost.annual_rate == D("5.0000")
    assert cost.effective_apr == D("5.0505")


def test_tariff_for_one_trait_lowers_the_interest_only_for_it():
    tariffs = [fee(kind="interest", rate=D(4)), fee(kind="interest", rate=D("2.65"), trait="first_loan")]
    assert annual_cost_rate(tariffs, ON) == D("4.0000")
    assert annual_cost_rate(tariffs, ON, traits=frozenset({"first_loan"})) == D("2.6500")


def test_cap_limits_the_amount_that_a_fee_is_taken_of():
    assert tariff_amount(D(500_000), 365, fee(cap_amount=D(100_000))) == D("500.00")


def test_tariff_applies_within_its_days_and_places():
    tariff = fee(valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), regions=("330900",))
    assert applies(tariff, on=ON, region="330902")
    assert not applies(tariff, on=ON, region="330803")
    assert not applies(tariff, on=ON)
    assert not applies(tariff, on=date(2027, 1, 1), region="330902")


def test_cost_of_nothing_is_refused():
    with pytest.raises(ValueError, match="大于零"):
        example_cost(D(0), 10, [], ON)


@given(
    amount=st.integers(1_000, 50_000_000),
    days=st.integers(1, 1000),
    rate=st.decimals("0.01", "20", places=2),
    share=st.integers(0, 100),
)
def test_subsidy_never_exceeds_what_it_is_paid_towards(amount, days, rate, share):
    tariffs = [fee(kind="interest", rate=rate), fee(kind="interest_subsidy", basis="share", rate=D(share))]
    cost = example_cost(D(amount), days, tariffs, ON)
    assert 0 <= cost.total <= tariff_amount(D(amount), days, tariffs[0])


def stepped(**values) -> Tariff:
    """0.02 % a day for days 1–5, 0.05 % from day 6, 0.08 % from day 11."""
    return fee(**{"kind": "service_fee", "basis": "per_day", "rate": D("0.02"), "steps": STEPS} | values)


STEPS = ((6, D("0.05")), (11, D("0.08")))


@pytest.mark.parametrize(
    ("days", "yuan"),
    [(1, "200.00"), (5, "1000.00"), (6, "1500.00"), (10, "3500.00"), (11, "4300.00"), (30, "19500.00")],
)
def test_fee_by_the_day_rises_with_its_steps(days, yuan):
    assert tariff_amount(D(1_000_000), days, stepped()) == D(yuan)


def test_fee_by_the_day_without_steps_is_the_same_each_day():
    assert tariff_amount(D(1_000_000), 7, stepped(steps=())) == D("1400.00")


@given(days=st.integers(1, 60), amount=st.integers(1, 10_000_000))
def test_stepped_fee_is_the_sum_of_its_days(days, amount):
    rates = [D("0.02")] * 5 + [D("0.05")] * 5 + [D("0.08")] * 50
    assert tariff_amount(D(amount), days, stepped()) == (D(amount) * sum(rates[:days]) / 100).quantize(
        D("0.01"), "ROUND_HALF_UP"
    )


def test_total_cap_limits_what_an_item_comes_to():
    assert tariff_amount(D(1_000_000), 30, stepped(cap_total=D(5_000))) == D("5000.00")
    assert tariff_amount(D(1_000_000), 5, stepped(cap_total=D(5_000))) == D("1000.00")


def test_both_caps_hold_at_once():
    """The amount cap limits what the fee is taken of, the total cap what it comes to."""
    capped = fee(basis="one_off", rate=D(1), cap_amount=D(500_000), cap_total=D(4_000))
    assert tariff_amount(D(1_000_000), 365, capped) == D("4000.00")
    assert tariff_amount(D(300_000), 365, capped) == D("3000.00")


def test_subsidy_by_share_stops_at_its_total_cap():
    tariffs = [
        fee(kind="premium", basis="one_off", rate=D(1)),
        fee(kind="fee_subsidy", basis="share", rate=D(90), cap_total=D(5_000)),
    ]
    cost = example_cost(D(1_000_000), 365, tariffs, ON, bears_interest=False)
    assert [item.amount for item in cost.items] == [D("10000.00"), D("-5000.00")]


def test_of_two_interests_the_cheaper_for_these_days_counts_whatever_its_base():
    by_day = fee(kind="interest", basis="per_day", rate=D("0.01"), text="按天")
    by_year = fee(kind="interest", basis="per_year", rate=D("3.00"), text="按年")
    cost = example_cost(D(1_000_000), 100, [by_day, by_year], ON)
    assert [(item.text, item.amount) for item in cost.items] == [("按年", D("8219.18"))]
