"""Between the tables and the pure ranking: needs as facts, results as cards. Products as columns: `products`."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from accounts.wording import listed, money, percent
from catalogue.models import Product
from catalogue.queries import products_visible_to
from matching.costs.core import example_cost
from matching.ranking import FirmFacts, NeedFacts, ProductFacts, Question, Ranking, Weights, rank
from matching.ranking.result import plain, plain_nearly
from matching.ranking.wording import CHINESE, Language, speaking

from .meaning import counted
from .models import Need, WeightSet
from .products import catalogue_for, product_facts, tariff_facts

__all__ = [
    "DETAILS",
    "Card",
    "Matches",
    "NearlyCard",
    "cards_of",
    "catalogue_for",
    "cost_text",
    "firm_facts",
    "match",
    "need_facts",
    "needed_by",
    "product_facts",
    "tariff_facts",
    "weights",
]

# What a sentence may say that the form has no field for; kept in `Need.details`.
DETAILS = (
    "kinds_refused",
    "guarantee_refused",
    "repayment_kinds",
    "industry_codes",
    "size_class",
    "years",
    "revenue",
)


def firm_facts(enterprise: Enterprise | None, on: date) -> FirmFacts:
    """What the enterprise's record says; nothing for a visitor."""
    if enterprise is None:
        return FirmFacts()
    founded = enterprise.founded_on
    return FirmFacts(
        region=enterprise.region_id,
        industry=enterprise.industry_id,
        size_class=enterprise.size_class,
        traits=dict(enterprise.traits or {}),
        years=None if founded is None else round(Decimal((on - founded).days) / Decimal("365.25"), 1),
        revenue=enterprise.revenue,
    )


def need_facts(need: Need, enterprise: Enterprise | None, on: date | None = None) -> NeedFacts:
    """A need (saved or not) and its enterprise's record as facts: what the need says goes first."""
    on = on or timezone.localdate()
    firm, details = firm_facts(enterprise, on), need.details
    number = {name: None if details.get(name) is None else Decimal(details[name]) for name in ("years", "revenue")}
    return NeedFacts(
        on=on,
        text=need.text,
        amount_low=need.amount_low,
        amount_high=need.amount_high,
        kinds=tuple(need.kinds),
        kinds_refused=tuple(details.get("kinds_refused", ())),
        purposes=tuple(need.purposes),
        guarantee_kinds=tuple(need.guarantee_kinds),
        guarantee_refused=tuple(
            kind for kind in details.get("guarantee_refused", ()) if kind not in need.guarantee_kinds
        ),
        traits={**firm.traits, **need.traits},
        regions=tuple(filter(None, [need.region_id or firm.region])),
        industry_codes=(firm.industry,) if firm.industry else tuple(details.get("industry_codes", ())),
        size_class=firm.size_class or details.get("size_class"),
        years=firm.years if number["years"] is None else number["years"],
        revenue=firm.revenue if number["revenue"] is None else number["revenue"],
        term_months=need.term_months,
        days=need.days,
        within_days=None if need.needed_by is None else max((need.needed_by - on).days, 0),
        revolving=need.revolving,
        repayment_kinds=tuple(details.get("repayment_kinds", ())),
        matures_on=need.matures_on,
        renewal_agreed=need.renewal_agreed,
        rate_ceiling=need.rate_ceiling,
    )


