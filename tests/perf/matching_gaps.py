"""需求空白 over 100,000 open needs and 10,000 products of `manage.py generate`, in the pure core. Promised: 5 s.

Two catalogues: the made-up one, which leaves hardly a need without a product, and one that lends only against what few
of these needs have, which leaves most without. Times are of the
processor: one thread does it all. Floor: numpy ors one row of bits a need and a rule.
"""

import os
import random
import time
import tracemalloc
from collections.abc import Iterator

import numpy as np
from django.core.management import call_command
from django.db import transaction

from tests.perf.search import database

NEEDS = int(os.environ.get("BENCH_NEEDS", "100000"))
PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "10000"))


def run() -> Iterator[dict]:
    from django.utils import timezone

    import accounts.generation
    import catalogue.generation
    import matching.needs.generation
    from matching.alerts.finding import MEMBER
    from matching.gaps.running import _asked
    from matching.matcher import catalogue_for
    from matching.ranking.gaps import find

    call_command("prepare", verbosity=0)
    chance = random.Random(20261124)
    with transaction.atomic():  # as `manage.py generate` does, without the index of search
        accounts.generation.enterprises(max(100, NEEDS // 5), chance)
        catalogue.generation.products(PRODUCTS, chance)
        matching.needs.generation.needs(NEEDS * 3 // 2, chance)  # one in three is over
    columns = catalogue_for(MEMBER)
    begin = time.process_time()
    asked = list(_asked(timezone.localdate()))
    base = {"n": len(asked), "engine": None, "database": database()}
    yield base | {"bench": "matching.gaps.read", "value": round(time.process_time() - begin, 1), "unit": "s"}
    floor = least(len(asked), len(columns))
    for name, products in (("as generated", columns), ("against few pledges", strict(columns))):
        find(asked[:2000], products)
        begin = time.process_time()
        found = find(asked, products)
        shown = found.shown()
        seconds = round(time.process_time() - begin, 2)
        line = {"bench": f"matching.gaps.{name} ({len(found.unmet)} unmet, {len(shown['bends'])} bends)", "value": seconds, "unit": "s"}  # fmt: skip
        yield base | line | {"floor": floor, "ratio": round(seconds / floor, 2)}
        tracemalloc.start()
        find(asked, products).shown()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield base | {"bench": f"matching.gaps.{name}.memory", "value": round(peak / 2**20, 1), "unit": "MiB"}


def strict(catalogue):
    """Every product asks for a pledge of water rights or equipment, within a county, up to 800,000."""
    from dataclasses import replace
    from decimal import Decimal

    from matching.ranking import Catalogue

    return Catalogue(
        [
            replace(
                product,
                guarantee_kinds=("water_right", "receivable") if number % 9 == 0 else ("real_estate", "equipment"),
                region_codes=product.region_codes if number % 2 else ("331123",),
                amount_max=Decimal(min(product.amount_max or 800_000, 800_000)),
            )
            for number, product in enumerate(catalogue.products)
        ]
    )


def least(needs: int, products: int) -> float:
    from matching.ranking.gaps.tables import ORDER

    rows = np.random.default_rng(1).integers(0, 2**63, (256, -(-products // 64)), dtype=np.uint64)
    picks = np.random.default_rng(2).integers(0, 256, (needs, len(ORDER)))
    begin = time.process_time()
    for start in range(0, needs, 512):
        block = picks[start : start + 512]
        fails = rows[block[:, 0]]
        for column in range(1, len(ORDER)):
            fails |= rows[block[:, column]]
    return round(time.process_time() - begin, 2)
