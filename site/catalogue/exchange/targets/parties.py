"""Institutions and enterprises."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from accounts import size_class, uscc
from accounts.models import Enterprise, Industry, Institution, Region

from ...models import ImportRow
from ...slugs import free_slug
from ...tabular.description import Column
from ...tabular.parties import ENTERPRISES, INSTITUTIONS, enterprise_row, institution_row
from .base import Draft, Found
from .plain import PlacedTarget, one_by_one


class InstitutionTarget(PlacedTarget):
    """Few, and heard by matching and by kept pages: saved one by one."""

    description = INSTITUTIONS
    model = Institution
    institution_name = ""
    foreign = frozenset({"region"})

    def find(self, drafts: list[Draft]) -> None:
        slugs = [draft.row.values["slug"] for draft in drafts if draft.row.values["slug"]]
        names = [draft.row.values["name"] for draft in drafts]
        by_slug = {each.slug: each for each in Institution.objects.filter(slug__in=slugs)}
        by_name = {each.name: each for each in Institution.objects.filter(name__in=names)}
        for draft in drafts:
            slug, name = draft.row.values["slug"], draft.row.values["name"]
            found = by_slug.get(slug) or by_name.get(name)
            if slug and slug in by_slug and name in by_name and by_slug[slug] != by_name[name]:
                draft.wrong(INSTITUTIONS.by_name["name"], "已有另一家机构叫这个名称", "请核对名称和网址名")
            elif found is not None:
                draft.found = Found(found.pk, institution_row(found))

    def key(self, draft: Draft) -> Any:
        return draft.found.key if draft.found else draft.row.values["slug"] or draft.row.values["name"] or None

    def validate(self, draft: Draft, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return self.check(values, exclude=() if values["slug"] else ("slug",))

    def present(self, keys: Sequence[int]) -> dict[int, tuple[Any, dict[str, Any]]]:
        rows = Institution.objects.select_for_update().filter(pk__in=keys)
        return {each.pk: (each, institution_row(each)) for each in rows}

    def taken(self, rows: Sequence[ImportRow]) -> set[int]:
        names = set(
            Institution.objects.filter(name__in=[row.values["name"] for row in rows]).values_list("name", flat=True)
        )
        slugs = [row.values.get("slug", "") for row in rows]
        used = set(Institution.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        return {row.pk for row in rows if row.values["name"] in names or row.values.get("slug") in used}

    def insert(self, created: Sequence[Institution]) -> None:
        for each in created:
            each.slug = each.slug or free_slug(Institution, each.name)
            one_by_one([each])

    def save(self, rows: Sequence[Institution], names: Sequence[str]) -> None:
        one_by_one(rows, names)


class EnterpriseTarget(PlacedTarget):
    """What an enterprise has stated itself stays: a file fills in only what is not known yet."""

    description = ENTERPRISES
    model = Enterprise
    institution_name = ""
    foreign = frozenset({"region", "industry"})

    def resolve(self, drafts: list[Draft]) -> None:
        super().resolve(drafts)
        self._known(drafts, "industry", Industry, "没有代码是“{}”的行业")
        regions = set(
            Region.objects.filter(pk__in={draft.row.values["uscc"][2:8] for draft in drafts}).values_list(
                "pk", flat=True
            )
        )
        for draft in drafts:
            code = draft.row.values["uscc"]
            if not code:
                continue
            try:
                draft.row.values["uscc"] = uscc.clean(code, regions=regions)
            except ValidationError as error:
                draft.wrong(ENTERPRISES.by_name["uscc"], error.messages[0].rstrip("。"))

    def find(self, drafts: list[Draft]) -> None:
        found = {
            each.uscc: each
            for each in Enterprise.objects.filter(uscc__in=[draft.row.values["uscc"] for draft in drafts])
        }
        for draft in drafts:
            enterprise = found.get(draft.row.values["uscc"])
            if enterprise is not None:
                draft.found = Found(enterprise.pk, enterprise_row(enterprise))
            elif not draft.row.values["region"] and len(draft.row.values["uscc"]) == 18:
                region = self._region_of(draft.row.values["uscc"])
                if region is None:
                    draft.wrong(ENTERPRISES.by_name["region"], "没有填，从代码里也看不出来")
                else:
                    draft.resolved["region"] = region

    def _region_of(self, code: str) -> str | None:
        if code[2:8] not in self._places:
            found = uscc.region_of(code)
            self._places[code[2:8]] = found.pk if found else None
        return self._places[code[2:8]]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._places: dict[str, str | None] = {}

    def key(self, draft: Draft) -> Any:
        return draft.row.values["uscc"] or None

    def keeps(self, draft: Draft, column: Column, old: Any, new: Any) -> bool:
        if old in (None, "", {}):
            return False
        if column.name == "traits":
            new = {code: holds for code, holds in (new or {}).items() if code not in old}
            if new:
                draft.changes.append((column, old, old | new))
            return True
        if new not in (None, "", {}):
            draft.notes.append(f"{column.header}与已登记的不同，保留已登记的")
        return True

    def validate(self, draft: Draft, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        yield from self.check({**values, "uscc": None}, exclude=("uscc",))

    def derived(self, row: Enterprise) -> list[str]:
        row.size_class = size_class.classify(row.industry_id or "", row.employees, row.revenue, row.assets)[0]
        return ["size_class"]

    def present(self, keys: Sequence[int]) -> dict[int, tuple[Any, dict[str, Any]]]:
        rows = Enterprise.objects.select_for_update().filter(pk__in=keys)
        return {each.pk: (each, enterprise_row(each)) for each in rows}

    def taken(self, rows: Sequence[ImportRow]) -> set[int]:
        codes = [row.values["uscc"] for row in rows]
        there = set(Enterprise.objects.filter(uscc__in=codes).values_list("uscc", flat=True))
        return {row.pk for row in rows if row.values["uscc"] in there}
