"""Tariffs → dated cash flows → effective APR. Imports no Django.

Amounts are 元, rates %, both exact (`Decimal`). What nobody stated stays unknown: no rate is ever guessed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """One item of a product's price or of what is paid towards it: `catalogue.models.Tariff` as plain data."""

    kind: str  # interest | guarantee_fee | service_fee | premium | interest_subsidy | fee_subsidy
    basis: str  # per_year | per_day_used | per_month | one_off | share
    rate: Decimal  # %
    trait: str = ""  # only for firms with this trait
    cap_amount: Decimal | None = None  # 元, up to which it holds
    text: str = ""
    regions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
