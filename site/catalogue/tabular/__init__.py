"""Tables of the catalogue as spreadsheets, XLSX and CSV. Reading and writing ask no database.

`description` says what a sheet and its columns are; each sheet of the site is described once (`products`, `tariffs`,
`parties`), and export, template, import and `manage.py match` read that description. `files` opens what people upload
and refuses what would harm; `reading` and `writing` go between cells and plain values.

A sheet of products has one product a row; its headers are the models' own names of the fields. Lists are written by name
and put apart by 、 (codes are read too). Places and industries are written "330902 定海区"; a code or a name alone is read
too. The columns 准入条件 and 资费 hold one item a line:

    须具备其一的特征：首贷户、个体工商户｜只做第一次贷款的
    年营业收入：不低于 1000000；不高于 20000000｜年营业收入 100 万至 2000 万元
    担保费：0.5 % / 年，按实际用款天数；仅限首贷户；上限 500000；地区 330803｜担保费率 0.5%，按实际用款天数收取

After the words of the source may follow ｜the source, if it is another than the product's, and ｜the policy it rests on.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from . import reading, writing
from .codes import region_code
from .description import Problem, Row, Sheet
from .files import UnreadableError
from .lines import read_rule, read_tariff, write_rule, write_tariff
from .products import PRODUCTS, row_of, rows_of

COLUMNS = PRODUCTS.columns

__all__ = [
    "COLUMNS",
    "PRODUCTS",
    "Problem",
    "Row",
    "Sheet",
    "UnreadableError",
    "read",
    "read_rule",
    "read_tariff",
    "region_code",
    "row_of",
    "rows_of",
    "template",
    "write",
    "write_rule",
    "write_tariff",
]


def read(source: IO[bytes] | Path) -> Sheet:
    """Products of a file: every row with a name, and every problem with its row, column and reason.

    Headers may stand in any order and lack what is not needed (only 名称 must be there). Raises UnreadableError if the
    file is no such spreadsheet.
    """
    return reading.read(PRODUCTS, source, formats=("xlsx",))


def write(rows: Iterable[Mapping[str, Any]], target: IO[bytes] | Path) -> None:
    """A workbook of products and its guide. No rows: the empty table."""
    writing.workbook(PRODUCTS, rows, target)


def template(target: IO[bytes] | Path) -> None:
    """The template: an example row, drop-downs and the guide."""
    writing.template(PRODUCTS, target)
