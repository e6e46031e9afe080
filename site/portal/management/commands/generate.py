"""`manage.py generate --products N --enterprises N --outlets N --needs N --visits N --seed S`: fills a database for measurements, in bulk.

Never for a site that people use: what it makes says that it is made up, and is nobody's offer.
"""

import json
import random
import time

from django.core.management import BaseCommand, CommandError
from django.db import transaction

import accounts.generation
import advisors.generation
import catalogue.generation
import catalogue.places.generation
import matching.changes
import matching.needs.generation
from accounts.models import Enterprise, Region
from portal import invalidation
from search.maintenance import rebuild

# In the order in which they rest on each other.
MAKERS = {
    "enterprises": accounts.generation.enterprises,
    "products": catalogue.generation.products,
    "outlets": catalogue.places.generation.outlets,
    "needs": matching.needs.generation.needs,
    "visits": advisors.generation.visits,
}
INDEXED = {  # what search calls the rows
    "products": ("product", "institution"),
    "outlets": ("outlet", "institution"),
    "needs": ("need",),
    "visits": ("advisor", "team", "visit"),
}


class Command(BaseCommand):
    help = "Adds made-up content for measurements, and writes the index anew."

    def add_arguments(self, parser) -> None:
        for name in MAKERS:
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same content")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args, **options) -> None:
        wanted = {name: options[name] for name in MAKERS}
        if any(count < 0 for count in wanted.values()):
            raise CommandError("N is 0 or more", returncode=2)
        chance = random.Random(options["seed"])  # noqa: S311 — made-up content, to be made again alike
        begin, rows = time.perf_counter(), 0
        try:
            with transaction.atomic():
                for name, make in MAKERS.items():
                    if wanted[name]:
                        rows += make(wanted[name], chance)
                invalidation.bump()
                matching.changes.touch()
        except (Region.DoesNotExist, Enterprise.DoesNotExist) as error:
            raise CommandError(str(error), returncode=1) from error
        seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        kinds = dict.fromkeys(kind for name in MAKERS if wanted[name] for kind in INDEXED.get(name, ()))
        indexed = rebuild(list(kinds)) if kinds else {}
        report = wanted | {
            "rows": rows,
            "seconds": round(seconds, 2),
            "rows_per_second": round(rows / seconds) if rows else 0,
            "indexed": sum(indexed.values()),
            "index_seconds": round(time.perf_counter() - begin, 2),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stderr.write("  ".join(f"{name} {value}" for name, value in report.items()))
