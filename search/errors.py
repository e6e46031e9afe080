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


class BadInput(SearchError):
    """A file that was handed in can not be used: file, row, column and why."""

    def __init__(self, path: Path, row: int | None, column: str | None, reason: str):
        place = "".join([f"，第 {row} 行" if row else "", f"，“{column}”列" if column else ""])
        super().__init__(f"{path}{place}：{reason}")
