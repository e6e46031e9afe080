"""Judged queries over six catalogues: `demo` (what the demo loads); `county`, `town`, `basin` and `plateau` (made up, of
the kinds that real places have, with several banks' variants of the same product); `cases` (the demo's products among
made-up ones and many generated ones whose names are alike).

All but `town`, which was kept aside whole, have two parts. `tuning` may be looked at while analysis and ranking are worked
on; `aside` is kept aside and only its means are read, so that they say how queries fare that nobody tuned for. A third of
each kind of query was drawn for it once, with a fixed seed. Grades were given from what the products say, before any result was seen: 3 is what was wanted, 2 is of
use, 1 is near; what is not listed is 0.

`python -m tests.relevance` prints the figures of both parts, `--misses` the queries of `tuning` that fare badly,
`--baseline` writes `baseline.json`, which the test compares with.
"""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPLIT = ("demo", "county", "basin", "cases", "plateau")  # catalogues with both parts
PARTS = ("tuning", "aside")
SETS = (*((name, part) for name in SPLIT for part in PARTS), ("town", "aside"))
MEASURES = ("ndcg@5", "recall@10", "mrr")
BASELINE = HERE / "baseline.json"


def catalogue(name: str, folder: Path) -> Path:
    """The file to evaluate over; that of the demo is exported from the database, as a site would."""
    if name != "demo":
        return HERE / f"{name}.tsv"
    from catalogue.models import Product
    from catalogue.tabular import products, writing

    content = BytesIO()
    writing.workbook(products.PRODUCTS, products.rows_of(Product.objects.order_by("pk")), content)
    path = folder / "demo.xlsx"
    path.write_bytes(content.getvalue())
    return path


def load_demo() -> None:
    from accounts import demo as people
    from catalogue import demo

    people.load()
    demo.load()


def measure(name: str, part: str, folder: Path) -> dict[str, Any]:
    from search.evaluation import evaluate

    return evaluate(catalogue(name, folder), HERE / name / part / "queries.tsv", HERE / name / part / "judgements.tsv")


def measure_all(folder: Path) -> dict[str, dict[str, Any]]:
    """`{"demo/tuning": {"ndcg@5", "recall@10", "mrr", "queries", "per_query"}, …}`"""
    return {f"{name}/{part}": measure(name, part, folder) for name, part in SETS}


def means(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Without single queries; `tuning` and `aside` are means over the queries of all catalogues."""
    figures = {place: {name: each[name] for name in (*MEASURES, "queries")} for place, each in found.items()}
    for part in PARTS:
        those = [each for place, each in figures.items() if place.endswith(f"/{part}")]
        count = sum(each["queries"] for each in those)
        figures[part] = {
            **{name: round(sum(each[name] * each["queries"] for each in those) / count, 4) for name in MEASURES},
            "queries": count,
        }
    return figures


def baseline() -> dict[str, dict[str, float]]:
    return json.loads(BASELINE.read_text(encoding="utf-8"))
