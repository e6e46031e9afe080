"""How good results are: judged queries over any catalogue, without touching the site's own index.

The catalogue is a workbook of products, or a tab-separated file of the same columns: the first row names them (Chinese or
field names), every further row is a product. The column 名称/name is the title; 发布机构/合作机构 and short columns are
keywords; other text is body. What the site's own documents leave out (不适合谁, 所需材料 …) is left out here too.
"""

import math
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection
from openpyxl import load_workbook

from . import widening, words
from .analysis import Analyser, Names, normalise
from .answering import Answering
from .building import keys
from .engines import Ask, Entry
from .engines.embedded import EmbeddedEngine
from .engines.embedded.storage import FileStorage
from .errors import BadInput
from .models import VocabularyState
from .queries import EVERYBODY
from .ranking import Scored, rank
from .statistics import FREQUENT, Frequencies

NAME_COLUMNS = ("name", "名称", "产品名称")
KEYWORD_COLUMNS = (
    "institution", "发布机构", "机构", "kind", "类别", "partners", "合作机构", "purposes", "用途", "traits", "regions", "适用地区",
    "guarantee_kinds", "担保方式", "repayment_kinds", "还款方式", "size_classes", "适用规模", "机构名称", "金融机构", "产品类别", "类型",
    "产品类型", "贷款用途", "适用用途", "地区", "适用区域", "担保", "还款", "规模", "企业规模", "合作方",
)  # fmt: skip
IDLE_COLUMNS = (
    "id", "slug", "网址名", "source", "来源", "source_url", "来源网址", "as_of", "资料日期", "valid_from", "生效日", "valid_to", "截止日",
    "login_required", "登录后可见", "not_for", "不适合谁", "不适用", "materials", "所需材料", "材料", "contact", "咨询方式", "联系方式",
    "联系电话", "rate_basis", "利率依据", "promised_days", "承诺办结（工作日）",
)  # fmt: skip
KIND = "evaluated"


def evaluate(catalogue: Path, queries: Path, judgements: Path) -> dict[str, Any]:
    """`{"ndcg@5", "recall@10", "mrr", "queries", "per_query": {id: {"ndcg@5", "recall@10", "mrr", "results"}}}`.

    Raises BadInput with file, row and reason.
    """
    products = read_catalogue(catalogue)
    asked = read_table(queries, ("id", "text"))
    grades: dict[str, dict[str, int]] = {}
    for number, row in read_table(judgements, ("id", "name", "grade")):
        if not row["grade"].isdecimal() or int(row["grade"]) > 3:
            raise BadInput(judgements, number, "grade", "应为 0 到 3 的整数")
        grades.setdefault(row["id"], {})[_key(row["name"])] = int(row["grade"])
    with tempfile.TemporaryDirectory() as folder:
        index = build(products, Path(folder) / "index.sqlite3", _analyser())
        per_query: dict[str, dict[str, Any]] = {}
        for _number, row in asked:
            found = index.search(row["text"], 10)
            per_query[row["id"]] = {
                **measures([_key(name) for name in found], grades.get(row["id"], {})),
                "results": found,
            }
    judged = [each for each in per_query.values() if each["recall@10"] is not None]
    return {
        **{
            name: round(sum(each[name] for each in judged) / len(judged), 4) if judged else None
            for name in ("ndcg@5", "recall@10", "mrr")
        },
        "queries": len(judged),
        "per_query": per_query,
    }


def _analyser() -> Analyser:
    """With the site's own words; with the built-in ones where no database has been made yet."""
    ready = VocabularyState._meta.db_table in connection.introspection.table_names()
    return words.analyser() if ready else Analyser()


def measures(found: list[str], grades: dict[str, int]) -> dict[str, float | None]:
    """nDCG@5 with gain 2^grade - 1; recall@10 and MRR over grades of 2 and more. None without a relevant product.

    A name that several products bear is one answer."""
    found = list(dict.fromkeys(found))
    relevant = {name for name, grade in grades.items() if grade >= 2}
    if not relevant:
        return {"ndcg@5": None, "recall@10": None, "mrr": None}
    gained = _dcg(grades.get(name, 0) for name in found[:5])
    ideal = _dcg(sorted(grades.values(), reverse=True)[:5])
    first = next((place for place, name in enumerate(found, start=1) if name in relevant), 0)
    return {
        "ndcg@5": round(gained / ideal, 4),
        "recall@10": round(len(relevant & set(found[:10])) / len(relevant), 4),
        "mrr": round(1 / first, 4) if first else 0.0,
    }


