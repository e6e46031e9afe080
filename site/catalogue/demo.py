"""The products of the six cases, as they are stated, with their institutions and service items."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from accounts.models import Institution, Policy, Region

from .models import EligibilityRule, Landmark, Outlet, Product, ProductPolicy, ServiceItem, StatedCount, Tariff
from .places import hours

DATA = Path(__file__).parent / "demo"
SOURCE = "浙里改《浙江省优化营商环境之获得金融服务优秀案例（二）》（2024 年），案例 %d"
AS_OF = date(2024, 12, 31)  # the source names its year only, see Product.as_of
AMOUNTS = ("amount_min", "amount_max", "rate_min", "rate_max")


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def load() -> dict[str, int]:
    """Makes what is missing; what people changed since stays as they left it."""
    from .actions import sync_groups

    sync_groups()
    institutions, products = _read("institutions.toml")["institution"], _read("products.toml")["product"]
    for row in institutions:
        region, source = Region.objects.get(pk=row.pop("region")), SOURCE % row.pop("case")
        Institution.objects.get_or_create(slug=row["slug"], defaults={**row, "region": region, "source": source})
    for row in products:
        if not Product.objects.filter(slug=row["slug"]).exists():
            _product(row)
    places = _read("services.toml")
    return {
        "institutions": len(institutions),
        "products": len(products),
        "service_items": sum(_service_items(row) for row in places["service"]),
        "outlets": sum(_outlet(row) for row in places["outlet"]),
        "stated_counts": sum(_count(row) for row in places["count"]),
        "fictional_places": _places(_read("places.toml")),
    }


def rest_on_policies() -> int:
    """After the pages are there: products say which policy they rest on, unless somebody has said so already."""
    made = 0
    for slug, products in _read("policies.toml")["policies"].items():
        policy = Policy.objects.filter(url=f"/policies/{slug}/").first()
        if policy is None:
            continue
        untouched = Product.objects.filter(live=True, has_unpublished_changes=False, policy_links__isnull=True)
        for product in untouched.filter(slug__in=products):
            draft = product.get_latest_revision_as_object()
            draft.policy_links.add(ProductPolicy(policy=policy))
            draft.save_revision().publish()
            made += 1
    return made


def _service_items(row: dict) -> int:
    bank = Institution.objects.get(slug=row["institution"])
    for name in row["names"]:
        ServiceItem.objects.get_or_create(
            institution=bank,
            name=name,
            defaults={
                "group": row["group"],
                "description": row.get("description", ""),
                "source": SOURCE % row["case"],
            },
        )
    return len(row["names"])


def _outlet(row: dict) -> int:
    """A place that the source names; it gives no address, so there is none."""
    bank = Institution.objects.get(slug=row["institution"])
    outlet, made = Outlet.objects.get_or_create(
        institution=bank,
        name=row["name"],
        defaults={
            "region": Region.objects.get(pk=row["region"]),
            "has_government_counter": row.get("has_government_counter", False),
            "source": SOURCE % row["case"],
        },
    )
    if made:
        outlet.services.set(ServiceItem.objects.filter(institution=bank, name__in=row.get("services", [])))
    return 1


def _places(row: dict) -> int:
    """Landmarks and outlets to try the map with: nobody's, marked so on every page."""
    bank = Institution.objects.get(slug=row["institution"])
    region = Region.objects.get(pk=row["region"])
    for each in row["landmark"]:
        point = {name: Decimal(each[name]) for name in ("latitude", "longitude")}
        Landmark.objects.get_or_create(
            name=each["name"], region=region, defaults={**point, "source": row["landmark_source"]}
        )
    for each in row["outlet"]:
        Outlet.objects.get_or_create(
            institution=bank,
            name=each.pop("name"),
            defaults={
                **each,
                "latitude": Decimal(each["latitude"]),
                "longitude": Decimal(each["longitude"]),
                "hours": hours.read(each["hours"]),
                "duty": hours.read_duty(each["duty"]),
                "region": region,
                "source": row["outlet_source"],
                "is_demo": True,
            },
        )
    return len(row["landmark"]) + len(row["outlet"])


def _count(row: dict) -> int:
    """What the source counts without naming each."""
    bank, case = Institution.objects.get(slug=row.pop("institution")), row.pop("case")
    StatedCount.objects.get_or_create(
        institution=bank, subject=row.pop("subject"), defaults={**row, "source": SOURCE % case, "as_of": AS_OF}
    )
    return 1


def _product(row: dict) -> None:
    """Saved as an editor's first version and published, so that its history begins with it."""
    row = dict(row)
    case = row.pop("case")
    rules, tariffs = row.pop("rules", []), row.pop("tariffs", [])
    regions, partners = row.pop("regions", []), row.pop("partners", [])
    for name in AMOUNTS:
        if name in row:
            row[name] = Decimal(row[name])
    product = Product(
        **row | {"institution": Institution.objects.get(slug=row["institution"])},
        source=SOURCE % case,
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
