"""Search: the whole request beside the raw FTS5 query that gives the same match set; suggestions; one update; building."""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from django.core.management import call_command

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "10000"))
QUERIES = [
    "贷款", "担保贷款", "舟山 转贷", "茶叶合作社周转", "惠农贷", "随借随还", "取水权质押", "zhoushan", "知识产权 研发损失险",
    "小微企业没有抵押物怎么贷款", "过侨资金", "首贷户贴息", "船舶修造设备更新贷款", "应急转贷 当天到账", "科技型企业天使基金",
]  # fmt: skip
PLACES = [
    "舟山",
    "定海",
    "普陀",
    "岱山",
    "嵊泗",
    "衢江",
    "柯城",
    "遂昌",
    "松阳",
    "鹿城",
    "瓯海",
    "南湖",
    "秀洲",
    "上城",
    "西湖",
    "余杭",
    "江干",
    "平湖",
    "海盐",
    "桐乡",
    "乐清",
    "瑞安",
    "丽水",
    "温州",
    "嘉兴",
    "衢州",
    "杭州",
    "宁波",
    "绍兴",
    "台州",
]
TOPICS = [
    "茶叶",
    "船舶修造",
    "中药材",
    "水产加工",
    "竹制品",
    "电子信息",
    "高端装备",
    "民宿",
    "粮食种植",
    "生物医药",
    "汽摩配件",
    "家具制造",
    "纺织服装",
    "远洋捕捞",
    "冷链物流",
    "光伏",
    "储能",
    "软件服务",
    "人工智能",
    "跨境电商",
    "石化新材料",
    "文化创意",
    "餐饮",
    "建筑安装",
    "环保设备",
    "精密模具",
    "食品加工",
    "花卉苗木",
    "畜禽养殖",
    "职业教育",
]
NAMES = [
    "惠",
    "农",
    "科",
    "创",
    "智",
    "融",
    "信",
    "税",
    "商",
    "诚",
    "瑞",
    "安",
    "通",
    "达",
    "鑫",
    "盛",
    "顺",
    "兴",
    "恒",
    "远",
]
FORMS = [
    "贷",
    "e贷",
    "易贷",
    "担贷",
    "转贷",
    "保",
    "快贷",
    "循环贷",
    "贴息贷款",
    "担保贷款",
    "信用贷",
    "天使基金",
    "保险",
    "风险池贷款",
    "供应链融资",
    "订单融资",
]
SENTENCES = [
    "随借随还，担保费按实际用款天数计算。",
    "面向小微企业与个体工商户，无需抵押物。",
    "以取水权质押，手续简化，三个工作日办结。",
    "到期续贷周转，资金当天到账，服务费月利率低于同业。",
    "研发损失险、知识产权险等险种，保费补贴按初创期与成长期分档。",
    "首贷户抵押贷款由财政贴息。",
    "企业需提供近一年纳税证明和经营流水。",
    "可用于采购原材料、支付租金、发放工资。",
    "设备更新、厂房改造均可申请，期限最长五年。",
    "由政府性融资担保公司与银行按比例分担风险。",
    "见贷即保，银行一次审批。",
    "支持应收账款质押、订单融资等多种方式。",
    "金融顾问上门收集资料。",
    "适用于当地主导产业链上下游企业。",
    "逾期将影响企业征信记录，请按期还款。",
    "高新技术企业与专精特新企业可适当提高额度。",
    "合作社、家庭农场、种养大户优先。",
]


def run() -> Iterator[dict]:
    call_command("prepare", verbosity=0)
    from catalogue.models import Product
    from search.engines import engine
    from search.registry import unregister

    document_type = declare()
    try:
        make(DOCUMENTS, random.Random(20261124))
        base = {"n": DOCUMENTS, "engine": engine().name, "database": database()}
        yield from building(base)
        yield from requests(base, document_type.kind)
        yield from suggestions(base)
        yield from update(base, Product)
    finally:
        unregister(document_type.kind)


