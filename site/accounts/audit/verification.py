"""Finds what has been changed, removed, moved or cut off in the audit trail, and names it.

What each part finds: an entry's hash covers its content and its place, so an edited or moved entry no longer fits it;
each entry names the hash before it and sequences run without a gap, so a removed one leaves a hole; a day's row counts
its entries and holds the last hash, so a tail cut off is missed; each day opens with a seal of the day before, so a
removed or rewritten day is missed by the next. Somebody who can switch the triggers off could rewrite the chain from
one point to its end, heads included: only what was noted outside the database shows that. `anchors` writes such
notes, and `verify` holds the trail against those that it finds.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from ..models import AuditDay, AuditEntry
from .chain import entry_hash, opening_hash

Kind = Literal["changed", "moved", "missing", "cut", "opening", "day", "unchained", "anchor"]
PATIENCE = timedelta(minutes=10)  # an entry is chained moments after its commit; the queue sweeps once a minute
CHUNK = 2000


@dataclass(frozen=True)
class Defect:
    """`sequence` is the place in the chain, `entry` the row's id; null where the row is gone or the day is meant."""

    kind: Kind
    day: str | None
    sequence: int | None
    entry: int | None
    text: str


@dataclass
class Report:
    days: int = 0
    entries: int = 0
    unchained: int = 0  # written within the last minutes, not yet in the chain
    anchors: int = 0
    last_sequence: int = 0
    last_hash: str = ""
    defects: list[Defect] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.defects

    def as_json(self) -> str:
        return json.dumps(asdict(self) | {"whole": self.is_whole}, ensure_ascii=False)


@dataclass(frozen=True)
class Anchor:
    """The chain's head at some moment, kept where the database's people cannot write."""

    day: str
    sequence: int
    hash: str


def verify(anchors: Iterable[Anchor] = ()) -> Report:
    """Walks the whole chain. What is appended meanwhile is left for the next time."""
    report = Report()
    days = list(AuditDay.objects.order_by("day"))
    wanted = {each.sequence: each for each in anchors}
    report.anchors = len(wanted)
    expected, before = 1, None
    for day in days:
        _check_opening(report, day, before, expected)
        expected = _check_day(report, day, wanted)
        before = day
    report.days = len(days)
    if before is not None:
        report.last_sequence, report.last_hash = expected - 1, before.last_hash
    _check_strays(report, days, expected - 1)
    for anchor in wanted.values():
        text = f"第 {anchor.sequence} 条在外部留底中是 {anchor.hash[:12]}…，库中已没有这一条或已不同"
        report.defects.append(Defect("anchor", anchor.day, anchor.sequence, None, text))
    return report


def _check_opening(report: Report, day: AuditDay, before: AuditDay | None, expected: int) -> None:
    if day.opening_hash != opening_hash(day.day, before) or day.previous_day != (before.day if before else None):
        earlier = before.day if before else day.previous_day
        text = f"{day.day} 开头的封条与前一日（{earlier or '无'}）不符：前一日被改动或整日被删"
        report.defects.append(Defect("opening", f"{day.day}", None, None, text))
    if day.first_sequence != expected:
        text = f"{day.day} 应从第 {expected} 条开始，实为第 {day.first_sequence} 条"
        report.defects.append(Defect("missing", f"{day.day}", expected, None, text))


def _check_day(report: Report, day: AuditDay, wanted: dict[int, Anchor]) -> int:
    """Checks the entries that the day's row counts; gives the sequence after its last."""
    end = day.first_sequence + day.entries
    expected, previous, odd = day.first_sequence, day.opening_hash, []
    for entry in _entries(day.day, end):
        assert entry.sequence is not None and entry.day is not None  # noqa: S101, PT018  those the query asks for
        report.entries += 1
        if entry.sequence > expected:
            _missing(report, day.day, expected, entry.sequence - 1, "missing")
        if entry_hash(entry, entry.sequence, entry.day, entry.previous_hash) != entry.hash:
            odd.append(entry)
        elif entry.sequence == expected and entry.previous_hash != previous:
            text = f"{_named(entry)} 指向的前一条不是现在的前一条"
            report.defects.append(Defect("moved", f"{day.day}", entry.sequence, entry.pk, text))
        anchor = wanted.get(entry.sequence)
        if anchor is not None and anchor.hash == entry.hash:
            del wanted[entry.sequence]
        expected, previous = entry.sequence + 1, entry.hash
    if expected < end:
        _missing(report, day.day, expected, end - 1, "cut")
    elif previous != day.last_hash:
        text = f"{day.day} 的最后一条与当日登记的末尾不符"
        report.defects.append(Defect("cut", f"{day.day}", end - 1, None, text))
    _name_odd(report, day.day, odd)
    return end


