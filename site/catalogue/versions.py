"""What two versions of a product say differently, in the words of the page; and the versions that were public.

A version is the content of a revision: a dict of JSON values. Every field of the tables is compared but those of `INSIDE`,
so that a field added later is neither missed by a reviewer nor by the history.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Industry, Institution, Policy, Region
from accounts.wording import plain

from .fields import ChoiceListField, StepsField, WordListField, write_steps
from .models import CatalogueLogEntry, EligibilityRule, Product, ProductPolicy, Tariff

# What the machinery keeps, not what anybody says of the product.
INSIDE = frozenset(
    {
        "id", "pk", "product", "latest_revision", "live", "has_unpublished_changes", "first_published_at",
        "last_published_at", "live_revision", "expired", "locked", "locked_at", "locked_by", "confirmed_on",
        "created_at", "updated_at", "sort_order",
    }
)  # fmt: skip
SCHEDULE = frozenset({"go_live_at", "expire_at"})  # read by the reviewer, no part of what the public is told
ROWS: dict[str, type[models.Model]] = {"rules": EligibilityRule, "tariffs": Tariff, "policy_links": ProductPolicy}
ALIKE = 0.4  # texts at least so alike are shown with what was struck out and put in, others as a whole

Content = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One field: what it said and what it says; "" when it said nothing."""

    label: str
    old: str
    new: str

    @property
    def old_parts(self) -> list[tuple[bool, str]]:
        """[(is struck out, text)]; nothing is marked where all of it changed."""
        return [(tag != "equal", self.old[a:b]) for tag, a, b, _c, _d in self._steps() if b > a]

    @property
    def new_parts(self) -> list[tuple[bool, str]]:
        """[(is put in, text)]"""
        return [(tag != "equal", self.new[c:d]) for tag, _a, _b, c, d in self._steps() if d > c]

    def _steps(self) -> Sequence[tuple[str, int, int, int, int]]:
        matcher = SequenceMatcher(None, self.old, self.new, autojunk=False)
        if max(len(self.old), len(self.new)) < 12 or matcher.ratio() < ALIKE:
            return [("equal", 0, len(self.old), 0, len(self.new))]
        return list(matcher.get_opcodes())


def content_of(product: Product) -> Content:
    """What is public now: the live revision, or the row itself where products came without revisions."""
    return product.live_revision.content if product.live_revision is not None else product.serializable_data()


def unpublished(product: Product) -> list[Difference]:
    """What the latest draft would change in public; everything it states when nothing is public."""
    draft = product.latest_revision.content if product.latest_revision is not None else product.serializable_data()
    return differences(content_of(product) if product.live else None, draft)


def differences(old: Content | None, new: Content, *, schedule: bool = True) -> list[Difference]:
    """In the order of the tables. `schedule`: with when it is to be published and taken down."""
    return Comparison([each for each in (old, new) if each is not None]).between(old or {}, new, schedule=schedule)