def _dcg(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


class Catalogue:
    """A throw-away index that answers with names."""

    def __init__(self, engine: EmbeddedEngine, names: dict[int, str], analyser: Analyser) -> None:
        self.engine = engine
        self.names = names
        self.analyser = analyser
        documents, lengths, frequent = engine.frequencies(KIND, FREQUENT)
        self.frequencies = Frequencies(documents, lengths, frequent)
        self.known = Names([*engine.names([KIND])[1], *analyser.vocabulary.lexicon], analyser.reader)

    def search(self, text: str, limit: int) -> list[str]:
        ask = Ask(kind=KIND, query=None, visibility=EVERYBODY, now=0)
        return [self.names[each.id] for each in self._ranked(ask, text)[:limit]]

    def _ranked(self, ask: Ask, text: str) -> list[Scored]:
        """What `queries.find` does, without the site's own tables."""
        query = self.analyser.query(text, self.known)
        if not query.groups:
            return []
        index = Answering(self.engine)
        match = self.engine.match(replace(ask, query=query))
        mended = query
        if not match.total:
            mended = self.analyser.mended(query, self.known)
            query, minimum = widening.relaxed(index, mended, [ask], {KIND: self.frequencies})
            if minimum:
                match = self.engine.match(replace(ask, query=query, minimum=minimum))
        found = rank(query, match.candidates, self.frequencies)
        known = {(KIND, each.id) for each in found}
        near = widening.nearly(index, self.analyser, [ask], mended, known, {KIND: self.frequencies})
        return found + [scored for _kind, scored in near]


def build(products: list[dict[str, str]], path: Path, analyser: Analyser) -> Catalogue:
    engine = EmbeddedEngine(FileStorage(lambda: path))
    engine.write(_entry(number, product, analyser) for number, product in enumerate(products, start=1))
    return Catalogue(engine, {number: _name(product) for number, product in enumerate(products, start=1)}, analyser)


def _entry(number: int, product: dict[str, str], analyser: Analyser) -> Entry:
    name = _name(product)
    keywords = [text for column, text in product.items() if column in KEYWORD_COLUMNS]
    body = [
        text
        for column, text in product.items()
        if column not in KEYWORD_COLUMNS and column not in NAME_COLUMNS and column not in IDLE_COLUMNS
    ]
    tokens = analyser.document(name, keywords, body)
    return Entry(
        kind=KIND, id=number, version=1, fingerprint="", title=name, summary="", url="", meta=(), body=(), tokens=tokens,
        keys=tuple(keys(name, tokens)), facets={}, ranges={}, visibility=("public",),
    )  # fmt: skip


def _name(product: dict[str, str]) -> str:
    return next(product[column] for column in NAME_COLUMNS if column in product)


def _key(name: str) -> str:
    return "".join(normalise(name).text.split())


def read_catalogue(path: Path) -> list[dict[str, str]]:
    rows = _lines(path) if path.suffix == ".tsv" else _sheet(path)
    head = [str(cell or "").strip() for cell in next(rows, ())]
    if not set(head) & set(NAME_COLUMNS):
        raise BadInput(path, 1, NAME_COLUMNS[1], "第一行没有“名称”一列")
    products = []
    for number, row in enumerate(rows, start=2):
        product = {
            column: str(cell).strip()
            for column, cell in zip(head, row, strict=False)
            if column and cell not in (None, "")
        }
        if not product:
            continue
        if not any(column in product for column in NAME_COLUMNS):
            raise BadInput(path, number, NAME_COLUMNS[1], "没有名称")
        products.append(product)
    return products


def _sheet(path: Path) -> Iterator[tuple[Any, ...]]:
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except Exception as error:  # openpyxl raises whatever the broken part of the file made it raise
        raise BadInput(path, None, None, f"打不开这个工作簿（{error}）") from error
    yield from sheet.iter_rows(values_only=True)


def _lines(path: Path) -> Iterator[tuple[Any, ...]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, None, None, str(error)) from error
    for line in text.splitlines():
        yield tuple(line.split("\t"))


def read_table(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a tab-separated file with a header, each with its number in the file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, None, None, str(error)) from error
    head = [cell.strip() for cell in lines[0].split("\t")] if lines else []
    for column in columns:
        if column not in head:
            raise BadInput(path, 1, column, "第一行缺少这一列")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < len(head):
            raise BadInput(path, number, head[len(cells)], "这一行的列数不够")
        rows.append((number, dict(zip(head, cells, strict=False))))
    return rows


__all__ = ["Catalogue", "build", "evaluate", "measures", "read_catalogue", "read_table"]
