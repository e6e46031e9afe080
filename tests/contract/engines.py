"""The engines that every contract test runs over, and documents to run it with.

Elasticsearch is among them when `ELASTICSEARCH_URL` tells where it is: a server, or the nodes of a cluster.
"""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from search.analysis import Analyser
from search.building import keys
from search.engines import Engine, Entry
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.storage import FileStorage

KIND = "thing"
ANALYSER = Analyser()
PLACES = ["舟山", "定海", "衢江", "遂昌", "鹿城", "南湖", "上城", "普陀"]
TOPICS = ["茶叶", "船舶修造", "中药材", "水产加工", "竹制品", "电子信息", "高端装备", "民宿", "粮食种植", "生物医药"]
FORMS = ["贷", "保", "转贷", "担保贷款", "天使基金", "贴息贷款", "保险", "风险池贷款"]
BODIES = [
    "随借随还，担保费按实际用款天数计算。",
    "面向小微企业与个体工商户，无需抵押物。",
    "以取水权质押，手续简化，三个工作日办结。",
    "到期续贷周转，资金当天到账，服务费月利率 6‰。",
    "研发损失险、知识产权险等险种，保费补贴最高 90%。",
    "首贷户 1000 万元以下抵押贷款，贴息后年利率 2.65%。",
]

NAMES = ("embedded", "elastic") if settings.ELASTICSEARCH_URL else ("embedded",)


@contextmanager
def fresh(name: str, folder: Path) -> Iterator[Engine]:
    """An empty engine that leaves nothing behind."""
    if name == "embedded":
        yield EmbeddedEngine(FileStorage(lambda: folder / "index.sqlite3"))
        return
    from search.engines.elastic import ElasticEngine

    nodes = len(settings.ELASTICSEARCH_URL)
    engine = ElasticEngine(
        settings.ELASTICSEARCH_URL,
        f"contract-{secrets.token_hex(4)}",
        shards=nodes,  # on a cluster each node holds a part, and a copy of another
        replicas=min(nodes - 1, 1),
        empty_when_missing=True,
    )
    try:
        yield engine
    finally:
        engine.drop()


def entry(number: int, title: str, body: str = "", **more) -> Entry:
    tokens = ANALYSER.document(title, more.pop("keywords", ()), [body])
    given = {
        "version": 1, "fingerprint": "", "summary": "", "url": f"/things/{number}/", "meta": (), "facets": {}, "ranges": {},
        "visibility": ("public",),
    }  # fmt: skip
    given |= more
    return Entry(
        kind=KIND, id=number, title=title, body=(body,), tokens=tokens, keys=tuple(keys(title, tokens)), **given
    )


def crowd(count: int, seed: int = 7) -> list[Entry]:
    """Documents with everything that a question can be about; the same for the same seed."""
    chance = random.Random(seed)
    return [
        entry(
            number,
            f"{chance.choice(PLACES)}{chance.choice(TOPICS)}{chance.choice(FORMS)}",
            "".join(chance.sample(BODIES, chance.randint(1, 3))),
            keywords=[chance.choice(PLACES)],
            facets={
                "kind": (chance.choice(["loan", "guarantee", "insurance"]),),
                "region": tuple(chance.sample(PLACES, chance.randint(0, 3))),
            },
            ranges={
                "amount": chance.choice([None, 1e5, 5e5, 1e6, 5e6]),
                "rate": chance.choice([None, 2.65, 3.45, 4.35, 6.0]),
            },
            visibility=(chance.choice(["public", "public", "public", "signed_in", "institution:3"]),),
            since=chance.choice([None, None, None, 500.0, 2000.0]),
            until=chance.choice([None, None, None, 500.0, 2000.0]),
            date=chance.choice([None, 1.0, 2.0, 3.0]),
        )
        for number in range(1, count + 1)
    ]
