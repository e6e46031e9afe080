"""What a sheet is: its columns, how a cell of each is read and written, what the guide says of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell. `fatal`: the row cannot be used; else the cell was read without that part.

    `value` is what stands there, `advice` what to write instead."""

    row: int
    column: str
    reason: str
    fatal: bool = True
    value: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: name of the column → value as the model holds it. `cells`: what was typed, in the order of the file."""

    number: int
    values: dict[str, Any]
    cells: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of cell. `read` gives (value, words that were not understood) or raises ValueError, `write` what a cell
    holds: text, number, date or None. `options` are the names to choose from; `single`: exactly one of them."""

    read: Callable[[Any], tuple[Any, list[str]]]
    write: Callable[[Any], Any]
    empty: Callable[[], Any] = str
    advice: str = ""
    options: tuple[str, ...] = ()
    single: bool = False
    in_wan: bool = False  # may be headed （万元）
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`name`: field of the model, or of its relation. `help`: for the guide. `aliases`: other headers people use.

    `wanted`: an import of a new row asks for it (matching a file asks for the first column only)."""

    name: str
    header: str
    cell: Cell
    width: int = 16
    wanted: bool = False
    help: str = ""
    example: Any = None
    aliases: tuple[str, ...] = ()

    def written(self, value: Any) -> Any:
        """What the cell of `value` holds; None where there is nothing to say."""
        return None if value is None or value in ([], "", {}) else self.cell.write(value)


@dataclass(frozen=True)
class Description:
    """One sheet. `key`: in addresses; `title`: of the sheet; `more`: further lines of the guide (column, what, values)."""

    key: str
    title: str
    columns: tuple[Column, ...]
    more: tuple[tuple[str, str, str], ...] = ()
    by_name: dict[str, Column] = field(init=False)
    headers: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        known: dict[str, str] = {}
        for words in (
            ((squeezed(column.header), column.name) for column in self.columns),
            ((squeezed(bare(column.header)), column.name) for column in self.columns),
            ((squeezed(alias), column.name) for column in self.columns for alias in column.aliases),
            ((column.name, column.name) for column in self.columns),
        ):
            for word, name in words:
                known.setdefault(word, name)
        object.__setattr__(self, "headers", known)

    def column_of(self, header: str) -> tuple[Column, Decimal] | None:
        """The column under this header and what its numbers are multiplied with: （万元） makes amounts of 万元."""
        name = self.headers.get(squeezed(header)) or self.headers.get(squeezed(bare(header)))
        if name is None:
            return None
        column = self.by_name[name]
        return column, Decimal(10_000) if "万" in header and column.cell.in_wan else Decimal(1)

    def empty(self) -> dict[str, Any]:
        return {column.name: column.cell.empty() for column in self.columns}


def squeezed(text: str) -> str:
    return re.sub(r"[\s*＊]", "", text).lower()


def bare(label: str) -> str:
    """最低额度（元） → 最低额度."""
    return re.sub(r"[（(].*?[）)]", "", label).strip()
