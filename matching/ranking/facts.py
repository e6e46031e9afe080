"""The two sides that meet: a need and a product, as plain data. `None` and empty mean: not known, not limited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from matching.costs.core import Tariff
from matching.needs.parser import ParsedNeed


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What is known of the enterprise besides its sentence."""

    region: str | None = None
    industry: str | None = None
    size_class: str | None = None
    traits: Mapping[str, bool] = field(default_factory=dict)
    years: Decimal | None = None
    revenue: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What one need asks for. Amounts 元, rates % a year, terms months; `on`: the day that products must be open."""

    on: date
    text: str = ""
    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    kinds: tuple[str, ...] = ()
    kinds_refused: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    guarantee_kinds: tuple[str, ...] = ()
    guarantee_refused: tuple[str, ...] = ()
    traits: Mapping[str, bool] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    size_class: str | None = None
    years: Decimal | None = None
    revenue: Decimal | None = None
    term_months: int | None = None
    days: int | None = None
    within_days: int | None = None
    revolving: bool | None = None
    repayment_kinds: tuple[str, ...] = ()
    matures_on: date | None = None
    renewal_agreed: bool | None = None
    rate_ceiling: Decimal | None = None

    @classmethod
    def of(cls, parsed: ParsedNeed, *, on: date, firm: FirmFacts | None = None, **confirmed: Any) -> Self:
        """The sentence first, the enterprise's record where the sentence is silent; `confirmed` overrides both."""
        firm = firm or FirmFacts()
        values: dict[str, Any] = {
            name: getattr(parsed, name) for name in cls.__dataclass_fields__ if name != "on" and hasattr(parsed, name)
        }
        values["traits"] = {**firm.traits, **parsed.traits}
        values["regions"] = parsed.regions or ((firm.region,) if firm.region else ())
        values["industry_codes"] = (firm.industry,) if firm.industry else parsed.industry_codes
        values["size_class"] = firm.size_class or parsed.size_class
        values["years"] = firm.years if parsed.years is None else parsed.years
        values["revenue"] = firm.revenue if parsed.revenue is None else parsed.revenue
        return cls(on=on, **{**values, **confirmed})


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One condition of a product: `catalogue.models.EligibilityRule` as plain data."""

    kind: str  # region | industry | size_class | traits_all | traits_any | years | revenue | amount | other
    values: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product. `key` is whatever the caller finds it by again (a primary key, a row's number)."""

    key: Any
    name: str
    institution: str = ""
    kind: str = "loan"
    purposes: tuple[str, ...] = ()
    summary: str = ""
    audience: str = ""
    not_for: str = ""
    description: str = ""
    region_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    size_classes: tuple[str, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    rate_min: Decimal | None = None
    rate_max: Decimal | None = None
    rate_note: str = ""
    term_min: int | None = None
    term_max: int | None = None
    guarantee_kinds: tuple[str, ...] = ()
    repayment_kinds: tuple[str, ...] = ()
    promised_days: int | None = None  # working days
    valid_from: date | None = None
    valid_to: date | None = None
    rules: tuple[RuleFacts, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
