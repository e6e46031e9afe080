"""While a product is edited in the CMS: what it would cost as it stands in the form, and what does not fit together."""

from decimal import Decimal
from typing import Any

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import Trait
from accounts.wording import money, percent
from catalogue.cms import unsaved
from catalogue.models import Product, ProductKind
from catalogue.models import Tariff as TariffRow

from ..products import tariff_facts
from .core import Cost, Tariff, example_cost

EXAMPLE_AMOUNT = Decimal(1_000_000)
YEAR, MONTH = 365, 30
BEARS_INTEREST = frozenset({ProductKind.LOAN, ProductKind.GUARANTEE})
BORROWED = frozenset({*BEARS_INTEREST, ProductKind.BRIDGING, ProductKind.INSURANCE})


@never_cache
@require_POST
def figures(request: Request, pk: int | None = None) -> JsonResponse:
    """The unsaved form → {"html": the example, "warnings": [{"field", "text"}]}. Nothing is stored."""
    found = unsaved.read(request, pk)
    rows = [row for row in found.tariffs if row is not None and row.rate is not None]
    html = render_to_string("matching/cms_example.html", {"examples": examples(found.product, rows)}, request=request)
    warnings = [{"field": each.field, "text": each.text} for each in found.contradictions]
    return JsonResponse({"html": html, "warnings": warnings})


def examples(product: Product, rows: list[TariffRow]) -> list[dict[str, Any]]:
    """What the product would cost for 100 万元 (or its highest amount) and a year (转贷: 30 days): for any firm, and for
    firms with each trait that a row names: [{"who", "what", "lines", "total", "cost"}]. Empty where nothing can be computed."""
    if product.kind not in BORROWED or not rows:
        return []
    amount = EXAMPLE_AMOUNT if product.amount_max is None else min(EXAMPLE_AMOUNT, product.amount_max)
    if product.amount_min is not None:
        amount = max(amount, product.amount_min)
    if amount <= 0:
        return []
    days = MONTH if product.kind == ProductKind.BRIDGING else YEAR
    if product.term_max and product.kind != ProductKind.BRIDGING:
        days = min(days, product.term_max * YEAR // 12)
    tariffs = [*map(tariff_facts, rows), *_followed(product, rows)]
    region = rows[0].regions[0] if all(row.regions for row in rows) else None
    named = list(dict.fromkeys(row.trait for row in rows if row.trait))
    groups: list[tuple[str, frozenset[str]]] = [(_("一般企业"), frozenset())]
    groups += [(str(Trait(code).label), frozenset({code})) for code in named]
    what = _("借 %(amount)s 用 %(days)s 天") % {"amount": money(amount), "days": days}
    return [
        {"who": who, "what": what, **_told(_cost(product, amount, days, tariffs, traits, region))}
        for who, traits in groups
    ]


def _told(cost: Cost) -> dict[str, Any]:
    return {
        "cost": cost,
        "lines": [(item.label, f"{item.amount:,}", item.text) for item in cost.items],
        "total": f"{cost.total:,}",
    }


def _cost(
    product: Product, amount: Decimal, days: int, tariffs: list[Tariff], traits: frozenset[str], region: str | None
) -> Cost:
    return example_cost(
        amount,
        days,
        tariffs,
        timezone.localdate(),
        traits=traits,
        region=region,
        bears_interest=product.kind in BEARS_INTEREST,
    )


def _followed(product: Product, rows: list[TariffRow]) -> list[Tariff]:
    """The interest that the product's own rate says, where no row says it."""
    low, _high = product.rates()
    if low is None or product.kind != ProductKind.LOAN or any(row.kind == TariffRow.Kind.INTEREST for row in rows):
        return []
    return [Tariff(kind="interest", basis="per_year", rate=low, text=_("按最低年利率 %s") % percent(low))]
