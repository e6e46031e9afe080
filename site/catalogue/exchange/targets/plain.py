"""Tables without drafts: what is imported holds at once. A change is written field by field and can be put back."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.models import Region

from ...models import ImportRow
from ...tabular.description import Column
from .. import bulk, references
from .base import Draft, Fate, Target, cell_text, keep, messages_of, refuse
from .products import CHANGED_SINCE


class PlainTarget(Target):
    """`foreign`: columns that hold the key of another table's row. `loose`: those that are no column of the table."""

    foreign: ClassVar[frozenset[str]] = frozenset()
    loose: ClassVar[frozenset[str]] = frozenset()

    def present(self, keys: Sequence[int]) -> dict[int, tuple[Model, dict[str, Any]]]:
        """Rows and their values as the sheet names them, locked."""
        raise NotImplementedError

    def attributes(self, values: dict[str, Any]) -> dict[str, Any]:
        """Column → field of the model, ready to be set."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name in self.loose:
                continue
            if name in self.foreign:
                found[f"{name}_id"] = value or None
            else:
                field: Any = self.model._meta.get_field(name)
                found[name] = field.to_python(value)
        return found

    def derived(self, row: Any) -> list[str]:
        """Fields that follow from others: sets them, names them."""
        return []

    def check(self, values: dict[str, Any], exclude: Iterable[str] = ()) -> Iterable[tuple[str, str]]:
        """As a form would, without asking the database."""
        row = self.model(
            **self.attributes({name: value for name, value in values.items() if value not in (None, "", [])})
        )
        named = {column.name for column in self.description.columns} - self.loose - self.foreign - set(exclude)
        left_out = {field.name for field in self.model._meta.fields if field.name not in named}
        for check in (lambda: row.clean_fields(exclude=left_out), row.clean):
            try:
                check()
            except ValidationError as error:
                first = self.description.columns[0].name
                for name, message in messages_of(error, first):
                    yield (name if name in self.description.by_name else first), message.rstrip("。")
                return

    # Writing

    def apply(self, rows: Sequence[ImportRow]) -> None:
        changes = [row for row in rows if row.target_id is not None]
        self._create([row for row in rows if row.target_id is None])
        self._change(changes)

    def _create(self, rows: Sequence[ImportRow]) -> None:
        taken = self.taken(rows)
        made: list[tuple[ImportRow, Model]] = []
        for row in rows:
            if row.pk in taken:
                refuse(row, "预览之后有人登记了同样的内容，请重新上传这一行")
                continue
            created: Any = self.model(**self.attributes(row.values))
            self.derived(created)
            made.append((row, created))
        self.insert([created for _row, created in made])
        for row, created in made:
            row.target_id, row.fate = created.pk, Fate.APPLIED
        self.attach([(row, created) for row, created in made])
        self.touched([created.pk for _row, created in made])

    def taken(self, rows: Sequence[ImportRow]) -> set[int]:
        """Keys of those `rows` whose new row is there by now."""
        raise NotImplementedError

    def insert(self, created: Sequence[Any]) -> None:
        self.model._default_manager.bulk_create(created)

    def attach(self, made: Sequence[tuple[ImportRow, Any]]) -> None:
        """Writes what is no column of the table."""

    def touched(self, keys: Sequence[int]) -> None:
        """What follows from bulk writes: what refers to what; the search index and pages that are kept, where told."""
        references.note(self.model, keys)

    def _change(self, rows: Sequence[ImportRow]) -> None:
        found = self.present([row.target_id or 0 for row in rows])
        changed: list[tuple[ImportRow, Any]] = []
        names: set[str] = set()
        for row in rows:
            if row.target_id not in found:
                refuse(row, "预览之后被删除了")
                continue
            stored, present = found[row.target_id]
            if self._differs(row.before, present):
                refuse(row, CHANGED_SINCE)
                continue
            row.before = {
                "cells": row.before,
                "values": {name: present[name] for name in row.values if name in self.description.by_name},
                "after": {
                    name: cell_text(self.description.by_name[name], self._typed(name, value))
                    for name, value in row.values.items()
                    if name in self.description.by_name
                },
            }
            names |= self._set(stored, row.values)
            row.fate = Fate.APPLIED
            changed.append((row, stored))
        self.save([stored for _row, stored in changed], sorted(names))
        self.attach(changed)
        self.touched([stored.pk for _row, stored in changed])

    def _typed(self, name: str, value: Any) -> Any:
        """A value that was kept as JSON, as the sheet's cell takes it."""
        if name in self.foreign or name in self.loose:
            return value
        field: Any = self.model._meta.get_field(name)
        return field.to_python(value)

    def _differs(self, cells: dict[str, str], present: dict[str, Any]) -> bool:
        columns: dict[str, Column] = self.description.by_name
        return any(cell_text(columns[name], present.get(name)) != before for name, before in cells.items())

    def _set(self, stored: Any, values: dict[str, Any]) -> set[str]:
        given = self.attributes(values)
        for name, value in given.items():
            setattr(stored, name, value)
        return {name.removesuffix("_id") if name.removesuffix("_id") in self.foreign else name for name in given} | set(
            self.derived(stored)
        )

    def save(self, rows: Sequence[Any], names: Sequence[str]) -> None:
        bulk.update(self.model, rows, names)

    # Taking back

    def undo(self, rows: Sequence[ImportRow]) -> None:
        """New rows go unless others refer to them; changed ones get their old values unless changed again since."""
        present = self.present([row.target_id or 0 for row in rows])
        fresh = [row.target_id for row in rows if row.outcome == ImportRow.Outcome.NEW and row.target_id]
        elsewhere = bulk.used(self.model, fresh, self.parts())
        restored: list[tuple[ImportRow, Any]] = []
        names: set[str] = set()
        gone: list[int] = []
        for row in rows:
            if row.target_id not in present:
                row.fate, row.reason = Fate.UNDONE, "已被删除"
                continue
            stored, values = present[row.target_id]
            if row.outcome == ImportRow.Outcome.NEW:
                if row.target_id in elsewhere:
                    keep(row, f"已被使用：{elsewhere[row.target_id]}")
                else:
                    row.fate = Fate.UNDONE
                    gone.append(row.target_id)
            elif self._differs(row.before["after"], values):
                keep(row, "导入之后又有人改过")
            else:
                row.fate = Fate.UNDONE
                names |= self._set(stored, row.before["values"])
                restored.append((row, stored))
        self.save([stored for _row, stored in restored], sorted(names))
        self.reattach(restored)
        self.touched([stored.pk for _row, stored in restored])
        self.remove(gone)

    def parts(self) -> tuple[type[Model], ...]:
        return ()

    def reattach(self, restored: Sequence[tuple[ImportRow, Any]]) -> None:
        """Puts back what is no column of the table."""

    def remove(self, keys: Sequence[int]) -> None:
        self.model._default_manager.filter(pk__in=keys).delete()


class PlacedTarget(PlainTarget):
    """Rows that lie somewhere."""

    def resolve(self, drafts: list[Draft]) -> None:
        super().resolve(drafts)
        self._known(drafts, "region", Region, "没有代码是“{}”的地方")

    def _known(self, drafts: list[Draft], name: str, model: Any, reason: str) -> None:
        codes = {draft.row.values[name] for draft in drafts} - {None, ""}
        known = set(model.objects.filter(pk__in=codes).values_list("pk", flat=True))
        for draft in drafts:
            code = draft.row.values[name]
            if code and code not in known:
                draft.wrong(self.description.by_name[name], reason.format(code))


def one_by_one(rows: Iterable[Model], names: Sequence[str] | None = None) -> None:
    """For tables of a few hundred rows whose signals others listen to."""
    for row in rows:
        row.save(update_fields=names)