def building(base: dict) -> Iterator[dict]:
    """In a process of its own, whose memory is that of building and of nothing before it. One process builds, so a
    document's share of the wall clock is what it costs one core; the processor's time tells whether the machine was shared."""
    output = subprocess.run([sys.executable, "-m", __name__], check=True, capture_output=True, text=True).stdout
    built = json.loads(output.splitlines()[-1])
    rate = built["documents"] / built["seconds"]
    yield base | {"bench": "search.rebuild", "value": round(rate), "unit": "documents/s", "floor": 8000, "ratio": round(rate / 8000, 2)}  # fmt: skip
    busy = built["processor"] / built["documents"] * 1e6
    yield base | {"bench": "search.rebuild.processor", "value": round(busy), "unit": "µs/document", "floor": 125, "ratio": round(busy / 125, 2)}  # fmt: skip
    yield base | {"bench": "search.rebuild.memory", "value": round(built["memory"]), "unit": "MiB", "floor": 1024, "ratio": round(built["memory"] / 1024, 2)}  # fmt: skip
    yield base | {"bench": "search.rebuild.disk", "value": round(built["disk"]), "unit": "MiB"}


def build() -> None:
    """What that process does; the figures go to its standard output."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
    import django

    django.setup()
    from search.maintenance import rebuild
    from search.outbox import suspended

    kind, before = declare().kind, disk()
    with suspended():
        begin, busy = time.perf_counter(), time.process_time()
        documents = rebuild([kind])[kind]
        seconds, processor = time.perf_counter() - begin, time.process_time() - busy
    figures = {"documents": documents, "seconds": seconds, "processor": processor, "memory": peak()}
    print(json.dumps(figures | {"disk": disk() - before}))


def peak() -> float:
    """Most memory that this process ever held, MiB. (`ru_maxrss` begins with what the parent held.)"""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    held = next((line for line in lines if line.startswith("VmHWM:")), "")
    return int(held.split()[1]) / 1024 if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def disk() -> float:
    """The file that the index is in, MiB."""
    from search.engines import engine

    connection = engine().storage.connection()
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return pages * size / 2**20


def declare():
    """A kind of our own over the product table, shaped like the catalogue's."""
    from catalogue.models import Product, ProductKind
    from search.registry import DocumentType, Facet, Range, register

    return register(
        DocumentType(
            kind="bench",
            label="产品",
            model=Product,
            queryset=lambda: Product.objects.filter(live=True).select_related("institution"),
            title=lambda product: product.name,
            url=lambda product: f"/products/{product.slug}/",
            summary=lambda product: product.summary,
            keywords=lambda product: [product.institution.name, product.audience],
            body=lambda product: [product.description],
            facets={
                "kind": Facet("类别", lambda product: [product.kind], choices=ProductKind.choices),
                "institution": Facet("机构", lambda product: [str(product.institution_id)]),
                "purpose": Facet("用途", lambda product: product.purposes),
            },
            ranges={"amount_max": Range("额度", lambda product: product.amount_max, unit="元")},
            suggest=True,
        )
    )


def make(count: int, chance: random.Random) -> None:
    from accounts.models import Institution, Region
    from catalogue.models import Product, ProductKind, Purpose
    from search.outbox import suspended

    region, _made = Region.objects.get_or_create(
        code="330902", defaults={"name": "定海区", "full_name": "浙江省舟山市定海区", "level": 3}
    )
    institutions = [
        Institution.objects.get_or_create(
            slug=f"bench-{place}-{number}", defaults={"name": f"{name}{number}号银行", "kind": "bank", "region": region}
        )[0]
        for number, (place, name) in enumerate(zip(range(60), PLACES * 2, strict=False))
    ]
    with suspended():
        Product.objects.filter(slug__startswith="bench-").delete()
        insert(
            Product(source="生成的测试数据", as_of="2026-01-01", live=True, institution=institutions[0]),
            (
                {
                    "institution_id": chance.choice(institutions).pk,
                    "name": f"{chance.choice(PLACES)}{chance.choice(TOPICS)}{chance.choice(NAMES)}{chance.choice(NAMES)}{chance.choice(FORMS)}",
                    "slug": f"bench-{number}",
                    "kind": chance.choice(ProductKind.values),
                    "purposes": chance.sample(Purpose.values, 2),
                    "summary": chance.choice(SENTENCES),
                    "audience": f"{chance.choice(PLACES)}{chance.choice(TOPICS)}企业",
                    "description": "".join(chance.sample(SENTENCES, 6)) + chance.choice(TOPICS) * 2,
                    "amount_max": chance.choice([None, 300_000, 500_000, 1_000_000, 5_000_000]),
                }
                for number in range(count)
            ),
        )


