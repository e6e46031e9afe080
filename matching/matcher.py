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
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from accounts.wording import money, percent
from catalogue.models import LendingRate, Product
from catalogue.models import Tariff as TariffRow
from catalogue.queries import in_order
from matching.costs.core import Tariff, example_cost
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

from .models import CatalogueVersion, Need, WeightSet

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
    day: date  # on which it was read: floating rates follow the LPR of the day
    everyone: Catalogue  # what visitors may see
    members: Catalogue  # with what may not be advertised


_kept: _Kept | None = None
_lock = Lock()


def catalogue_for(user: Any) -> Catalogue:
    """The columns that this person's needs are matched with. One query when nothing has changed."""
    global _kept  # noqa: PLW0603
    version = CatalogueVersion.objects.filter(pk=1).values_list("value", flat=True).first()
    today = timezone.localdate()
    kept = _kept
    if kept is None or (kept.version, kept.day) != (version, today):
        with _lock:
            kept = _kept
            if kept is None or (kept.version, kept.day) != (version, today):
                kept = _kept = _read(version, today)
    return kept.members if user.is_authenticated else kept.everyone


def _read(version: str | None, today: date) -> _Kept:
    # Validity dates are the ranking's own rule, so that a product opens and closes at midnight without a change here.
    live = Product.objects.filter(live=True, institution__is_active=True).select_related("institution")
    products = list(live.prefetch_related("regions", "rules", "tariffs"))
    published = LendingRate.in_force(today)
    facts = {product.pk: product_facts(product, published) for product in products}
    public = [facts[product.pk] for product in products if not product.login_required]
    return _Kept(version, today, Catalogue(public), Catalogue(facts.values()))


def product_facts(product: Product, published: dict[str, LendingRate] | None = None) -> ProductFacts:
    """One product as plain data; `key` is its primary key. A floating rate counts as the LPR published by now makes it."""
    rate_min, rate_max = product.rates(published)
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
        rate_min=rate_min,
        rate_max=rate_max,
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
        cap_total=row.cap_total,
        steps=tuple((step["from_day"], Decimal(step["rate"])) for step in row.steps),
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
    return cards_of(user, rank(facts, catalogue_for(user), weights(), limit), facts)


def weights() -> Weights:
    """The weights in force: the newest set that has begun, the file's before anybody saved one. One indexed query."""
    begun = WeightSet.objects.filter(in_force_from__lte=timezone.now()).order_by("-number")
    found = begun.values_list("number", "terms").first()
    return Weights.default() if found is None else Weights(f"v{found[0]}", found[1])


def cards_of(user: Any, ranking: Ranking, facts: NeedFacts) -> Matches:
    ids = [result.product.key for result in ranking.results] + [each.product.key for each in ranking.nearly]
    rows = {product.pk: product for product in in_order(user, dict.fromkeys(ids))}
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
