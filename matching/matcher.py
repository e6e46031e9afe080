"""Between the tables and the pure ranking: products as columns kept per process, needs as facts, results as cards.

Every process keeps the whole catalogue (`Catalogue`) under the value of `CatalogueVersion`, which is new after each change
of the catalogue: one indexed read per request tells whether what is kept still holds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any

from django.utils import timezone

from accounts.models import Enterprise
from catalogue.models import Product
from catalogue.models import Tariff as TariffRow
from catalogue.queries import in_order
from matching.costs.core import Tariff
from matching.ranking import (
    Catalogue,
    FirmFacts,
    NeedFacts,
    ProductFacts,
    Question,
    Ranking,
    RuleFacts,
    Weights,
    rank,
)

from .models import CatalogueVersion, Need

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


@dataclass
class _Kept:
    version: str | None
    everyone: Catalogue  # what visitors may see
    members: Catalogue  # with what may not be advertised


_kept: _Kept | None = None
_lock = Lock()


def catalogue_for(user: Any) -> Catalogue:
    """The columns that this person's needs are matched with. One query when nothing has changed."""
    global _kept  # noqa: PLW0603
    version = CatalogueVersion.objects.filter(pk=1).values_list("value", flat=True).first()
    kept = _kept
    if kept is None or kept.version != version:
        with _lock:
            kept = _kept
            if kept is None or kept.version != version:
                kept = _kept = _read(version)
    return kept.members if user.is_authenticated else kept.everyone


def _read(version: str | None) -> _Kept:
    # Validity dates are the ranking's own rule, so that a product opens and closes at midnight without a change here.
    live = Product.objects.filter(live=True, institution__is_active=True).select_related("institution")
    products = list(live.prefetch_related("regions", "rules", "tariffs"))
    facts = {product.pk: product_facts(product) for product in products}
    public = [facts[product.pk] for product in products if not product.login_required]
    return _Kept(version, Catalogue(public), Catalogue(facts.values()))


def product_facts(product: Product) -> ProductFacts:
    """One product as plain data; `key` is its primary key."""
    return ProductFacts(
        key=product.pk,
        name=product.name,
        institution=str(product.institution),
        kind=product.kind,
        purposes=tuple(product.purposes),
        summary=product.summary,
        audience=product.audience,
        not_for=product.not_for,
        description=product.description,
        region_codes=tuple(region.code for region in product.regions.all()),
        industry_codes=tuple(product.industry_codes),
        size_classes=tuple(product.size_classes),
        amount_min=product.amount_min,
        amount_max=product.amount_max,
        rate_min=product.rate_min,
        rate_max=product.rate_max,
        rate_note=product.rate_note,
        term_min=product.term_min,
        term_max=product.term_max,
        guarantee_kinds=tuple(product.guarantee_kinds),
        repayment_kinds=tuple(product.repayment_kinds),
        promised_days=product.promised_days,
        valid_from=product.valid_from,
        valid_to=product.valid_to,
        rules=tuple(
            RuleFacts(rule.kind, tuple(str(value) for value in rule.values), rule.minimum, rule.maximum, rule.text)
            for rule in product.rules.all()
        ),
        tariffs=tuple(tariff_facts(tariff) for tariff in product.tariffs.all()),
    )


def tariff_facts(row: TariffRow) -> Tariff:
    return Tariff(
        kind=row.kind,
        basis=row.basis,
        rate=row.rate,
        trait=row.trait,
        cap_amount=row.cap_amount,
        text=row.text,
        regions=tuple(row.regions),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
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
        results = [
            {
                "product": card.product.pk,
                "name": card.product.name,
                "institution": str(card.product.institution),
                "score": round(card.score, 6),
                "reasons": list(card.reasons),
                "fails": list(card.fails),
                "unknown": list(card.unknown),
            }
            for card in self.cards
        ]
        nearly = [
            {"product": card.product.pk, "name": card.product.name, "change": card.change} for card in self.nearly
        ]
        return results, nearly

    def of(self, product_id: int) -> dict[str, Any]:
        """What was shown of one product; {} when it was not among the results."""
        results, nearly = self.kept()
        shown = next((row for row in [*results, *nearly] if row["product"] == product_id), None)
        return {} if shown is None else shown | {"weights_version": self.weights_version}


def match(user: Any, facts: NeedFacts, limit: int = 10) -> Matches:
    """The best `limit` products for these facts, with their rows. Three queries, whatever the number."""
    return cards_of(user, rank(facts, catalogue_for(user), weights(), limit))


def weights() -> Weights:
    """The weights in force."""
    return Weights.default()


def cards_of(user: Any, ranking: Ranking) -> Matches:
    ids = [result.product.key for result in ranking.results] + [each.product.key for each in ranking.nearly]
    rows = {product.pk: product for product in in_order(user, dict.fromkeys(ids))}
    return Matches(
        cards=[
            Card(rows[each.product.key], each.score, each.reasons, each.fails, each.unknown)
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


def needed_by(within_days: int | None, on: date) -> date | None:
    return None if within_days is None else on + timedelta(days=min(within_days, 3650))
