"""The products of the six cases, as they are stated, with their institutions and service items."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from accounts.models import Institution, Region

from .models import EligibilityRule, Product, ServiceItem, Tariff

DATA = Path(__file__).parent / "demo"
SOURCE = "浙里改《浙江省优化营商环境之获得金融服务优秀案例（二）》（2024 年）"
AS_OF = date(2024, 12, 31)
AMOUNTS = ("amount_min", "amount_max", "rate_min", "rate_max")


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def load() -> dict[str, int]:
    """Makes what is missing; what people changed since stays as they left it."""
    from .actions import sync_groups

    sync_groups()
    institutions, products = _read("institutions.toml")["institution"], _read("products.toml")["product"]
    for row in institutions:
        Institution.objects.get_or_create(
            slug=row["slug"],
            defaults={**row, "region": Region.objects.get(pk=row["region"]), "source": SOURCE},
        )
    for row in products:
        if not Product.objects.filter(slug=row["slug"]).exists():
            _product(row)
    services = _read("services.toml")
    bank = Institution.objects.get(slug=services["institution"])
    for group in ServiceItem.Group.values:
        for name in services[group]:
            ServiceItem.objects.get_or_create(
                institution=bank, name=name, defaults={"group": group, "source": services["source"]}
            )
    return {"institutions": len(institutions), "products": len(products)}


def _product(row: dict) -> None:
    """Saved as an editor's first version and published, so that its history begins with it."""
    row = dict(row)
    rules, tariffs = row.pop("rules", []), row.pop("tariffs", [])
    regions, partners = row.pop("regions", []), row.pop("partners", [])
    for name in AMOUNTS:
        if name in row:
            row[name] = Decimal(row[name])
    product = Product(
        **row | {"institution": Institution.objects.get(slug=row["institution"])},
        source=SOURCE,
        as_of=AS_OF,
        live=False,
    )
    product.regions = Region.objects.filter(pk__in=regions)
    product.partners = Institution.objects.filter(slug__in=partners)
    for number, rule in enumerate(rules):
        amounts = {name: Decimal(rule[name]) for name in ("minimum", "maximum") if name in rule}
        product.rules.add(EligibilityRule(**rule | amounts, sort_order=number))
    for number, tariff in enumerate(tariffs):
        amounts = {name: Decimal(tariff[name]) for name in ("rate", "cap_amount") if name in tariff}
        product.tariffs.add(Tariff(**tariff | amounts, sort_order=number))
    product.save()
    product.save_revision().publish()
