"""What a user would pick instead: Wagtail's own search and `icontains`, beside ours, on the same documents and questions.

`recall`: of the documents that hold everything meant, how many stand among the first twenty (of twenty, where there are
more). Every other way of writing counts as meant: traditional characters, pinyin, a slip of the pen.
`BENCH_SIZES` names the numbers of documents; with `DATABASE_URL` of PostgreSQL everything happens there.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Q

from tests.perf.search import FORMS, NAMES, PLACES, SENTENCES, TOPICS

SIZES = [int(each) for each in os.environ.get("BENCH_SIZES", "1000,10000").split(",")]
ROUNDS, SHOWN, SEED = 12, 20, 20261125
SLOW = 0.5  # seconds: asked once more only
QUESTIONS = (  # what is typed, and what it means
    ("担保贷款", ("担保贷款",)),
    ("茶叶", ("茶叶",)),
    ("舟山 茶叶", ("舟山", "茶叶")),
    ("取水权质押", ("取水权质押",)),
    ("知识产权", ("知识产权",)),
    ("远洋捕捞 转贷", ("远洋捕捞", "转贷")),
    ("船舶修造惠", ("船舶修造惠",)),
    ("风险池", ("风险池",)),
    ("應急 轉貸", ("转贷",)),
    ("ｅ贷", ("e贷",)),
    ("zhoushan", ("舟山",)),
    ("chaye", ("茶叶",)),
    ("天使基金", ("天使基金",)),
    ("知识产全", ("知识产权",)),
    ("跨境电商 循环贷", ("跨境电商", "循环贷")),
    ("随借随还", ("随借随还",)),
)


def texts(count: int) -> list[str]:
    """Titles of up to 255 characters, the same for a number."""
    chance = random.Random(SEED)
    return [
        f"{chance.choice(PLACES)}{chance.choice(TOPICS)}{chance.choice(NAMES)}{chance.choice(NAMES)}{chance.choice(FORMS)}："
        f"{chance.choice(PLACES)}{chance.choice(TOPICS)}企业。{''.join(chance.sample(SENTENCES, 4))}"[:255]
        for _ in range(count)
    ]


def run() -> Iterator[dict]:
    call_command("migrate", verbosity=0)
    for size in SIZES:
        yield from measure(size)


def measure(size: int) -> Iterator[dict]:
    from wagtail.documents.models import Document

    from search.maintenance import rebuild
    from search.outbox import suspended
    from search.registry import unregister

    with suspended():
        Document.objects.all().delete()
        Document.objects.bulk_create((Document(title=text, file="x") for text in texts(size)), batch_size=2000)
    whole = dict(Document.objects.values_list("pk", "title"))
    truth = {
        typed: {pk for pk, title in whole.items() if all(each in title for each in meant)} for typed, meant in QUESTIONS
    }
    base = {"n": size, "database": connection.vendor}
    floor = None
    for name, engine, prepare, ask in candidates(Document):
        begin = time.perf_counter()
        prepare()
        built = size / (time.perf_counter() - begin)
        times, recall = [], []
        for typed, meant in truth.items():
            begin = time.perf_counter()
            found = ask(typed)
            slow = time.perf_counter() - begin > SLOW
            if meant:
                recall.append(len(meant.intersection(found[:SHOWN])) / min(SHOWN, len(meant)))
            for _ in range(1 if slow else ROUNDS):
                begin = time.perf_counter()
                ask(typed)
                times.append((time.perf_counter() - begin) * 1000)
        times.sort()
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        floor = floor or {"p50": p50, "p95": p95}
        for part, value in (("p50", p50), ("p95", p95)):
            yield base | {
                "bench": f"versus.{name}.{part}", "value": round(value, 2), "unit": "ms", "engine": engine,
                "floor": round(floor[part], 2), "ratio": round(value / floor[part], 2),
            }  # fmt: skip
        yield base | {"bench": f"versus.{name}.recall", "value": round(sum(recall) / len(recall), 3), "unit": "", "engine": engine}  # fmt: skip
        if name != "icontains":
            yield base | {"bench": f"versus.{name}.build", "value": round(built), "unit": "documents/s", "engine": engine}  # fmt: skip
    unregister(KIND)
    rebuild([])


KIND = "benchdoc"


def candidates(model: Any) -> Iterator[tuple[str, str, Callable[[], Any], Callable[[str], list[int]]]]:
    """(name, engine, how its index is made, how it is asked: the ids of the first twenty). `icontains` is the floor."""
    from search.engines import engine
    from search.maintenance import rebuild
    from search.queries import find
    from search.registry import DocumentType, register

    def contains(typed: str) -> list[int]:
        wanted = Q()
        for word in typed.split():
            wanted &= Q(title__icontains=word)
        return list(model.objects.filter(wanted).order_by("-pk").values_list("pk", flat=True)[:SHOWN])

    yield "icontains", "", lambda: None, contains
    for name, path in (
        ("wagtail", "wagtail.search.backends.database"),
        ("wagtail_chinese", "search.backends.database"),
    ):
        yield name, path, partial(fill, model, path), partial(asked, model, path)
    register(
        DocumentType(
            kind=KIND,
            label="文档",
            model=model,
            queryset=model.objects.all,
            title=lambda each: each.title,
            url=lambda each: "/",
        )
    )
    yield "ours", engine().name, partial(rebuild, [KIND]), lambda typed: find(KIND, q=typed, limit=SHOWN).ids


def backend_of(path: str) -> Any:
    from django.utils.module_loading import import_string

    return import_string(f"{path}.SearchBackend")({})


def fill(model: Any, path: str) -> None:
    """As `update_index` does: all of it anew, a thousand at a time."""
    index = backend_of(path).get_index_for_model(model)
    index.reset()
    rows = list(model.objects.all())
    for start in range(0, len(rows), 1000):
        index.add_items(model, rows[start : start + 1000])


def asked(model: Any, path: str, typed: str) -> list[int]:
    return [each.pk for each in backend_of(path).search(typed, model.objects.all())[:SHOWN]]
