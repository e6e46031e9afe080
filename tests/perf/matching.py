"""One need against 10,000 products: the pure core beside plain numpy, the whole page beside an empty view, a change until its
columns are new, and the nightly batch of 100,000 needs on one core.

Times of the core and of the batch are those of the processor, so that what else the machine does counts less; the page and a
change are timed as people wait for them, and by the processor beside it.
"""

import io
import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import numpy as np
from django.core.management import call_command

from tests.perf.search import database

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "10000"))
NEEDS = int(os.environ.get("BENCH_NEEDS", "100000"))
DISTINCT = 2000
CORE, QUESTION, PAGE, REFRESH, BATCH = 1.5, 3.0, 15.0, 50.0, 30.0  # ms, ms, ms, ms, s for 100,000: what was promised
WARM, ROUNDS = 400, 800


def run() -> Iterator[dict]:
    from search.engines import engine

    call_command("prepare", verbosity=0)
    made = {"products": PRODUCTS, "enterprises": DISTINCT // 4, "needs": DISTINCT, "seed": 20261130}
    call_command("generate", **made, json=True, stdout=io.StringIO())
    base = {"n": PRODUCTS, "engine": engine().name, "database": database()}

    def line(name: str, value: float, unit: str, floor: float | None) -> dict:
        ratio = None if floor is None else round(value / floor, 2)
        return base | {"bench": f"matching.{name}", "value": round(value, 3), "unit": unit, "ratio": ratio,
                       "floor": None if floor is None else round(floor, 3)}  # fmt: skip

    catalogue, needs = read()
    yield from core(catalogue, needs, line)
    yield from batch(catalogue, needs, line)
    yield from pages(needs, line)
    yield from changes(line)


def read():
    """The catalogue as members see it, and the needs as facts."""
    from accounts.models import User
    from matching.matcher import catalogue_for, need_facts
    from matching.models import Need

    needs = [need_facts(each, each.enterprise) for each in Need.objects.select_related("enterprise")]
    return catalogue_for(User()), needs


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def spent(call: Callable[[], object]) -> float:
    """ms of this thread."""
    begin = time.thread_time()
    call()
    return (time.thread_time() - begin) * 1000


def core(catalogue, needs: list, line) -> Iterator[dict]:
    """Each need once, after others have been ranked, as in a web process; floor: plain numpy, in turns with it."""
    from matching.ranking import Weights, rank
    from matching.ranking.scan import Scan

    weights = Weights.default()
    chance = random.Random(1)
    needs = chance.sample(needs, min(len(needs), WARM + ROUNDS))
    for need in needs[:WARM]:
        rank(need, catalogue)
    whole, numbers, asking, floor = [], [], [], []
    for need in needs[WARM:]:
        floor.append(plain(catalogue, need, weights))
        numbers.append(spent(lambda need=need: Scan(need, catalogue, weights).top(10)))
        whole.append(spent(lambda need=need: rank(need, catalogue, weights, asking=False)))
        asking.append(spent(lambda need=need: rank(need, catalogue, weights)) - whole[-1])
    yield line("core.p95", p95(whole), "ms", CORE)
    yield line("core.p95.beside_numpy", p95(whole), "ms", p95(floor))
    yield line("core.median.beside_numpy", statistics.median(whole), "ms", statistics.median(floor))
    yield line("core.order_only.p95", p95(numbers), "ms", p95(floor))
    yield line("question.p95", p95(asking), "ms", QUESTION)


def plain(catalogue, need, weights) -> float:
    """ms of masks for all rules, the weighted sum of ten terms and the ten best, with bare numpy over the same columns.

    What each distinct region, line of business or set of traits comes to is looked up before the clock starts."""
    from matching.ranking.names import GUARANTEES, KINDS, PURPOSES, SIZES, bits
    from matching.ranking.rules import BY_NAME, wanted_kinds
    from matching.ranking.scan import COUNTED, Scan

    scan, c = Scan(need, catalogue, weights), catalogue
    said, traits = scan.text(np.arange(len(c))), frozenset(need.traits.items())
    tables = [(weights.terms[name], *_table(c, name, need, traits)) for name in COUNTED]
    coded = [(BY_NAME[name], getattr(c, column)) for name, column in
             (("region", "regions"), ("industry", "industries"), ("traits", "traits"))]  # fmt: skip
    fits = [(np.array([_fits(rule, need, value) for value in column.values]), column.rows) for rule, column in coded]
    kinds = np.array([kind in wanted_kinds(need) for kind in KINDS] + [False])
    renewal, refused = bits(["renewal"], PURPOSES), bits(need.guarantee_refused, GUARANTEES)
    easy = bits({"credit", "guarantor", *need.guarantee_kinds}, GUARANTEES)
    size = bits([need.size_class] if need.size_class else SIZES, SIZES)
    day = need.on.toordinal()
    low, high = (np.nan if each is None else float(each) for each in (need.amount_low, need.amount_high))
    months, ceiling, years, revenue = (
        np.nan if each is None else float(each)
        for each in (need.term_months, need.rate_ceiling, need.years, need.revenue)
    )
    begin = time.thread_time()
    ok = (c.valid_from <= day) & (day <= c.valid_to)
    ok &= kinds[c.kind]
    if "renewal" not in need.purposes:
        ok &= c.purposes != renewal
    for table, rows in fits:
        ok &= table[rows]
    ok &= (c.sizes == 0) | ((c.sizes & size) != 0)
    ok &= (c.guarantees == 0) | ((c.guarantees & ~refused) != 0) | ((c.guarantees & easy) != 0)
    ok &= ~((high < c.amount_min) | (low > c.amount_max))
    ok &= ~((months < c.term_min) | (months > c.term_max))
    ok &= ~(c.rate > ceiling)
    ok &= ~((years < c.years_min) | (years > c.years_max))
    ok &= ~((revenue < c.revenue_min) | (revenue > c.revenue_max))
    if need.renewal_agreed is False:
        ok &= c.kind != 2
    score = weights.terms["text"] * said
    for weight, table, codes in tables:
        score += weight * table[codes]
    rows = np.flatnonzero(ok)
    some = score[rows]
    if len(some) > 10:
        best = np.argpartition(-some, 10)[:10]
        rows, some = rows[best], some[best]
    rows[np.argsort(-some, kind="stable")]
    return (time.thread_time() - begin) * 1000


def _table(catalogue, name: str, need, traits):
    from matching.ranking.scoring import PARTS

    return catalogue.table(PARTS[name], need, traits)


def _fits(rule, need, value) -> bool:
    """Whether a rule lets one value of its column pass, through the same function as the ranking."""
    from matching.ranking.columns import Combinations
    from matching.ranking.factors import Factor

    one = Factor({rule.columns[0]: Combinations([value])})
    return bool(rule.over_all(need, one)[0] >= 0)


def batch(catalogue, needs: list, line) -> Iterator[dict]:
    """Needs that differ in amount, place, traits and words, one by one through `rank_many`, on one core."""
    from matching.ranking import rank_many

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, ranked = time.process_time(), 0
    for _short in rank_many(varied(needs, NEEDS), catalogue):
        ranked += 1
    making = time.process_time()
    for _need in varied(needs, NEEDS):
        pass
    making = time.process_time() - making
    seconds = time.process_time() - begin - 2 * making
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield line("batch", seconds * 100_000 / ranked, "s per 100,000 needs", BATCH) | {"n": ranked}
    yield line("batch.memory", grown, "MiB more", None) | {"n": ranked}


def varied(needs: list, count: int) -> Iterator:
    chance = random.Random(2)
    traits = ("first_loan", "high_tech", "private", "sole_trader", "agriculture", "exporter", "specialised")
    places = sorted({place for need in needs for place in need.regions})
    for number in range(count):
        need = needs[number % len(needs)]
        amount = Decimal(chance.randint(1, 400)) * 10_000
        yield replace(
            need,
            amount_low=amount,
            amount_high=amount,
            regions=(chance.choice(places),) if places and chance.random() < 0.8 else need.regions,
            traits={trait: chance.random() < 0.5 for trait in chance.sample(traits, chance.randint(0, 3))},
            text=f"{need.text}，{chance.choice(('茶叶', '船舶', '大棚', '民宿', '模具', '冷库'))}",
        )


def pages(needs: list, line) -> Iterator[dict]:
    """/needs/new/?text=… through the web server's application, in this process; floor: an empty view beside it."""
    from tests.perf.browser import Browser

    browser = Browser()
    texts = list(dict.fromkeys(need.text for need in needs))[:240]
    page, busy, empty = [], [], []
    for number, text in enumerate(texts):
        begin = time.perf_counter()
        used = spent(lambda text=text: browser.get("/needs/new/", text=text))
        middle = time.perf_counter()
        browser.get("/robots.txt")
        if number >= 40:
            page.append((middle - begin) * 1000)
            busy.append(used)
            empty.append((time.perf_counter() - middle) * 1000)
    yield line("page.median", statistics.median(page), "ms", PAGE)
    yield line("page.processor.median", statistics.median(busy), "ms", PAGE)
    yield line("page.p95", p95(page), "ms", None)
    yield line("page.beside_empty_view", statistics.median(page), "ms", statistics.median(empty))


def changes(line) -> Iterator[dict]:
    """From a product's change to columns with it: all that the next request of a process waits for."""
    from accounts.models import User
    from catalogue.models import Product
    from matching.matcher import catalogue_for, need_facts
    from matching.models import Need
    from matching.ranking import rank

    anyone = User()
    need = need_facts(need_row := Need.objects.select_related("enterprise").first(), need_row.enterprise)
    waited, busy, first = [], [], []
    for number, product in enumerate(Product.objects.filter(live=True).order_by("pk")[:40]):
        product.summary = f"改了第 {number} 次：{product.summary}"
        product.amount_max = (product.amount_min or 0) + Decimal(1_000_000 + number)
        product.save()
        begin = time.perf_counter()
        busy.append(spent(partial(catalogue_for, anyone)))
        waited.append((time.perf_counter() - begin) * 1000)
        catalogue = catalogue_for(anyone)
        first.append(spent(partial(rank, need, catalogue)))
        if catalogue.products[catalogue.rows[product.pk]].amount_max != product.amount_max:
            raise RuntimeError("the change is not in the columns")
    yield line("refresh.median", statistics.median(waited), "ms", REFRESH)
    yield line("refresh.processor.median", statistics.median(busy), "ms", REFRESH)
    yield line("refresh.worst", max(waited), "ms", REFRESH)
    yield line("refresh.first_need", statistics.median(first), "ms", None)
