"""`manage.py load_reference`: regions (GB/T 2260) and industries (GB/T 4754-2017), see site/accounts/data/README.md."""

import csv
from collections.abc import Sequence
from pathlib import Path

from django.core.management import BaseCommand
from django.db import models, transaction

from accounts.models import Industry, Region

DATA = Path(__file__).resolve().parents[2] / "data"


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def regions() -> list[Region]:
    """Parents before children. A county whose city has no row of its own belongs to the province."""
    rows = {row["code"]: row for row in read("regions.csv")}
    found = []
    for code, row in sorted(rows.items(), key=lambda item: (_level(item[0]), item[0])):
        level = _level(code)
        above = [code[:2] + "0000"] if level == 2 else [code[:4] + "00", code[:2] + "0000"] if level == 3 else []
        parent = next((each for each in above if each in rows), None)
        names = [rows[each]["name"] for each in reversed(above) if each in rows] + [row["name"]]
        found.append(
            Region(
                code=code,
                name=row["name"],
                full_name="".join(names),
                parent_id=parent,
                level=level,
                is_current=row["current"] == "1",
            )
        )
    return found


def _level(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def industries() -> list[Industry]:
    """Sections first, then divisions, groups, classes."""
    found = []
    for row in read("industries.csv"):
        code, section = row["code"], row["section"]
        level = 1 if code == section else len(code)
        parent = None if level == 1 else section if level == 2 else code[:-1]
        found.append(Industry(code=code, name=row["name"], section=section, level=level, parent_id=parent))
    return sorted(found, key=lambda each: (each.level, each.code))


class Command(BaseCommand):
    help = "Loads the tables of regions and industries."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        tables: tuple[tuple[type[models.Model], Sequence[models.Model], list[str]], ...] = (
            (Region, regions(), ["name", "full_name", "parent", "level", "is_current"]),
            (Industry, industries(), ["name", "parent", "section", "level"]),
        )
        for model, rows, fields in tables:
            model._default_manager.bulk_create(
                rows, batch_size=500, update_conflicts=True, unique_fields=["code"], update_fields=fields
            )
            if options["verbosity"]:
                self.stderr.write(f"{len(rows)} {model._meta.verbose_name}")
