"""Tariffs → dated cash flows → effective APR. Imports no Django.

Amounts are 元, rates %, both exact (`Decimal`); a year has 365 days, a month of a monthly fee 30 days. What nobody stated
stays unknown: no rate is ever guessed, and a total without the interest is called what it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyxirr

from matching.places import covers

YEAR = Decimal(365)
MONTH = Decimal(30)
CENT = Decimal("0.01")
RATE = Decimal("0.0001")
LABELS = {
    "interest": "利息",
    "guarantee_fee": "担保费",
    "service_fee": "服务费",
    "premium": "保险费",
    "interest_subsidy": "利息补贴",
    "fee_subsidy": "费用补贴",
}
SUBSIDIES = {"interest_subsidy": ("interest",), "fee_subsidy": ("guarantee_fee", "service_fee", "premium")}
# Charged for whole years of the contract when it begins, however long the money is used: 一次性 2500 元/年.
UPFRONT_BY_YEAR = frozenset({"guarantee_fee", "premium"})


@dataclass(frozen=True, slots=True)
class Tariff:
    """One item of a product's price or of what is paid towards it: `catalogue.models.Tariff` as plain data."""

    kind: str  # interest | guarantee_fee | service_fee | premium | interest_subsidy | fee_subsidy
    basis: str  # per_year | per_day_used | per_day | per_month | one_off | share
    rate: Decimal  # %
    trait: str = ""  # only for firms with this trait
    cap_amount: Decimal | None = None  # 元 borrowed, up to which it holds
    cap_total: Decimal | None = None  # 元 of the item itself, never more than that
    steps: tuple[tuple[int, Decimal], ...] = ()  # per_day: (from which day on, % a day), in order
    text: str = ""
    regions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the cost list. `amount` 元: paid, or negative: taken off. `paid_on`: when."""

    kind: str
    label: str
    amount: Decimal
    paid_on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What borrowing `amount` for `days` costs. Rates are None when no interest is stated."""

    amount: Decimal
    days: int
    items: tuple[Item, ...]
    total: Decimal  # of what is stated
    per_day: Decimal
    annual_rate: Decimal | None  # simple: total / amount × 365 / days, %
    effective_apr: Decimal | None  # by XIRR of the dated cash flows, %
    interest_known: bool


def applies(tariff: Tariff, *, on: date, traits: frozenset[str] = frozenset(), region: str | None = None) -> bool:
    """Whether it holds on that day, for such a firm, in that place (GB/T 2260; not known: only what is not limited)."""
    if tariff.trait and tariff.trait not in traits:
        return False
    if (tariff.valid_from and on < tariff.valid_from) or (tariff.valid_to and tariff.valid_to < on):
        return False
    return not tariff.regions or (region is not None and any(covers(code, region) for code in tariff.regions))


