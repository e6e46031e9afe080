"""Tariffs: all rows of a product in the file, together, become the tariffs of its next draft."""

from collections.abc import Sequence
from typing import Any

from ...models import ImportRow
from ...tabular.description import Row
from ...tabular.lines import write_tariff
from ...tabular.products import PRODUCTS, TARIFF_FIELDS
from ...tabular.tariffs import TARIFF_SHEET
from .base import Draft, Found, Outcome, cell_text, missing
from .products import ProductTarget

MUST = frozenset({"kind", "basis", "rate", "text"})  # no item goes without
TARIFFS_COLUMN = PRODUCTS.by_name["tariffs"]


class TariffTarget(ProductTarget):
    description = TARIFF_SHEET
    label_name = "product"

    def resolve(self, drafts: list[Draft]) -> None:
        self.resolve_institutions(drafts)

    def find(self, drafts: list[Draft]) -> None:
        self._attach(
            drafts, {draft.row.number: (draft.row.values["slug"], draft.row.values["product"]) for draft in drafts}
        )
        column = TARIFF_SHEET.by_name["product"]
        for draft in drafts:
            if draft.found is None and not draft.problems:
                draft.wrong(column, "没有这个产品", "请先导入产品，或核对名称和机构")

    def key(self, draft: Draft) -> Any:
        return None

    def plan(self, rows: Sequence[Row], places: dict[str, int]) -> list[ImportRow]:
        """One `ImportRow` a row that is wrong, and one a product whose rows are all right."""
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
        for draft in drafts:
            self._complete(draft)
        groups: dict[Any, list[Draft]] = {}
        for draft in drafts:
            groups.setdefault(draft.found.key if draft.found else ("?", draft.row.number), []).append(draft)
        planned = []
        for group in groups.values():
            wrong = [draft for draft in group if draft.problems]
            if wrong:
                first = wrong[0].row.number
                for draft in group:
                    if not draft.problems:
                        column = TARIFF_SHEET.by_name["product"]
                        draft.wrong(column, f"同一产品的第 {first} 行有问题", "这个产品的各行要一起导入")
                planned += [self._planned(draft) for draft in group]
            else:
                planned += [self._group(group, draft.found, set(places)) for draft in group[:1] if draft.found]
        return planned

    def _complete(self, draft: Draft) -> None:
        named = {each.column for each in draft.problems}
        for column in TARIFF_SHEET.columns:
            if column.wanted and draft.row.values[column.name] in (None, "") and column.header not in named:
                draft.wrong(column, "没有填", missing(column))
        if draft.problems:
            return
        words = draft.row.values["policy"]
        there = {row["policy"] for row in draft.found.values["tariffs"]} if draft.found else set()
        if words and words not in there and (reason := self.register.wrong(words)):
            draft.wrong(TARIFF_SHEET.by_name["policy"], reason)
        tariff = {name: draft.row.values[name] for name in TARIFF_FIELDS}
        for _name, reason in self.validate_tariff(tariff):
            draft.wrong(TARIFF_SHEET.by_name["rate"], reason)

    @staticmethod
    def _as_it_was(new: list[dict[str, Any]], old: list[dict[str, Any]], given: set[str]) -> None:
        """A column that the file lacks is not changed: an item keeps it that else says the same as before."""
        lacking = {*TARIFF_FIELDS, "policy"} - given
        if not lacking:
            return

        def said(row: dict[str, Any]) -> str:
            return write_tariff(row | {name: None for name in lacking if name not in MUST})

        known: dict[str, list[dict[str, Any]]] = {}
        for row in old:
            known.setdefault(said(row), []).append(row)
        for row in new:
            if same := known.get(said(row)):
                row.update({name: same[0][name] for name in lacking})
                same.pop(0)

    def _group(self, group: list[Draft], found: Found, given: set[str]) -> ImportRow:
        first = group[0]
        new = [{name: draft.row.values[name] for name in (*TARIFF_FIELDS, "policy")} for draft in group]
        self._as_it_was(new, found.values["tariffs"], given)
        before, after = cell_text(TARIFFS_COLUMN, found.values["tariffs"]), cell_text(TARIFFS_COLUMN, new)
        row = ImportRow(job=self.job, number=first.row.number, label=self.label(first)[:160], target_id=found.key)
        if before == after:
            row.outcome = Outcome.UNCHANGED
            return row
        if found.busy:
            first.wrong(TARIFF_SHEET.by_name["product"], found.busy, "请稍后再导入这一行")
            return self._planned(first)
        row.outcome = Outcome.CHANGED
        row.values = {"tariffs": new}
        row.before = {"tariffs": before}
        row.changes = [[TARIFFS_COLUMN.header, before, after]]
        if len(found.values["tariffs"]) > len(new):
            row.notes = [f"原有 {len(found.values['tariffs'])} 项资费，文件里有 {len(new)} 项，其余的会去掉"]
        return row
