"""What can go wrong, in words that a person can act on."""

from collections.abc import Iterable
from pathlib import Path


class SearchError(Exception):
    """Base of all errors of search."""


class UnknownKind(SearchError):
    def __init__(self, kind: str, known: Iterable[str]):
        super().__init__(f"没有“{kind}”这一类文档；已登记的有：{'、'.join(known) or '无'}")


class UnknownField(SearchError):
    def __init__(self, what: str, name: str, known: Iterable[str]):
        super().__init__(f"没有名为“{name}”的{what}；可用的有：{'、'.join(known) or '无'}")


class UnknownEngine(SearchError):
    def __init__(self, name: str, known: Iterable[str]):
        super().__init__(f"没有“{name}”这个搜索引擎；可用的有：{'、'.join(known)}")


class EngineDown(SearchError):
    """An engine that can not answer now; `reason` is one short word, `detail` what it said."""

    def __init__(self, reason: str, detail: str):
        self.reason, self.detail = reason, detail[:500]
        super().__init__(f"搜索服务器没有正常应答（{reason}）：{self.detail}")


class IndexMissing(EngineDown):
    def __init__(self, detail: str):
        super().__init__("missing", detail)


class EngineRefused(EngineDown):
    """It is well, but will not take this one question, or these documents (id → why): our mistake."""

    def __init__(self, detail: str, documents: dict[int, str] | None = None):
        super().__init__("refused", detail)
        self.documents = documents or {}


class RebuildOvertaken(SearchError):
    def __init__(self, kind: str):
        super().__init__(f"“{kind}”的重建已由另一次重建接手。")


class RebuildOutrun(SearchError):
    def __init__(self, kind: str):
        super().__init__(f"“{kind}”在重建期间改动太多，没有赶上；旧的索引照常使用，请稍后再重建。")


class BadInput(SearchError):
    """A file that was handed in can not be used: file, row, column and why."""

    def __init__(self, path: Path, row: int | None, column: str | None, reason: str):
        place = "".join([f"，第 {row} 行" if row else "", f"，“{column}”列" if column else ""])
        super().__init__(f"{path}{place}：{reason}")


class NotPossible(SearchError):
    """What an editor asked for can not be done; the text says why."""
