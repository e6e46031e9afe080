"""Enterprises for measurements: made up, plainly so (`is_demo`), and as varied as real ones. See `manage.py generate`."""

import random
import tomllib
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from .bulk import insert, next_pk
from .models import Enterprise, Industry, Region, SizeClass, Trait, User

WORDS = Path(__file__).parent / "data" / "generation.toml"
BATCH = 2000
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SIZES = (SizeClass.MICRO, SizeClass.MICRO, SizeClass.MICRO, SizeClass.SMALL, SizeClass.SMALL, SizeClass.MEDIUM, None)
EMPLOYEES = {SizeClass.MICRO: (2, 19), SizeClass.SMALL: (20, 199), SizeClass.MEDIUM: (200, 900), None: (1, 60)}


def uscc(number: int, region: str) -> str:
    """A valid code of registration authority 9, category 1 (GB 32100-2015), for the `number`-th organisation."""
    organisation = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(organisation, weights, strict=True)) % 11
    body = f"91{region}{organisation}{'0' if check == 11 else 'X' if check == 10 else check}"
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def places() -> list[Region]:
    """Counties of the province that this site serves. Raises Region.DoesNotExist while no region is loaded."""
    found = list(Region.objects.filter(is_current=True, level=3, code__startswith=settings.REGION[:2]).order_by("code"))
    if not found:
        raise Region.DoesNotExist("manage.py load_reference comes first")
    return found


def author() -> User:
    """Whose doing made-up records are: nobody can sign in with it."""
    found, made = User.objects.get_or_create(
        username="generated", defaults={"name": "生成的数据", "is_active": False, "is_demo": True}
    )
    if made:
        found.set_unusable_password()
        found.save(update_fields=["password"])
    return found


def enterprises(count: int, chance: random.Random) -> int:
    """Adds `count` enterprises; how many rows were written."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    counties = places()
    industries: dict[str, list[str]] = {}
    for code, section in Industry.objects.filter(section__in=words["trades"], level=4).values_list("code", "section"):
        industries.setdefault(section, []).append(code)
    sections = sorted(industries)
    first = next_pk(Enterprise)
    today = date.today()

    def one(number: int) -> dict:
        county, section, size = chance.choice(counties), chance.choice(sections), chance.choice(SIZES)
        employees = chance.randint(*EMPLOYEES[size])
        name = chance.choice(words["words"]) + chance.choice(words["words"]) + chance.choice(words["trades"][section])
        return {
            "id": number,
            "uscc": uscc(70_000_000 + number, county.code),
            "name": f"{county.name}{name}{chance.choice(words['forms'])}",
            "region_id": county.code,
            "address": f"{county.full_name}测量路 {chance.randint(1, 999)} 号",
            "industry_id": chance.choice(industries[section]),
            "founded_on": today - timedelta(days=chance.randint(90, 9000)),
            "employees": employees,
            "revenue": employees * chance.randint(60_000, 900_000) if chance.random() < 0.8 else None,
            "size_class": size and size.value,
            "traits": {trait: chance.random() < 0.6 for trait in chance.sample(Trait.values, chance.randint(0, 4))},
            "is_demo": True,
        }

    for start in range(first, first + count, BATCH):
        insert(Enterprise, [one(number) for number in range(start, min(start + BATCH, first + count))])
    return count
