"""What all tables have in common: comparing a row with what is there, and saying what would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.models import Institution, User

from ...models import Import, ImportRow
from ...queries import WHOLE_PLACE
from ...tabular.cells import EXAMPLE, shortened, text_of
from ...tabular.description import Column, Description, Problem, Row
from .. import queries

Outcome, Fate = ImportRow.Outcome, ImportRow.Fate
NOT_YOURS = "您只能导入自己机构的内容"


@dataclass
class Found:
    """The row of the table that a line of the file is about. `values`: plain, as the sheet names them."""

    key: int
    values: dict[str, Any]
    busy: str = ""  # why it may not be changed now


@dataclass
class Draft:
    """A line of the file on its way to an `ImportRow`."""

    row: Row
    problems: list[Problem]
    found: Found | None = None
    changes: list[tuple[Column, Any, Any]] = field(default_factory=list)  # column, old, new
    notes: list[str] = field(default_factory=list)
    resolved: dict[str, Any] = field(default_factory=dict)  # what a look-up gave

    def wrong(self, column: Column, reason: str, advice: str = "") -> None:
        value = shortened(self.typed.get(column.name, ""), 60)
        self.problems.append(Problem(self.row.number, column.header, reason, True, value, advice or column.cell.advice))

    typed: dict[str, str] = field(default_factory=dict)  # column → what stands in the cell


def missing(column: Column) -> str:
    """What to write into a cell that was left empty."""
    example = column.example
    if column.cell.options or not isinstance(example, str) or example.startswith("（"):
        return column.cell.advice or "请填写"
    return f"请填写，如“{cell_text(column, example.removeprefix(EXAMPLE))}”" if example else column.cell.advice


def cell_text(column: Column, value: Any) -> str:
    """What a cell of this value says: two values are the same when these are."""
    return text_of(column.written(value))


class Target:
    """One table of the site. A new one is made for each step of an import."""

    description: ClassVar[Description]
    model: ClassVar[type[Model]]
    label_name: ClassVar[str] = "name"
    institution_name: ClassVar[str] = "institution"  # the column that names the owner; "" where there is none

    def __init__(self, job: Import, user: User) -> None:
        self.job, self.user = job, user
        self.whole_place = bool(user.roles & WHOLE_PLACE)
        self.own = {each.pk: each for each in user.institutions_as(*queries.OF_INSTITUTION)}
        self.seen: dict[Any, int] = {}
        self._institutions: dict[str, Institution | None] = {}

    # Planning

    def plan(self, rows: Sequence[Row], places: dict[str, int]) -> list[ImportRow]:
        """What each row would do."""
        drafts = [
            Draft(
                row,
                list(row.problems),
                typed={name: row.cells[at] for name, at in places.items() if at < len(row.cells)},
            )
            for row in rows
        ]
        self.resolve(drafts)
        self.find(drafts)
        planned = []
        for draft in drafts:
            self._repeated(draft)
            if draft.found is None:
                self._as_new(draft)
            else:
                self._as_change(draft, draft.found, set(places))
            planned.append(self._planned(draft))
        return planned

    def resolve(self, drafts: list[Draft]) -> None:
        """Looks up what names stand for, for all rows at once."""
        if self.institution_name:
            self.resolve_institutions(drafts)

    def find(self, drafts: list[Draft]) -> None:
        """Sets `found` of rows that are there already."""
        raise NotImplementedError

    def key(self, draft: Draft) -> Any:
        """What makes a row unique within a file; None when it can not be said."""
        raise NotImplementedError

    def validate(self, draft: Draft, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """(column, reason) of what contradicts, with all values of the row as they would be."""
        return ()

    def may_clear(self, column: Column) -> bool:
        return not column.wanted

    def _repeated(self, draft: Draft) -> None:
        key = self.key(draft)
        if key is None:
            return
        if key in self.seen:
            draft.wrong(self.description.columns[0], f"与第 {self.seen[key]} 行重复", "一行写一次，请删掉一行")
        else:
            self.seen[key] = draft.row.number

    def _as_new(self, draft: Draft) -> None:
        named = {each.column for each in draft.problems}
        for column in self.description.columns:
            value = draft.row.values[column.name]
            if (
                column.wanted
                and value in (None, "", [])
                and column.header not in named
                and not self.filled(draft, column)
            ):
                draft.wrong(column, "没有填", missing(column))
        if not draft.problems:
            for name, reason in self.validate(draft, draft.row.values):
                draft.wrong(self.description.by_name[name], reason)

    def filled(self, draft: Draft, column: Column) -> bool:
        """Whether an empty cell has a value all the same."""
        return column.name == self.institution_name and "institution" in draft.resolved

    def _as_change(self, draft: Draft, found: Found, given: set[str]) -> None:
        same: set[str] = set()
        for column in self.description.columns:
            if column.name not in given or column.name == self.institution_name:
                continue
            old, new = found.values.get(column.name), draft.row.values[column.name]
            before = cell_text(column, old)
            if draft.typed.get(column.name, "") == before or cell_text(column, new) == before:
                same.add(column.header)  # also where what is there could not be read from a file
                continue
            if self.keeps(draft, column, old, new):
                continue
            if new in (None, "", []) and not self.may_clear(column):
                if not any(each.column == column.header for each in draft.problems):
                    draft.wrong(column, "不能清空", "请填上，或者去掉这一列")
                continue
            draft.changes.append((column, old, new))
        draft.problems = [each for each in draft.problems if each.column not in same]
        if draft.changes and found.busy:
            draft.wrong(self.description.columns[0], found.busy, "请稍后再导入这一行")
        if draft.changes and not draft.problems:
            values = found.values | {column.name: new for column, _old, new in draft.changes}
            changed = {column.name for column, _old, _new in draft.changes}
            for name, reason in self.validate(draft, values):
                draft.wrong(self.description.by_name[name if name in changed else next(iter(changed))], reason)

    def keeps(self, draft: Draft, column: Column, old: Any, new: Any) -> bool:
        """Whether what is there stays against the file (enterprises), or an empty cell means "as it is"."""
        return column.name == "slug" and not new

    def stored(self, draft: Draft) -> dict[str, Any]:
        """The values that `apply` needs of a good row."""
        if draft.found is None:
            return {
                name: value for name, value in draft.row.values.items() if value not in (None, "", [], {})
            } | draft.resolved
        return {column.name: new for column, _old, new in draft.changes} | draft.resolved

    def _planned(self, draft: Draft) -> ImportRow:
        row = ImportRow(
            job=self.job,
            number=draft.row.number,
            label=self.label(draft)[:160],
            target_id=draft.found.key if draft.found else None,
            notes=draft.notes,
        )
        if draft.problems:
            row.outcome, row.cells = Outcome.BAD, draft.row.cells
            places = {column.header: place for place, column in enumerate(self.description.columns)}
            draft.problems.sort(key=lambda each: places.get(each.column, 0))
            row.problems = [
                {
                    "row": each.row,
                    "column": each.column,
                    "value": each.value,
                    "reason": each.reason,
                    "advice": each.advice,
                }
                for each in draft.problems
            ]
            return row
        if draft.found is None:
            row.outcome = Outcome.NEW
        elif draft.changes:
            row.outcome = Outcome.CHANGED
            row.before = {column.name: cell_text(column, old) for column, old, _new in draft.changes}
            row.changes = [
                [column.header, shortened(cell_text(column, old), 200), shortened(cell_text(column, new), 200)]
                for column, old, new in draft.changes
            ]
        else:
            row.outcome = Outcome.UNCHANGED
        row.values = self.stored(draft) if row.outcome != Outcome.UNCHANGED else {}
        return row

    def label(self, draft: Draft) -> str:
        return str(draft.row.values.get(self.label_name) or draft.typed.get(self.label_name) or "")

    # Whose

    def resolve_institutions(self, drafts: list[Draft]) -> None:
        """By full or short name; the only one of a person who writes none. Of others: refused."""
        column = self.description.by_name[self.institution_name]
        names = {draft.row.values[self.institution_name] for draft in drafts} - set(self._institutions) - {""}
        if names:
            for name in names:
                self._institutions[name] = None
            short: dict[str, list[Institution]] = {}
            for each in Institution.objects.filter(short_name__in=names):
                short.setdefault(each.short_name, []).append(each)
            self._institutions |= {name: rows[0] for name, rows in short.items() if len(rows) == 1}
            self._institutions |= {each.name: each for each in Institution.objects.filter(name__in=names)}
        only = next(iter(self.own.values())) if len(self.own) == 1 and not self.whole_place else None
        for draft in drafts:
            name = draft.row.values[self.institution_name]
            institution = self._institutions.get(name) if name else only
            if institution is None:
                draft.wrong(column, f"没有找到机构“{shortened(name)}”" if name else "没有填")
            elif not self.whole_place and institution.pk not in self.own:
                draft.wrong(column, NOT_YOURS, "、".join(sorted(each.name for each in self.own.values())))
            else:
                draft.resolved["institution"] = institution.pk

    # Writing

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """Writes these rows; sets `fate`, `target_id`, `before` and, where one was refused, `reason`."""
        raise NotImplementedError

    def undo(self, rows: Sequence[ImportRow]) -> None:
        """Takes these rows back; sets `fate` and, where one stays, `reason`."""
        raise NotImplementedError


def refuse(row: ImportRow, reason: str) -> None:
    row.fate, row.reason = Fate.REFUSED, reason[:300]


def keep(row: ImportRow, reason: str) -> None:
    row.fate, row.reason = Fate.KEPT, reason[:300]


def messages_of(error: ValidationError, default: str) -> Iterable[tuple[str, str]]:
    """(field, message)."""
    if hasattr(error, "error_dict"):
        for name, errors in error.message_dict.items():
            for message in errors:
                yield (default if name == "__all__" else name), message
    else:
        for message in error.messages:
            yield default, message