def tariff_amount(amount: Decimal, days: int, tariff: Tariff) -> Decimal:
    """What one item costs for `amount` 元 used `days` days, to the cent.

    50 万元 at 0.5 % a year: 2500 元 by the year, 6.85 元 for each day used. A fee by the day may have steps: days 1–5 at
    0.02 %, each later day at 0.05 %. Raises ValueError for a share, which is no
    amount of its own.
    """
    base = amount if tariff.cap_amount is None else min(amount, tariff.cap_amount)
    rate = tariff.rate / 100
    if tariff.basis == "per_year" and tariff.kind in UPFRONT_BY_YEAR:
        value = base * rate * -(-days // 365)
    elif tariff.basis in {"per_year", "per_day_used"}:
        value = base * rate * days / YEAR
    elif tariff.basis == "per_day":
        value = base * _days_weighed(days, tariff) / 100
    elif tariff.basis == "per_month":
        value = base * rate * days / MONTH
    elif tariff.basis == "one_off":
        value = base * rate
    else:
        raise ValueError(f"{tariff.basis} is no amount of its own")
    return _capped(value.quantize(CENT, ROUND_HALF_UP), tariff)


def _days_weighed(days: int, tariff: Tariff) -> Decimal:
    """The sum over all days of the rate of that day, %."""
    starts = [(1, tariff.rate), *tariff.steps]
    ends = [start - 1 for start, _rate in starts[1:]] + [days]
    return sum(
        (rate * max(min(end, days) - start + 1, 0) for (start, rate), end in zip(starts, ends, strict=True)), Decimal(0)
    )


def _capped(value: Decimal, tariff: Tariff) -> Decimal:
    return value if tariff.cap_total is None else min(value, tariff.cap_total)


def example_cost(
    amount: Decimal,
    days: int,
    tariffs: Iterable[Tariff],
    on: date,
    *,
    traits: frozenset[str] = frozenset(),
    region: str | None = None,
    bears_interest: bool = True,
) -> Cost:
    """Every stated item that holds for a firm with `traits` in `region` that takes `amount` on `on` and repays it at once
    after `days`.

    Upfront: one-off items and yearly guarantee fees and premiums; all else, subsidies too, at the end. Of several shares
    of one subsidy the highest counts: they are alternatives. `bears_interest=False` for money whose price is its fee
    (转贷). Raises ValueError unless amount and days are positive.
    """
    if amount <= 0 or days <= 0:
        raise ValueError("金额和天数都要大于零")
    valid = [each for each in tariffs if applies(each, on=on, traits=traits, region=region)]
    end = on + timedelta(days=days)
    items: list[Item] = []
    for each in _chosen(valid, amount, days):
        upfront = each.basis == "one_off" or (each.basis == "per_year" and each.kind in UPFRONT_BY_YEAR)
        items.append(
            Item(each.kind, LABELS[each.kind], tariff_amount(amount, days, each), on if upfront else end, each.text)
        )
    for kind, towards in SUBSIDIES.items():
        paid = sum((item.amount for item in items if item.kind in towards), Decimal(0))
        off = _subsidy(kind, paid, amount, days, valid)
        if off is not None and off[0]:
            items.append(Item(kind, LABELS[kind], -min(off[0], paid), end, off[1]))
    total = sum((item.amount for item in items), Decimal(0))
    known = not bears_interest or any(each.kind == "interest" for each in valid)
    return Cost(
        amount=amount,
        days=days,
        items=tuple(items),
        total=total,
        per_day=(total / days).quantize(CENT, ROUND_HALF_UP),
        annual_rate=(total / amount * YEAR / days * 100).quantize(RATE, ROUND_HALF_UP) if known else None,
        effective_apr=_apr(amount, on, end, items) if known else None,
        interest_known=known,
    )


def _chosen(valid: list[Tariff], amount: Decimal, days: int) -> list[Tariff]:
    """What is paid. Of an interest for everyone and one for firms like this, the lower."""
    interest = [each for each in valid if each.kind == "interest"]
    others = [
        each for each in valid if each.kind not in SUBSIDIES and each.kind != "interest" and each.basis != "share"
    ]
    return ([min(interest, key=lambda each: tariff_amount(amount, days, each))] if interest else []) + others


def _subsidy(kind: str, paid: Decimal, amount: Decimal, days: int, valid: list[Tariff]) -> tuple[Decimal, str] | None:
    """The best of the subsidies of this kind and what it says."""
    found = [
        (
            _capped((paid * each.rate / 100).quantize(CENT, ROUND_HALF_UP), each)
            if each.basis == "share"
            else tariff_amount(amount, days, each),
            each.text,
        )
        for each in valid
        if each.kind == kind
    ]
    return max(found, key=lambda pair: pair[0], default=None)


def _apr(amount: Decimal, on: date, end: date, items: list[Item]) -> Decimal | None:
    """% a year; None where no rate solves the flows."""
    flows: dict[date, Decimal] = {on: amount, end: -amount}
    for item in items:
        flows[item.paid_on] = flows.get(item.paid_on, Decimal(0)) - item.amount
    found = pyxirr.xirr(list(flows), [float(value) for value in flows.values()])
    return None if found is None else Decimal(repr(found * 100)).quantize(RATE, ROUND_HALF_UP)


def annual_cost_rate(
    tariffs: Iterable[Tariff],
    on: date,
    *,
    traits: frozenset[str] = frozenset(),
    region: str | None = None,
    bears_interest: bool = True,
) -> Decimal | None:
    """综合年化成本, simple, % a year, of a loan for one year; None when no interest is stated."""
    return example_cost(
        Decimal(1_000_000), 365, tariffs, on, traits=traits, region=region, bears_interest=bears_interest
    ).annual_rate