def _entries(day: date, end: int) -> Iterator[AuditEntry]:
    return AuditEntry.objects.filter(day=day, sequence__lt=end).order_by("sequence").iterator(CHUNK)


def _name_odd(report: Report, day: date, odd: list[AuditEntry]) -> None:
    """An entry that fits the place of another odd one has been moved there from it; else its content was changed."""
    places = [each.sequence for each in odd[:100] if each.sequence is not None]
    for entry in odd:
        assert entry.day is not None  # noqa: S101  it is in the chain
        moved = any(
            entry_hash(entry, place, entry.day, entry.previous_hash) == entry.hash
            for place in places
            if place != entry.sequence
        )
        kind: Kind = "moved" if moved else "changed"
        text = f"{_named(entry)} {'不在原来的位置' if moved else '内容与校验值不符，已被改动'}"
        report.defects.append(Defect(kind, f"{day}", entry.sequence, entry.pk, text))


def _missing(report: Report, day: date, first: int, last: int, kind: Kind) -> None:
    which = f"第 {first} 条" if first == last else f"第 {first}–{last} 条（共 {last - first + 1} 条）"
    text = f"{day} {'末尾缺' if kind == 'cut' else '缺'}{which}"
    report.defects.append(Defect(kind, f"{day}", first, None, text))


def _check_strays(report: Report, days: list[AuditDay], last: int) -> None:
    """Entries outside every day's chain; ids that were given out and are gone."""
    known = {day.day for day in days}
    strays = AuditEntry.objects.filter(sequence__isnull=False).exclude(day__in=known)
    if days:
        strays = strays.exclude(day__gt=days[-1].day)  # opened since
    for day in strays.order_by("day").values_list("day", flat=True).distinct():
        text = f"{day} 有记录，但当日的登记行已不在"
        report.defects.append(Defect("day", f"{day}", None, None, text))
    late = timezone.now() - PATIENCE
    for entry in AuditEntry.objects.filter(sequence__isnull=True).order_by("pk"):
        report.unchained += 1
        if entry.at < late:
            report.defects.append(Defect("unchained", None, None, entry.pk, f"{_named(entry)} 一直没有入链"))
    if connection.vendor == "sqlite":  # on PostgreSQL a rollback also leaves numbers unused
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [AuditEntry._meta.db_table])
            given = (cursor.fetchone() or (0,))[0]
        newest = AuditEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0
        if newest < given:
            text = f"最后发出的编号是 {given}，现存最后一条是 {newest}：末尾 {given - newest} 条已不在"
            report.defects.append(Defect("cut", None, last + 1, None, text))


def _named(entry: AuditEntry) -> str:
    at = timezone.localtime(entry.at)
    return f"第 {entry.sequence} 条（编号 {entry.pk}，{at:%Y-%m-%d %H:%M:%S}，{entry.verb} {entry.model} {entry.object_id}）"


def anchor_file() -> Path:
    return Path(settings.DATA_DIR) / "audit-anchors.jsonl"


def read_anchors(path: Path) -> list[Anchor]:
    """Raises ValueError, with the line, for what is no anchor."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Anchor(str(row["day"]), int(row["sequence"]), str(row["hash"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: {error}") from error
    return found


def current_anchor() -> Anchor | None:
    day = AuditDay.objects.order_by("-day").first()
    return Anchor(f"{day.day}", day.first_sequence + day.entries - 1, day.last_hash) if day else None


def keep_anchor() -> Anchor | None:
    """Notes the chain's head in the data folder, once for each head; the queue does it every hour."""
    anchor = current_anchor()
    path = anchor_file()
    if anchor is None:
        return None
    line = json.dumps(asdict(anchor))
    if path.exists() and path.read_text(encoding="utf-8").splitlines()[-1:] == [line]:
        return anchor
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return anchor
