"""Products as facts, and the whole catalogue as columns kept by every process.

`CatalogueVersion` is new after each change: one indexed read per request tells whether what is kept still holds. If not,
`CatalogueChange` says which products changed since: only these are read, and the rest of the columns is shared or copied.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalogue.models import LendingRate, Product
from catalogue.models import Tariff as TariffRow
from matching.costs.core import Tariff
from matching.ranking import Catalogue, ProductFacts, RuleFacts

from .models.needs import CatalogueChange, CatalogueVersion

MANY = 500  # changed products from which on all are read


@dataclass(frozen=True)
class _Kept:
    version: str | None
    change: int | None  # the line of the log that it stands at; None: there was none
    day: date  # on which it was read: floating rates follow the LPR of the day
    published: dict[str, Decimal]  # that LPR
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
                kept = _kept = (kept and _renewed(kept, version, today)) or _read(kept, version, today)
    return kept.members if user.is_authenticated else kept.everyone


def _read(before: _Kept | None, version: str | None, today: date) -> _Kept:
    """All products; of those that say what they said `before`, nothing is worked out again."""
    change = CatalogueChange.objects.filter(value=version).values_list("pk", flat=True).first()
    published = LendingRate.in_force(today)
    facts, hidden = _facts(_live(), published)
    members = Catalogue(facts.values(), before.members.known if before else {})
    everyone = Catalogue([each for pk, each in facts.items() if pk not in hidden], members.known)
    return _Kept(version, change, today, _rates(published), everyone, members)


def _renewed(kept: _Kept, version: str | None, today: date) -> _Kept | None:
    """With the products read again that changed since; None where the log does not reach back so far."""
    change, now, changed = kept.change, version, set[int]()
    if version != kept.version:
        if change is None:
            return None
        lines = list(
            CatalogueChange.objects.filter(pk__gte=change).order_by("pk").values_list("pk", "value", "products")
        )
        if not lines or lines[0][:2] != (change, kept.version):  # pruned, or another database than before
            return None
        for _pk, _value, products in lines[1:]:
            if products is None:
                return None
            changed.update(products)
        change, now = lines[-1][:2]
    published = LendingRate.in_force(today)
    if _rates(published) != kept.published:
        floating = Product.objects.filter(live=True, rate_min=None, rate_max=None).exclude(rate_basis="")
        changed.update(floating.values_list("pk", flat=True))
    if len(changed) > MANY:
        return None
    facts, hidden = _facts(_live().filter(pk__in=changed), published) if changed else ({}, set[int]())
    members = kept.members.refreshed(facts.values(), changed - facts.keys())
    shown = [each for pk, each in facts.items() if pk not in hidden]
    everyone = kept.everyone.refreshed(shown, changed - {each.key for each in shown}, members)
    return _Kept(now, change, today, _rates(published), everyone, members)


def _live() -> QuerySet[Product]:
    # Validity dates are the ranking's own rule, so that a product opens and closes at midnight without a change here.
    live = Product.objects.filter(live=True, institution__is_active=True).select_related("institution")
    return live.prefetch_related("regions", "rules", "tariffs")


def _facts(products: Iterable[Product], published: dict[str, LendingRate]) -> tuple[dict[int, ProductFacts], set[int]]:
    """By primary key; and those that only members see."""
    facts, hidden = {}, set()
    for product in products:
        facts[product.pk] = product_facts(product, published)
        if product.login_required:
            hidden.add(product.pk)
    return facts, hidden


def _rates(published: dict[str, LendingRate]) -> dict[str, Decimal]:
    return {basis: each.rate for basis, each in published.items()}


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
