"""How good results are: judged queries over any catalogue, without touching the site's own index.

The catalogue is a workbook of products, or a tab-separated file of the same columns: the first row names them (Chinese or
field names), every further row is a product; blank rows are skipped, columns may be missing or unknown. The column 名称/name is the title; 发布机构/合作机构 and short columns are
keywords; other text is body. What the site's own documents leave out (不适合谁, 所需材料 …) is left out here too.
"""

import math
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection
from openpyxl import load_workbook

from . import widening, words
from .analysis import Analyser, Names, normalise
from .answering import Answering
from .building import keys
from .engines import Ask, Engine, Entry, remote
from .engines.embedded import EmbeddedEngine
from .engines.embedded.storage import FileStorage
from .errors import BadInput, UnknownEngine
from .models import VocabularyState
from .queries import EVERYBODY
from .ranking import Scored, rank
from .statistics import FREQUENT, Frequencies

NAME_COLUMNS = ("name", "名称", "产品名称", "产品", "金融产品")
KEYWORD_COLUMNS = (
    "institution", "发布机构", "机构", "kind", "类别", "partners", "合作机构", "purposes", "用途", "traits", "regions", "适用地区",
    "guarantee_kinds", "担保方式", "repayment_kinds", "还款方式", "size_classes", "适用规模", "机构名称", "金融机构", "产品类别", "类型",
    "产品类型", "银行", "贷款用途", "适用用途", "地区", "适用区域", "担保", "还款", "规模", "企业规模", "合作方",
)  # fmt: skip
IDLE_COLUMNS = (
    "id", "slug", "网址名", "source", "来源", "source_url", "来源网址", "as_of", "资料日期", "valid_from", "生效日", "valid_to", "截止日",
    "login_required", "登录后可见", "not_for", "不适合谁", "不适用", "materials", "所需材料", "材料", "contact", "咨询方式", "联系方式",
    "联系电话", "rate_basis", "利率依据", "promised_days", "承诺办结（工作日）",
)  # fmt: skip
KIND = "evaluated"


def evaluate(catalogue: Path, queries: Path, judgements: Path, engine_name: str = "") -> dict[str, Any]:
    """`{"ndcg@5", "recall@10", "mrr", "queries", "per_query": {id: {"ndcg@5", "recall@10", "mrr", "results"}},
    "unknown_products", "unknown_queries"}`; the last two: what judgements name and the other files do not have.

    Raises BadInput with file, row and reason; UnknownEngine for one that is not configured.
    """
    products = read_catalogue(catalogue)
    asked = _asked(queries)
    grades: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    for number, row in read_table(judgements, ("id", "name", "grade")):
        judged = grades.setdefault(row["id"], {})
        names[_key(row["name"])] = row["name"]
        judged[_key(row["name"])] = max(_grade(judgements, number, row["grade"]), judged.get(_key(row["name"]), 0))
    per_query: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, _throw_away(engine_name, Path(folder)) as engine:
        index = build(products, engine, _analyser())
        for key, text in asked.items():
            found = index.search(text, 10)
            per_query[key] = {**measures([_key(name) for name in found], grades.get(key, {})), "results": found}
    judged_queries = [each for each in per_query.values() if each["recall@10"] is not None]
    return {
        **{
            name: round(sum(each[name] for each in judged_queries) / len(judged_queries), 4) if judged_queries else None
            for name in ("ndcg@5", "recall@10", "mrr")
        },
        "queries": len(judged_queries),
        "per_query": per_query,
        "unknown_products": [names[key] for key in names if key not in {_key(_name(each)) for each in products}],
        "unknown_queries": [key for key in grades if key not in asked],
    }


def _asked(queries: Path) -> dict[str, str]:
    asked: dict[str, str] = {}
    for number, row in read_table(queries, ("id", "text")):
        if row["id"] in asked:
            raise BadInput(queries, number, "id", f"“{row['id']}”前面已经有了")
        asked[row["id"]] = row["text"]
    return asked


def _grade(path: Path, number: int, text: str) -> int:
    """0 to 3, also as a spreadsheet writes it (3.0)."""
    whole = text.removesuffix(".0")
    if whole not in {"0", "1", "2", "3"}:
        raise BadInput(path, number, "grade", f"应为 0 到 3 的整数，这里是“{text}”")
    return int(whole)


