"""Judged sentences of people who need money (`needs.tsv`), over the catalogues of `tests.relevance`.

Written and judged from what the products say, before any result was seen. `best` are the products that ought to come first,
`acceptable` those that would also do there; a sentence that is understood and that nothing fits has neither. Amounts are 元;
`*` is any. A status may be one of several. Parts: `tuning` may be looked at while the parser and the score are worked on;
`aside`, a third of each family drawn with a fixed seed from those written before tuning (ids n…), is only read as figures.
`fresh` (ids h…, 120) was written after tuning and read once before anything was mended; it is kept as a part of its own.
Two earlier lots were made part of `tuning` after that: f… (80, over basin and town) and g… (56, over cases). First figures of
all three stand in docs/performance/matching.md.

`python -m tests.relevance.needs` prints the figures, `--misses` the sentences of `tuning` and `fresh` that go wrong, `--baseline` writes
`needs_baseline.json`, which the test compares with, `--semantic=3` counts what
sentences mean too (the extra `semantic`). Everything runs through `manage.py match`.
"""

import csv
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from tests import relevance

FILE = relevance.HERE / "needs.tsv"
BASELINE = relevance.HERE / "needs_baseline.json"
PARTS = ("tuning", "aside", "fresh")
MEASURES = ("best@1", "acceptable@1", "best@3", "amount", "status")
ON = date(2026, 3, 2)  # "下个月20号" is a day that the calendar must not move


@dataclass(frozen=True)
class Sentence:
    id: str
    catalogue: str
    part: str
    family: str
    voice: str
    status: str
    amount_low: str
    amount_high: str
    best: str
    acceptable: str
    text: str

    @property
    def best_names(self) -> set[str]:
        return {name for name in self.best.split("、") if name}

    @property
    def good_names(self) -> set[str]:
        return self.best_names | {name for name in self.acceptable.split("、") if name}


def sentences() -> list[Sentence]:
    with FILE.open(encoding="utf-8", newline="") as source:
        return [Sentence(**row) for row in csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE)]


def workbook(name: str, folder: Path) -> Path:
    """The catalogue as `manage.py match` takes it."""
    path = relevance.catalogue(name, folder)
    if path.suffix == ".xlsx":
        return path
    from openpyxl import Workbook

    book = Workbook()
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE):
            book.active.append(row)
    target = folder / f"{name}.xlsx"
    book.save(target)
    return target


def answers(
    catalogue: Path, asked: Iterable[Sentence], folder: Path, semantic: float = 0.0
) -> dict[str, dict[str, Any]]:
    """Lines of `manage.py match --json`, by id."""
    from django.core.management import call_command

    path = folder / "asked.tsv"
    path.write_text("id\ttext\n" + "".join(f"{each.id}\t{each.text}\n" for each in asked), encoding="utf-8")
    out = StringIO()
    call_command("match", needs=path, catalogue=catalogue, top=10, on=ON, json=True, semantic=semantic, stdout=out)
    return {line["id"]: line for line in map(json.loads, out.getvalue().splitlines())}


def judge(asked: Sentence, found: dict[str, Any]) -> dict[str, bool]:
    """What of MEASURES holds; the first three only where something is to be matched."""
    held = {
        "status": found["status"] in asked.status.split("/"),
        "amount": all(
            want == "*" or (value is None if want == "" else value == int(want))
            for want, value in (
                (asked.amount_low, found["amount_low"]),
                (asked.amount_high, found["amount_high"]),
            )
        ),
    }
    if asked.status == "matched":
        names = [each["name"] for each in found["results"]]
        if asked.good_names:
            held["best@1"] = bool(names) and names[0] in asked.best_names
            held["acceptable@1"] = bool(names) and names[0] in asked.good_names
            held["best@3"] = bool(asked.best_names & set(names[:3]))
        else:
            held |= dict.fromkeys(("best@1", "acceptable@1", "best@3"), not names)
    return held


def judged(
    folder: Path, catalogues: dict[str, Path] | None = None, semantic: float = 0.0
) -> list[tuple[Sentence, dict[str, Any], dict]]:
    by_catalogue: dict[str, list[Sentence]] = defaultdict(list)
    for each in sentences():
        by_catalogue[each.catalogue].append(each)
    return [
        (each, lines[each.id], judge(each, lines[each.id]))
        for name, those in by_catalogue.items()
        for lines in (answers((catalogues or {}).get(name) or workbook(name, folder), those, folder, semantic),)
        for each in those
    ]


def figures(found: list[tuple[Sentence, dict[str, Any], dict]]) -> dict[str, dict[str, float]]:
    """`{"tuning": {"best@1", …, "sentences"}, …}`"""
    shares: dict[str, dict[str, float]] = {}
    for part in PARTS:
        held = [each for sentence, _line, each in found if sentence.part == part]
        if held:
            shares[part] = {}
            for name in MEASURES:
                values = [each[name] for each in held if name in each]
                shares[part][name] = round(sum(values) / len(values), 4)
            shares[part]["sentences"] = len(held)
    return shares


def baseline() -> dict[str, dict[str, float]]:
    return json.loads(BASELINE.read_text(encoding="utf-8"))


def main(options: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="yinqiao-needs-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
        import django

        django.setup()
        given = {Path(each).stem: Path(each) for each in options if each.endswith(".xlsx")}
        if "demo" not in given:
            from django.core.management import call_command

            from search import outbox

            call_command("migrate", verbosity=0)
            with outbox.suspended():
                relevance.load_demo()
        semantic = float(next((each.partition("=")[2] for each in options if each.startswith("--semantic=")), 0))
        found = judged(Path(folder), given, semantic)
    shares = figures(found)
    for part, each in shares.items():
        print(f"{part:8}", *(f"{name} {value}" for name, value in each.items()))
    if "--misses" in options:
        for sentence, line, held in found:
            if sentence.part != "aside" and not all(held.values()):
                missed = "、".join(name for name, value in held.items() if not value)
                names = [each["name"] for each in line["results"][:4]]
                print(sentence.id, missed, sentence.text[:120])
                print(
                    f"    {line['status']} {line['amount_low']}–{line['amount_high']} {names}"
                    f" ← {sentence.status} {sentence.amount_low}–{sentence.amount_high} {sentence.best}"
                    + (f"（{sentence.acceptable}）" if sentence.acceptable else "")
                )
    if "--baseline" in options:
        BASELINE.write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
