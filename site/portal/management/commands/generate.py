"""`manage.py generate --products N --enterprises N --outlets N --seed S`: fills a database for measurements, in bulk.

Never for a site that people use: what it makes says that it is made up, and is nobody's offer.
"""

import json
import random
import time

from django.core.management import BaseCommand, CommandError
from django.db import transaction

import accounts.generation
import catalogue.generation
import catalogue.places.generation
from accounts.models import Region
from portal import invalidation
from search.maintenance import rebuild


class Command(BaseCommand):
    help = "Adds made-up products, enterprises and outlets for measurements, and writes the index anew."

    def add_arguments(self, parser) -> None:
        for name in ("products", "enterprises", "outlets"):
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same content")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args, **options) -> None:
        wanted = {name: options[name] for name in ("products", "enterprises", "outlets")}
        if any(count < 0 for count in wanted.values()):
            raise CommandError("N is 0 or more", returncode=2)
        chance = random.Random(options["seed"])  # noqa: S311 — made-up content, to be made again alike
        makers = {
            "enterprises": accounts.generation.enterprises,
            "products": catalogue.generation.products,
            "outlets": catalogue.places.generation.outlets,
        }
        begin, rows = time.perf_counter(), 0
        try:
            with transaction.atomic():
                for name, make in makers.items():
                    if wanted[name]:
                        rows += make(wanted[name], chance)
                invalidation.bump()
        except Region.DoesNotExist as error:
            raise CommandError(str(error), returncode=1) from error
        seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        kinds = ["product", "institution"] if wanted["products"] else []
        kinds += ["outlet", "institution"] if wanted["outlets"] else []
        indexed = rebuild(list(dict.fromkeys(kinds))) if kinds else {}
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