def insert(template, rows: Iterable[dict]) -> None:
    """Rows that differ from `template` in the same few fields; without an object for each, of which a million are slow."""
    from django.db import connection, transaction

    fields = [field for field in template._meta.concrete_fields if not field.primary_key]
    common = {field: field.get_db_prep_save(field.pre_save(template, add=True), connection) for field in fields}
    places = ", ".join(["%s"] * len(fields))
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    sql = f"INSERT INTO {connection.ops.quote_name(template._meta.db_table)} ({columns}) VALUES ({places})"
    rows = iter(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        while part := list(islice(rows, 1000)):
            cursor.executemany(
                sql,
                [
                    [
                        field.get_db_prep_save(row[field.attname], connection) if field.attname in row else value
                        for field, value in common.items()
                    ]
                    for row in part
                ],
            )


def database() -> str:
    from django.db import connection

    return connection.vendor


@contextmanager
def client():
    """The whole stack of middleware and templates in this process; the page cache is stepped over."""
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ALLOWED_HOSTS=["*"], STORAGES=storages):
        yield Client(headers={"authorization": "none"})


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that does not count."""
    work()
    times = []
    for _round in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def requests(base: dict, kind: str) -> Iterator[dict]:
    """Per query the median; the figure is the mean over queries, so that costly ones weigh as they do in life. The page and
    the same as JSON, of one kind and of all; `first`: words that nobody has asked for before."""
    from search.engines import local
    from search.engines.embedded.expression import expression
    from search.words import analyser, names
    from tests.perf.browser import Browser

    index, browser = local(), Browser()
    sql = f"SELECT rowid FROM search_fts_{kind} WHERE search_fts_{kind} MATCH ?"
    raw: list[float] = []
    ways: dict[str, Callable[[str], object]] = {
        "search.request": lambda text: browser.get(q=text, type=kind),
        "search.request.first": lambda text: browser.get(is_first=True, q=text, type=kind),
        "search.request.grouped": lambda text: browser.get(q=text),
        "search.request.api": lambda text: browser.get("/api/v1/search", q=text, type=kind),
        "search.request.api.grouped": lambda text: browser.get("/api/v1/search", q=text),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for text in QUERIES:
        match = expression(analyser().query(text, names(index, analyser())), every=True)
        fetch = partial(raw_ids, index.storage.connection(), sql, match)
        raw.append(statistics.median(timed(fetch, 15)))
        for name, way in ways.items():
            times[name].append(statistics.median(timed(partial(way, text), 15)))
    floor = statistics.mean(raw)
    for name, medians in times.items():
        value = statistics.mean(medians)
        yield base | {"bench": name, "value": round(value, 2), "unit": "ms", "floor": round(floor, 2), "ratio": round(value / floor, 2)}  # fmt: skip


def raw_ids(connection, sql: str, match: str) -> list:
    return connection.execute(sql, (match,)).fetchall()


def answered(browser, data: dict) -> None:
    answer = browser.get("/search/", data)
    if answer.status_code != 200:
        raise RuntimeError(f"/search/ answered {answer.status_code}")


def suggestions(base: dict) -> Iterator[dict]:
    from search.queries import suggest

    prefixes = ["舟", "舟山", "zhou", "zs", "茶叶", "cy", "惠", "hui", "担贷", "遂昌茶"]
    times = sorted(time_ for prefix in prefixes for time_ in timed(lambda prefix=prefix: suggest(prefix), 20))
    p95 = times[int(len(times) * 0.95)]
    yield base | {"bench": "search.suggest.p95", "value": round(p95, 2), "unit": "ms", "floor": 5, "ratio": round(p95 / 5, 2)}  # fmt: skip


def update(base: dict, model) -> Iterator[dict]:
    """One document from its row to the committed index; the floor is what was promised."""
    from django.db import transaction

    from search import outbox
    from search.engines import engine
    from search.models import Change

    products = list(model.objects.filter(slug__startswith="bench-")[:60])

    def apply(product) -> float:
        Change.objects.create(kind="bench", object_id=product.pk)
        begin = time.perf_counter()
        with transaction.atomic():
            outbox.apply(engine(), "bench", [product.pk])
        return (time.perf_counter() - begin) * 1000

    value = statistics.median([apply(product) for product in products][10:])
    yield base | {"bench": "search.update", "value": round(value, 2), "unit": "ms", "floor": 2, "ratio": round(value / 2, 2)}  # fmt: skip


if __name__ == "__main__":
    build()