@contextmanager
def _throw_away(engine_name: str, folder: Path) -> Iterator[Engine]:
    """An engine that holds nothing, and is gone afterwards."""
    if engine_name != "elastic":
        yield EmbeddedEngine(FileStorage(lambda: folder / "index.sqlite3"))
        return
    from .engines.elastic import ElasticEngine

    site = remote()
    if site is None:
        raise UnknownEngine("elastic", ["embedded"])
    prefix = f"{site.names_of.prefix}_evaluation_{secrets.token_hex(4)}"
    own = ElasticEngine(site.urls, prefix, replicas=0, empty_when_missing=True)
    try:
        own.create([KIND])
        yield own
    finally:
        own.drop()


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

    def __init__(self, engine: Engine, names: dict[int, str], analyser: Analyser) -> None:
        self.engine = engine
        self.names = names
        self.analyser = analyser
        documents, lengths, frequent = engine.frequencies(KIND, FREQUENT)
        self.frequencies = Frequencies(documents, lengths, frequent)
        self.known = Names([*engine.names([KIND])[1], *analyser.vocabulary.lexicon], analyser.reader)

    def search(self, text: str, limit: int) -> list[str]:
        """Different names: several products may bear the same one."""
        ask = Ask(kind=KIND, query=None, visibility=EVERYBODY, now=0)
        return list(dict.fromkeys(self.names[each.id] for each in self._ranked(ask, text)))[:limit]

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


def build(products: list[dict[str, str]], engine: Engine, analyser: Analyser) -> Catalogue:
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
    rows = enumerate(_cells(path) if path.suffix.lower() in (".tsv", ".txt") else _sheet(path), start=1)
    first = ((number, [_head(cell) for cell in row]) for number, row in rows)
    place, head = next((each for each in first if any(each[1])), (1, []))
    if not set(head) & set(NAME_COLUMNS):
        raise BadInput(path, place, NAME_COLUMNS[1], "第一行没有“名称”一列")
    products = []
    for number, row in rows:
        product = {column: text for column, cell in zip(head, row, strict=False) if column and (text := _text(cell))}
        if not product:
            continue
        if not any(column in product for column in NAME_COLUMNS):
            raise BadInput(path, number, NAME_COLUMNS[1], "没有名称")
        products.append(product)
    if not products:
        raise BadInput(path, None, None, "没有产品")
    return products


def _head(cell: Any) -> str:
    return _text(cell).removeprefix("*").removesuffix("*").strip()


def _text(cell: Any) -> str:
    """As a person would write it: 5000000, not 5000000.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _sheet(path: Path) -> Iterator[tuple[Any, ...]]:
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # some programs write down a smaller sheet than there is
    except Exception as error:  # openpyxl raises whatever the broken part of the file made it raise
        raise BadInput(path, None, None, f"打不开这个工作簿（{error}）") from error
    yield from sheet.iter_rows(values_only=True)


def _cells(path: Path) -> Iterator[tuple[str, ...]]:
    """Of a tab-separated file. Only line ends end a line (a query may hold any other character); a cell may be quoted, as
    spreadsheets do where it holds quotes."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(path, None, None, f"读不了（{error.strerror}）") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(path, content.count(b"\n", 0, error.start) + 1, None, "不是 UTF-8 编码") from error
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        yield tuple(_unquoted(cell.strip()) for cell in line.split("\t"))


def _unquoted(cell: str) -> str:
    is_quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"').strip() if is_quoted else cell


def read_table(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a tab-separated file with a header, each with its number in the file. `columns` must be there and, but for
    `text`, filled in."""
    rows = enumerate(_cells(path), start=1)
    head = [cell.lower() for cell in next(rows)[1]]
    for column in columns:
        if column not in head:
            raise BadInput(path, 1, column, "第一行缺少这一列")
    found = []
    for number, cells in rows:
        if not any(cells):
            continue
        row = dict(zip(head, cells, strict=False))
        for column in columns:
            if column not in row:
                raise BadInput(path, number, column, "这一行的列数不够")
            if not row[column] and column != "text":
                raise BadInput(path, number, column, "没有填")
        found.append((number, row))
    return found


__all__ = ["Catalogue", "build", "evaluate", "measures", "read_catalogue", "read_table"]
