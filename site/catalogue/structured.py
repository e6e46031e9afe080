"""What search engines read of a product: schema.org JSON-LD, with nothing in it that the page does not say."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Institution

from .models import Product, ProductKind

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
SUBTYPES = {
    ProductKind.LOAN: "LoanOrCredit",
    ProductKind.BRIDGING: "LoanOrCredit",
    ProductKind.EQUITY: "InvestmentFund",
}


def product_json(product: Product) -> SafeString:
    """The product as one JSON-LD document, safe inside a script element. An inert data block: the CSP lets it be."""
    kinds = ["FinancialProduct", *([SUBTYPES[kind]] if (kind := ProductKind(product.kind)) in SUBTYPES else [])]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kinds if len(kinds) > 1 else kinds[0],
        "name": product.name,
        "description": product.summary,
        "category": str(product.get_kind_display()),
        "url": settings.PUBLIC_URL + product.get_absolute_url(),
        "provider": _provider(product.institution),
        "areaServed": [region.full_name for region in product.regions.all()],
        "audience": {"@type": "Audience", "audienceType": product.audience} if product.audience else None,
        "interestRate": _range(*product.rates(), unitCode="P1", unitText="%"),
        "feesAndCommissionsSpecification": "；".join(tariff.text for tariff in product.tariffs.all()),
    }
    if "LoanOrCredit" in kinds:
        found["amount"] = _range(product.amount_min, product.amount_max, kind="MonetaryAmount", currency="CNY")
        found["loanTerm"] = _range(product.term_min, product.term_max, unitCode="MON")
        found["requiredCollateral"] = product.guarantee_names
    known = {name: value for name, value in found.items() if value}
    return mark_safe(json.dumps(known, ensure_ascii=False).translate(ESCAPES))


def _provider(institution: Institution) -> dict[str, str]:
    found = {
        "@type": "Organization",
        "name": institution.name,
        "url": institution.website or settings.PUBLIC_URL + reverse("catalogue:institution", args=[institution.slug]),
        "telephone": institution.phone,
    }
    return {name: value for name, value in found.items() if value}


def _range(low, high, kind: str = "QuantitativeValue", **more) -> dict[str, Any] | None:
    if low is None and high is None:
        return None
    bounds = {name: float(value) for name, value in (("minValue", low), ("maxValue", high)) if value is not None}
    return {"@type": kind, **bounds, **more}