class Comparison:
    """Compares versions. Names of places, industries and institutions are read once for all of them, when one is told."""

    def __init__(self, versions: Iterable[Content]) -> None:
        self.versions = list(versions)

    @cached_property
    def named(self) -> set[str]:
        return {str(code) for each in self.versions for code in self._codes(each)}

    @cached_property
    def places(self) -> dict[str, str]:
        return dict(Region.objects.filter(pk__in=self.named).values_list("pk", "full_name"))

    @cached_property
    def industries(self) -> dict[str, str]:
        return dict(Industry.objects.filter(pk__in=self.named).values_list("pk", "name"))

    @cached_property
    def houses(self) -> dict[int, str]:
        keys = {
            key for each in self.versions for key in [each.get("institution"), *(each.get("partners") or [])] if key
        }
        return dict(Institution.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def policies(self) -> dict[int, str]:
        rows = [row for each in self.versions for name in ROWS for row in each.get(name) or []]
        keys = {row["policy"] for row in rows if row.get("policy")}
        return {each.pk: str(each) for each in Policy.objects.filter(pk__in=keys)}

    @staticmethod
    def _codes(version: Content) -> Iterator[str]:
        yield from version.get("regions") or []
        yield from version.get("industry_codes") or []
        for row in version.get("rules") or []:
            yield from row.get("values") or []
        for row in version.get("tariffs") or []:
            yield from row.get("regions") or []

    def between(self, old: Content, new: Content, *, schedule: bool = True) -> list[Difference]:
        skipped = INSIDE if schedule else INSIDE | SCHEDULE
        found = []
        for each in [*Product._meta.concrete_fields, *Product._meta.many_to_many]:
            before, after = old.get(each.name), new.get(each.name)
            if each.name in skipped or before == after:
                continue
            before, after = self.words(each, before), self.words(each, after)
            if before != after:
                found.append(Difference(str(each.verbose_name), before, after))
        for name, model in ROWS.items():
            found += self._rows(model, old.get(name) or [], new.get(name) or [])
        return found

    def _rows(self, model: type[models.Model], old: list[Content], new: list[Content]) -> list[Difference]:
        """Rows that say the same are the same, whatever their keys; of the rest, those of a kind are told as a change."""
        if [self._bare(row) for row in old] == [self._bare(row) for row in new]:
            return []
        before, after = [self._said(model, row) for row in old], [self._said(model, row) for row in new]
        gone = [row for row in before if row not in after]
        come = [row for row in after if row not in before]
        found = []
        for row in list(come):
            former = next((each for each in gone if "kind" in row and each["kind"] == row["kind"]), None)
            if former is not None:
                gone.remove(former)
                come.remove(row)
                found += self._cells(model, former, row)
        name = str(model._meta.verbose_name)
        found += [Difference(_("%s（删去）") % name, self._sentence(model, row), "") for row in gone]
        return found + [Difference(_("%s（新增）") % name, "", self._sentence(model, row)) for row in come]

    @staticmethod
    def _bare(row: Content) -> Content:
        return {name: value for name, value in row.items() if name not in INSIDE}

    def _said(self, model: type[models.Model], row: Content) -> dict[str, str]:
        return {
            each.name: self.words(each, row.get(each.name))
            for each in model._meta.concrete_fields
            if each.name not in INSIDE
        }

    def _cells(self, model: Any, old: dict[str, str], new: dict[str, str]) -> list[Difference]:
        head = f"{model._meta.verbose_name}“{new['text'] or new['kind']}”"
        return [
            Difference(f"{head} · {model._meta.get_field(name).verbose_name}", old[name], new[name])
            for name in new
            if old[name] != new[name]
        ]

    @staticmethod
    def _sentence(model: Any, row: dict[str, str]) -> str:
        told = [f"{model._meta.get_field(name).verbose_name} {value}" for name, value in row.items() if value]
        return "；".join(told)

    def words(self, column: Any, value: Any) -> str:
        """One value as people read it; "" for nothing."""
        if value in (None, "", []):
            return ""
        if isinstance(column, StepsField):
            return write_steps(value)
        if isinstance(column, ChoiceListField):
            return "、".join(column.labels(value))
        if column.name == "institution":
            return self.houses.get(value, str(value))
        if column.name == "policy":
            return self.policies.get(value, str(value))
        if column.name == "partners":
            return "、".join(sorted(self.houses.get(key, str(key)) for key in value))
        if isinstance(value, list):
            return "、".join(self._named(column, str(code)) for code in value)
        if isinstance(column, models.BooleanField):
            return _("是") if value else _("否")
        if isinstance(column, models.DecimalField):
            return plain(column.to_python(value), group=True)  # 500,000 beside 5,000,000: a zero too many is seen
        if isinstance(column, models.DateTimeField):
            moment = value if isinstance(value, datetime) else parse_datetime(value)
            return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else str(value)
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        return str(value).strip()

    def _named(self, column: Any, code: str) -> str:
        known = dict(column.item_choices) if isinstance(column, WordListField) else {}
        if code in known:
            return str(known[code])
        return self.places.get(code) or self.industries.get(code) or code


PUBLISHED = ("wagtail.publish", "wagtail.publish.scheduled")
TAKEN_DOWN = ("wagtail.unpublish", "wagtail.unpublish.scheduled")  # the second: on the day that was set for it


@dataclass(frozen=True)
class Version:
    """One that was public. `number` counts from 1. `ended`: when it was taken down, `expired`: as it had been set before."""

    number: int
    when: datetime
    differences: list[Difference] = field(default_factory=list)
    ended: datetime | None = None
    expired: bool = False

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def labels(self) -> list[str]:
        return [each.label for each in self.differences]


def published(product: Product, limit: int | None = None) -> list[Version]:
    """The versions that were public, newest first: what each changed, and when it was taken down. Drafts, and who wrote
    them, stay inside.

    A version that says nothing new (published again after it was taken down) keeps its place without differences."""
    log = CatalogueLogEntry.objects.for_instance(product)
    publications = Q(action__in=PUBLISHED, revision__isnull=False)
    told = log.filter(publications | Q(action__in=TAKEN_DOWN)).select_related("revision")
    rows = list(told[: None if limit is None else 2 * limit + 3])  # between two versions it went down once at most
    entries = [row for row in rows if row.action in PUBLISHED][: None if limit is None else limit + 1]
    total = len(entries) if limit is None or len(entries) <= limit else log.filter(publications).count()
    ends: dict[int, CatalogueLogEntry] = {}
    down: CatalogueLogEntry | None = None
    for row in rows:
        if row.action in PUBLISHED:
            if down is not None:
                ends[row.pk] = down
            down = None
        else:
            down = row
    comparison = Comparison([entry.revision.content for entry in entries])
    found = []
    for place, entry in enumerate(entries[:limit]):
        older = entries[place + 1] if place + 1 < len(entries) else None
        changes = (
            comparison.between(older.revision.content, entry.revision.content, schedule=False)
            if older is not None
            else []
        )
        end = ends.get(entry.pk)
        expired = end is not None and end.action == TAKEN_DOWN[1]
        found.append(
            Version(total - place, entry.timestamp, changes, end.timestamp if end is not None else None, expired)
        )
    return found
