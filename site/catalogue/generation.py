"""Institutions and products for measurements: made up and saying so in their source. See `manage.py generate`."""

import random
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.bulk import insert, next_pk
from accounts.generation import places
from accounts.models import Institution, Region, Trait

from .models import EligibilityRule, Product, ProductKind, Tariff

SOURCE = "为测量性能而生成的数据，并非真实产品"
BATCH = 1000
CREDIT = frozenset({ProductKind.LOAN, ProductKind.GUARANTEE, ProductKind.BRIDGING})
AMOUNTS = tuple(each * 10_000 for each in (10, 20, 30, 50, 100, 200, 300, 500, 1000, 3000))
PRICES = {
    "guarantee": (Tariff.Kind.GUARANTEE_FEE.value, Tariff.Basis.PER_YEAR.value, "担保费率"),
    "bridging": (Tariff.Kind.SERVICE_FEE.value, Tariff.Basis.PER_MONTH.value, "月服务费率"),
    "insurance": (Tariff.Kind.PREMIUM.value, Tariff.Basis.PER_YEAR.value, "保险费率"),
}
Row = dict[str, Any]


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).parent / "demo" / "generation.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _short(county: Region) -> str:
    return county.name[:-1] if len(county.name) > 2 else county.name


def products(count: int, chance: random.Random) -> int:
    """Adds `count` published products with their rules, tariffs and places; how many rows were written.

    Sends no signals: the caller rebuilds the index and moves the page cache's epoch on."""
    counties = places()
    wider = set(Region.objects.filter(level__lte=2).values_list("code", flat=True))
    institutions = _institutions(max(12, min(400, count // 40)), counties, chance)
    rows = len(institutions)
    through = Product.regions.through
    first, area = next_pk(Product), next_pk(through)
    for start in range(first, first + count, BATCH):
        made, areas, rules, tariffs = [], [], [], []
        for number in range(start, min(start + BATCH, first + count)):
            owner, county = chance.choice(institutions)
            product = _product(number, owner, county, chance)
            made.append(product)
            for code in _areas(county.code, wider, chance):
                areas.append({"id": area, "product_id": number, "region_id": code})
                area += 1
            rules += _rules(number, chance)
            tariffs += _tariffs(product, chance)
        for model, each in ((Product, made), (through, areas), (EligibilityRule, rules), (Tariff, tariffs)):
            rows += insert(model, each)
    return rows


def _institutions(count: int, counties: list[Region], chance: random.Random) -> list[tuple[Row, Region]]:
    """New ones: their names carry a number, so that a second run adds to the first."""
    first = next_pk(Institution)
    shares = [each for each in _words()["institutions"] for _share in range(each["share"])]
    found = []
    for number in range(first, first + count):
        sort, county = chance.choice(shares), chance.choice(counties)
        name = f"{_short(county)}{chance.choice(_words()['banks'])}{chance.choice(sort['names'])}"
        row = {
            "id": number,
            "name": f"{name}（{number} 号）",
            "slug": f"generated-{number}",
            "kind": sort["kind"],
            "region_id": county.code,
            "summary": f"服务{county.name}的小微企业、个体工商户和农户",
            "phone": f"0000-{number:07d}",
            "source": SOURCE,
        }
        found.append((row, county))
    insert(Institution, [row for row, _county in found])
    return found


def _areas(county: str, wider: set[str], chance: random.Random) -> list[str]:
    """The county, its city, the province, or nothing said."""
    code = chance.choice((county, county, f"{county[:4]}00", f"{county[:2]}0000", ""))
    return [code] if code == county or code in wider else []


def _product(number: int, institution: Row, county: Region, chance: random.Random) -> Row:
    words = _words()
    sort = next(each for each in words["institutions"] if each["kind"] == institution["kind"])
    kind, topic, place = chance.choice(sort["products"]), chance.choice(words["topics"]), _short(county)
    amount = chance.choice(AMOUNTS) if chance.random() < 0.9 else None
    rate = Decimal(chance.randint(230, 620)) / 100 if kind == ProductKind.LOAN and chance.random() < 0.8 else None
    credit = kind in CREDIT
    term = chance.choice((6, 12, 24, 36, 60, 120)) if credit and chance.random() < 0.8 else None
    published = timezone.now() - timedelta(minutes=chance.randint(10, 700 * 24 * 60))
    purposes = words["products"][kind]["purposes"]
    ending = chance.choice(words["products"][kind]["endings"])
    return {
        "id": number,
        "institution_id": institution["id"],
        "name": f"{place}{topic}{chance.choice(words['tastes'])}{ending}",
        "slug": f"generated-{number}",
        "kind": kind,
        "purposes": chance.sample(purposes, min(len(purposes), chance.randint(1, 2))),
        "summary": f"面向{place}{topic}行业，可用于{chance.choice(words['uses'])}",
        "audience": f"{place}从事{topic}的{chance.choice(words['audiences'])}",
        "not_for": chance.choice(words["not_for"]),
        "description": f"由{institution['name']}办理，金融顾问可以上门收集资料。",
        "size_classes": chance.sample(("micro", "small", "medium"), 2) if chance.random() < 0.4 else [],
        "amount_min": amount // 10 if amount and chance.random() < 0.3 else None,
        "amount_max": amount,
        "rate_min": rate,
        "rate_max": rate + 1 if rate and chance.random() < 0.5 else rate,
        "rate_note": "以机构为准" if rate is None and kind in {ProductKind.LOAN, ProductKind.BRIDGING} else "",
        "term_min": term and min(term, chance.choice((1, 3, 6))),
        "term_max": term,
        "guarantee_kinds": chance.sample(words["guarantees"], chance.randint(1, 2)) if credit else [],
        "repayment_kinds": chance.sample(words["repayments"], chance.randint(1, 2)) if credit else [],
        "promised_days": chance.choice((1, 2, 3, 5, 7, 10, 15)) if chance.random() < 0.7 else None,
        "materials": "\n".join(chance.sample(words["materials"], 4)),
        "steps": "\n".join(words["steps"]),
        "contact": institution["phone"],
        "source": SOURCE,
        "as_of": date.today() - timedelta(days=chance.randint(0, 400)),
        "live": True,
        "first_published_at": published,
        "last_published_at": published + timedelta(minutes=chance.choice((0, 0, 5))),
        "login_required": kind == ProductKind.EQUITY and chance.random() < 0.5,
    }


def _rules(product: int, chance: random.Random) -> list[Row]:
    rules = []
    if chance.random() < 0.4:
        trait = Trait(chance.choice(Trait.values))
        rules.append(
            {
                "product_id": product,
                "kind": EligibilityRule.Kind.TRAITS_ANY.value,
                "values": [trait.value],
                "minimum": None,
                "text": str(trait.label),
                "sort_order": 0,
            }
        )
    if chance.random() < 0.5:
        years = chance.choice((1, 2, 3))
        rules.append(
            {
                "product_id": product,
                "kind": EligibilityRule.Kind.YEARS.value,
                "values": [],
                "minimum": years,
                "text": f"成立满 {years} 年",
                "sort_order": 1,
            }
        )
    return rules


def _tariffs(product: Row, chance: random.Random) -> list[Row]:
    rate = product["rate_min"]
    kind, basis, text = Tariff.Kind.INTEREST.value, Tariff.Basis.PER_YEAR.value, f"年利率 {rate}% 起"
    if rate is None:
        if product["kind"] not in PRICES:
            return []
        kind, basis, words = PRICES[product["kind"]]
        rate = Decimal(chance.randint(20, 90)) / 100
        text = f"{words} {rate}%"
    return [{"product_id": product["id"], "kind": kind, "basis": basis, "rate": rate, "text": text}]
