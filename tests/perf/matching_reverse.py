"""A new product against a million open needs, in the pure core. Promised: 20 ms.

The needs are made up here: places, purposes, guarantees, traits, sums and sentences as people give them, a third of them
in a place that is theirs alone to the county. Times are of the
processor: one thread does it all. Floor: numpy looks up six numbers for each need and adds them, nothing else.
"""

import os
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np

NEEDS = int(os.environ.get("BENCH_OPEN_NEEDS", "1000000"))
ROUNDS = 15
DAY = date(2026, 11, 24)
COUNTIES = [f"33{city:02}{county:02}" for city in range(1, 12) for county in range(1, 10)]
SAID = {
    "working_capital": ["采购原材料", "收购季周转", "年底付货款", "发放工资", "接了订单要垫资"],
    "equipment": ["买一台新设备", "厂房改造", "更新生产线", "添置冷链车"],
    "renewal": ["贷款下个月到期想续贷", "到期转贷周转"],
    "rnd": ["研发新产品", "专利成果转化"],
    "startup": ["刚开业备货", "创业起步装修"],
    "agriculture": ["扩种茶园", "大棚改造", "买种苗和饲料"],
}
BACKED = {
    "credit": "没有抵押物",
    "real_estate": "有厂房可以抵押",
    "guarantor": "可以找担保公司",
    "intellectual": "有专利可以质押",
    "receivable": "有应收账款可以质押",
    "inventory": "有存货",
}
TRADES = ["A", "A01", "1530", "C13", "C26", "F51", "G54", "H61", "I65", ""]
TRAITS = ["first_loan", "high_tech", "tech_sme", "specialised", "agriculture", "sole_trader", "private", "exporter"]
FIELDS = [
    "茶叶",
    "水产",
    "木材加工",
    "五金",
    "针织",
    "民宿",
    "冷链",
    "阀门",
    "玩具",
    "电商",
    "模具",
    "蔬菜",
    "船舶配件",
    "石材",
]


def needs(count: int, chance: random.Random) -> Iterator[tuple[int, object]]:
    from matching.ranking import NeedFacts

    for number in range(count):
        purpose = chance.choice(list(SAID))
        guarantee = chance.choice(list(BACKED))
        amount = chance.choice((5, 10, 20, 30, 50, 80, 100, 150, 200, 300, 500, 800))
        text = f"{chance.choice(FIELDS)}，{chance.choice(SAID[purpose])}，想借{amount}万，{BACKED[guarantee]}"
        yield (
            number,
            NeedFacts(
                on=DAY,
                text=text,
                amount_low=Decimal(amount * 10_000),
                amount_high=Decimal(amount * 10_000),
                kinds=("loan",) if chance.random() < 0.7 else (),
                purposes=(purpose,),
                guarantee_kinds=(guarantee,) if chance.random() < 0.6 else (),
                traits={each: chance.random() < 0.7 for each in chance.sample(TRAITS, chance.randint(0, 3))},
                regions=(chance.choice(COUNTIES),),
                industry_codes=(trade,) if (trade := chance.choice(TRADES)) else (),
                size_class=chance.choice(("micro", "small", "medium", None)),
                years=chance.choice((None, Decimal(chance.randint(0, 200)) / 10)),
                revenue=chance.choice((None, Decimal(chance.randint(10, 5000) * 10_000))),
                term_months=chance.choice((None, 3, 6, 12, 24, 36)),
                within_days=chance.choice((None, None, chance.randint(1, 60))),
                rate_ceiling=chance.choice((None, None, None, Decimal("4.5"))),
                revolving=chance.choice((None, None, True)),
            ),
        )


def products() -> dict[str, object]:
    from matching.ranking import ProductFacts, RuleFacts

    return {
        "one county": ProductFacts(
            key=1,
            name="茶叶收购贷",
            institution="某行",
            purposes=("working_capital",),
            summary="面向茶叶收购、加工的小微企业，用于收购季周转，可随借随还",
            audience="收购鲜叶、种植茶园的农户和合作社",
            region_codes=("330103",),
            amount_max=Decimal(500_000),
            guarantee_kinds=("credit", "guarantor"),
            promised_days=3,
            rules=(RuleFacts("years", minimum=Decimal(1)), RuleFacts("traits_any", ("agriculture", "sole_trader"))),
        ),
        "everybody": ProductFacts(
            key=2,
            name="普惠经营贷",
            institution="某行",
            summary="面向小微企业和个体工商户，可用于采购原材料、更新设备、发放工资、研发",
            audience="有订单、有应收账款、有专利或存货的企业",
        ),
    }


def run() -> Iterator[dict]:
    from matching.ranking.reverse import Needs, fitting

    base = {"n": NEEDS, "engine": None, "database": None}
    begin = time.process_time()
    columns = Needs(needs(NEEDS, random.Random(20261124)))
    seconds = time.process_time() - begin
    yield base | {"bench": "matching.reverse.columns", "value": round(seconds, 1), "unit": "s"}
    yield base | {"bench": "matching.reverse.memory", "value": round(columns.nbytes / 2**20, 1), "unit": "MiB"}
    parts = (columns.place, columns.wants, columns.sums, columns.backing, columns.firm, columns.said)
    tables = [(each.rows.astype(np.intp), np.random.default_rng(1).random(len(each.examples))) for each in parts]

    def least() -> np.ndarray:
        return sum((table.take(rows) for rows, table in tables), np.zeros(NEEDS))

    floor = milliseconds(least)
    for name, product in products().items():
        found = fitting(product, columns)  # type: ignore[arg-type]
        value = milliseconds(lambda product=product: fitting(product, columns))
        line = {"bench": f"matching.reverse.{name} ({len(found.rows)} fit)", "value": value, "unit": "ms"}
        yield base | line | {"floor": floor, "ratio": round(value / floor, 2)}
        tracemalloc.start()
        fitting(product, columns)  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield base | {"bench": f"matching.reverse.{name}.memory", "value": round(peak / 2**20, 1), "unit": "MiB"}


def milliseconds(work) -> float:
    taken = []
    for _round in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - begin))
    return round(statistics.median(taken), 2)
