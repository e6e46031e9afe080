"""The judged sentences: where they come from, and how often the first answers are right under given weights.

A sentence whose best product the catalogue does not have says nothing about weights and is left out, and said so."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User

from ..models import JudgedNeed
from ..needs.parser import Status
from ..needs.reading import read as understand
from ..ranking import Catalogue, NeedFacts, Weights
from ..ranking.comparing import TOP, shown

COLUMNS = ("text", "best", "acceptable")
SEPARATORS = str.maketrans("；;|", "、、、")
CHANGED = 20  # sentences shown whose answer changes


@dataclass(frozen=True)
class Problem:
    row: int
    reason: str


class BadFile(ValueError):
    """A file that cannot be used, with every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("；".join(f"第 {each.row} 行：{each.reason}" for each in problems))


def read(path: Path) -> list[JudgedNeed]:
    """Rows of a tab-separated file with the columns text, best and acceptable (names set apart by 、). Raises BadFile."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Problem(1, _("文件打不开，或者不是 UTF-8 编码"))]) from error
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BadFile([Problem(1, _("没有这一列：%s") % "、".join(missing))])
    found, problems, seen = [], [], set()
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row) or row[0].startswith("#"):
            continue
        cells = {name: cell.strip() for name, cell in zip(header, [*row, *[""] * len(header)], strict=False)}
        text, best = " ".join(cells["text"].split()), cells["best"]
        if not text or not best:
            problems.append(Problem(number, _("原话和最合适的产品都要填")))
        elif len(text) > 500 or len(best) > 120:
            problems.append(Problem(number, _("原话不超过 500 字，产品名称不超过 120 字")))
        elif text in seen:
            problems.append(Problem(number, _("与前面的一行原话相同")))
        else:
            seen.add(text)
            names = [each.strip() for each in cells["acceptable"].translate(SEPARATORS).split("、")]
            found.append(JudgedNeed(text=text, best=best, acceptable=[each for each in names if each]))
    if problems:
        raise BadFile(problems)
    return found


@transaction.atomic
def load(rows: Iterable[JudgedNeed]) -> tuple[int, int]:
    """Adds what is new and brings what is there up to date, known by its text: (added, changed). Nothing is removed."""
    known = {each.text: each for each in JudgedNeed.objects.order_by("-pk")}
    added = changed = 0
    for row in rows:
        old = known.get(row.text)
        if old is None:
            row.save()
            added += 1
        elif (old.best, old.acceptable) != (row.best, row.acceptable):
            old.best, old.acceptable = row.best, row.acceptable
            old.save()
            changed += 1
    return added, changed


@transaction.atomic
def add_reviewed(*, text: str, best: str, acceptable: Iterable[str] = (), by: User) -> JudgedNeed:
    """One sentence that staff reviewed, out of an enterprise's correction; `text` names nobody."""
    found = JudgedNeed.objects.filter(text=text).first() or JudgedNeed(text=text, source=JudgedNeed.Source.CORRECTION)
    found.best, found.acceptable = best, list(acceptable)
    with audit.acting(by):
        found.save()
    return found


def sentences() -> list[JudgedNeed]:
    return list(JudgedNeed.objects.order_by("pk"))


@dataclass
class Score:
    """How many of `of` sentences have the best product first, an acceptable one first, the best among the three."""

    of: int = 0
    best: int = 0
    acceptable: int = 0
    among: int = 0

    def add(self, sentence: JudgedNeed, names: tuple[str, ...]) -> None:
        self.of += 1
        self.best += names[:1] == (sentence.best,)
        self.acceptable += bool(names) and names[0] in sentence.right
        self.among += sentence.best in names[:TOP]

    def told(self) -> dict[str, Any]:
        share = {
            name: round(100 * getattr(self, name) / self.of, 1) if self.of else None
            for name in ("best", "acceptable", "among")
        }
        return {"best": self.best, "acceptable": self.acceptable, "among": self.among, "share": share}


@dataclass
class Compared:
    before: Score = field(default_factory=Score)
    after: Score = field(default_factory=Score)
    changed: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    unread: int = 0  # not understood as a need: no weights help


def compare(found: list[JudgedNeed], catalogue: Catalogue, before: Weights, after: Weights) -> dict[str, Any]:
    """Plain data: {"sentences", "left_out", "unread", "before", "after", "changed"}."""
    known = {product.name for product in catalogue.products}
    result = Compared()
    for sentence, facts in _facts(found):
        if sentence.best not in known:
            result.left_out += 1
            continue
        result.unread += facts is None
        was, becomes = (() if facts is None else shown(facts, catalogue, each).names for each in (before, after))
        result.before.add(sentence, was)
        result.after.add(sentence, becomes)
        if was[:1] != becomes[:1]:
            result.changed.append(
                {
                    "sentence": sentence.pk,
                    "best": sentence.best,
                    "before": was[0] if was else "",
                    "after": becomes[0] if becomes else "",
                    "was_right": bool(was) and was[0] in sentence.right,
                    "is_right": bool(becomes) and becomes[0] in sentence.right,
                }
            )
    # What gets worse first: that is what a supervisor has to see.
    result.changed.sort(key=lambda row: (row["is_right"], not row["was_right"]))
    return {
        "sentences": result.before.of,
        "left_out": result.left_out,
        "unread": result.unread,
        "before": result.before.told(),
        "after": result.after.told(),
        "changed": result.changed[:CHANGED],
        "changed_total": len(result.changed),
    }


def _facts(found: list[JudgedNeed]) -> Iterator[tuple[JudgedNeed, NeedFacts | None]]:
    """Each sentence as facts on this day; None where it is not understood as a need."""
    today = timezone.localdate()
    for sentence in found:
        parsed = understand(sentence.text, today)
        yield sentence, NeedFacts.of(parsed, on=today) if parsed.status == Status.MATCHED else None