@dataclass(frozen=True)
class Card:
    """One ranked product with its row of the catalogue."""

    product: Product
    score: float
    reasons: tuple[str, ...]
    fails: tuple[str, ...]
    unknown: tuple[str, ...]
    cost: str = ""  # what it would cost for what was asked, where that is stated

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What people compare and the source states: (label, value)."""
        return [(label, value) for label, value in self._compared() if value]

    @property
    def unstated(self) -> list[str]:
        return [label for label, value in self._compared() if not value]

    def _compared(self) -> list[tuple[str, str]]:
        product = self.product
        known_term = product.term_min is not None or product.term_max is not None
        return [
            (_("最高额度"), money(product.amount_max) if product.amount_max is not None else ""),
            (_("年利率"), _("%s 起") % percent(product.rate_min) if product.rate_min is not None else ""),
            (_("期限"), product.term_text if known_term else ""),
            (_("承诺办结"), _("%s 个工作日") % product.promised_days if product.promised_days is not None else ""),
        ]


@dataclass(frozen=True)
class NearlyCard:
    product: Product
    change: str
    in_firms_hands: bool


@dataclass(frozen=True)
class Matches:
    cards: list[Card]
    nearly: list[NearlyCard]
    question: Question | None
    considered: int
    weights_version: str

    def kept(self) -> tuple[list[dict], list[dict]]:
        """Results and nearly as plain data, for `MatchRun` and `Referral.match`."""
        results = [{"product": card.product.pk} | plain(card) for card in self.cards]
        return results, [{"product": card.product.pk} | plain_nearly(card) for card in self.nearly]

    def of(self, product_id: int) -> dict[str, Any]:
        """What was shown of one product; {} when it was not among the results."""
        results, nearly = self.kept()
        shown = next((row for row in [*results, *nearly] if row["product"] == product_id), None)
        return {} if shown is None else shown | {"weights_version": self.weights_version}


# How the ranking speaks on a page. What is kept of it is Chinese: whoever reads it later may read another language.
TRANSLATED = Language(_, money, listed)


def match(user: Any, facts: NeedFacts, limit: int = 10, *, translated: bool = False) -> Matches:
    """The best `limit` products for these facts, with their rows. One query for these, whatever the number.

    `translated`: its sentences are in the language of the page, else in Chinese."""
    catalogue = catalogue_for(user)
    with speaking(TRANSLATED if translated else CHINESE):
        ranking = rank(facts, catalogue, limit=limit, **counted(facts, catalogue, weights()))
    return cards_of(user, ranking, facts)


def weights() -> Weights:
    """The weights in force: the newest set that has begun, the file's before anybody saved one. One indexed query."""
    begun = WeightSet.objects.filter(in_force_from__lte=timezone.now()).order_by("-number")
    found = begun.values_list("number", "terms").first()
    return Weights.default() if found is None else Weights(f"v{found[0]}", found[1])


def cards_of(user: Any, ranking: Ranking, facts: NeedFacts) -> Matches:
    ids = [result.product.key for result in ranking.results] + [each.product.key for each in ranking.nearly]
    rows = products_visible_to(user).order_by().in_bulk(ids)
    return Matches(
        cards=[
            Card(
                rows[each.product.key],
                each.score,
                each.reasons,
                each.fails,
                each.unknown,
                cost_text(each.product, facts),
            )
            for each in ranking.results
            if each.product.key in rows
        ],
        nearly=[
            NearlyCard(rows[each.product.key], each.change, each.in_firms_hands)
            for each in ranking.nearly
            if each.product.key in rows
        ],
        question=ranking.question,
        considered=ranking.considered,
        weights_version=ranking.weights_version,
    )


BORROWED = {"loan", "guarantee", "bridging"}


def cost_text(product: ProductFacts, facts: NeedFacts) -> str:
    """借 50 万元用 30 天：担保费 205.48 元；利息以机构为准. "" where nothing is stated, or amount or time are not said."""
    amount = facts.amount_high or facts.amount_low
    days = facts.days or (None if facts.term_months is None else facts.term_months * 365 // 12)
    if amount is None or not days or product.kind not in BORROWED or not product.tariffs:
        return ""
    if product.amount_max is not None:
        amount = min(amount, product.amount_max)
    bears_interest = product.kind != "bridging"
    found = example_cost(
        amount,
        days,
        product.tariffs,
        facts.on,
        traits=frozenset(code for code, holds in facts.traits.items() if holds),
        region=facts.regions[0] if facts.regions else None,
        bears_interest=bears_interest,
    )
    if not found.items:
        return ""
    parts = [f"{item.label} {item.amount:,} 元" for item in found.items]
    if not found.interest_known:
        parts.append(_("利息以机构为准"))
    elif found.annual_rate is not None:
        parts.append(_("折合年化 %s") % percent(round(found.annual_rate, 2)))
    return _("借 %(amount)s 用 %(days)s 天：%(parts)s") % {
        "amount": money(amount),
        "days": days,
        "parts": "，".join(parts),
    }


def needed_by(within_days: int | None, on: date) -> date | None:
    return None if within_days is None else on + timedelta(days=min(within_days, 3650))
