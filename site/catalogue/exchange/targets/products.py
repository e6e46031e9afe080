"""Products: an import makes drafts. What is public stays as it is until a review has passed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Revision, TaskState, WorkflowState

from accounts import bulk
from accounts.models import Institution

from ...models import CatalogueLogEntry, ImportRow, Product, Tariff
from ...slugs import slug_of
from ...tabular.description import Column
from ...tabular.products import PARTS, PLAIN_FIELDS, PRODUCTS
from .. import references
from ..bulk import update, used
from . import contents
from .base import Draft, Fate, Found, Target, cell_text, keep, messages_of, refuse
from .register import Register

IN_REVIEW = "正在审核，不能同时修改"
CHANGED_SINCE = "预览之后被别人改过"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A revision to be written: of which product (`key`), under which number."""

    row: ImportRow
    key: int
    institution: int
    revision: int
    content: dict[str, Any]


class ProductTarget(Target):
    description = PRODUCTS
    model = Product

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.register = Register()

    def resolve(self, drafts: list[Draft]) -> None:
        super().resolve(drafts)
        column = PRODUCTS.by_name["partners"]
        names = {name for draft in drafts for name in draft.row.values["partners"]}
        known = set(Institution.objects.filter(name__in=names).values_list("name", flat=True)) if names else set()
        for draft in drafts:
            for name in draft.row.values["partners"]:
                if name not in known:
                    draft.wrong(column, f"没有找到机构“{name}”")

    def _policies_known(self, draft: Draft, part: str) -> None:
        column = PRODUCTS.by_name[part]
        rows = draft.row.values[part]
        there = {row["policy"] for row in draft.found.values[part]} if draft.found else set()
        named = list(dict.fromkeys(row["policy"] for row in rows if row["policy"]))
        for words in named:
            if words not in there and (reason := self.register.wrong(words)):
                draft.wrong(column, reason)
        if part == "policy_links":
            if len(named) < len(rows):
                draft.wrong(column, "有一行没有写政策的名称，或与另一行重复")
                return
            keys = [key for words in named if (key := self.register.key(words)) is not None]
            if len(set(keys)) < len(keys):
                draft.wrong(column, "同一个政策写了两次")

    def find(self, drafts: list[Draft]) -> None:
        self._attach(
            drafts, {draft.row.number: (draft.row.values["slug"], draft.row.values["name"]) for draft in drafts}
        )
        for draft in drafts:
            for part in PARTS:
                self._policies_known(draft, part)

    def _attach(self, drafts: list[Draft], wanted: dict[int, tuple[str, str]]) -> None:
        """By the address's name, else by the name within the institution."""
        slugs = {slug for slug, _name in wanted.values() if slug}
        owned = {
            (draft.resolved["institution"], wanted[draft.row.number][1])
            for draft in drafts
            if "institution" in draft.resolved and not wanted[draft.row.number][0]
        }
        condition = Q(slug__in=slugs) if slugs else Q(pk__in=[])
        if owned:
            condition |= Q(name__in={name for _key, name in owned}, institution__in={key for key, _name in owned})
        found = contents.current(Product.objects.filter(condition))
        by_slug = {product.slug: product.pk for product, _values in found.values()}
        by_name: dict[tuple[int, str], list[int]] = {}
        for product, _values in found.values():
            by_name.setdefault((product.institution_id, product.name), []).append(product.pk)
        busy = under_review(found)
        for draft in drafts:
            slug, name = wanted[draft.row.number]
            owner = draft.resolved.get("institution")
            if slug:
                key = by_slug.get(slug)
                if key is not None and owner is not None and found[key][0].institution_id != owner:
                    self._taken(draft, slug)
                    continue
            else:
                same = by_name.get((owner, name), []) if owner is not None else []
                if len(same) > 1:
                    column = self.description.by_name["slug"]
                    draft.wrong(column, f"有 {len(same)} 个产品都叫“{name}”", "请填网址名，说明是哪一个")
                    continue
                key = same[0] if same else None
            if key is not None:
                product, values = found[key]
                draft.found = Found(
                    key, values, IN_REVIEW if key in busy else "被锁定，不能修改" if product.locked else ""
                )
                draft.resolved.pop("institution", None)

    def _taken(self, draft: Draft, slug: str) -> None:
        draft.wrong(self.description.by_name["slug"], f"“{slug}”已是别的机构的产品", "请换一个，或留空")

    def key(self, draft: Draft) -> Any:
        if draft.found is not None:
            return draft.found.key
        if draft.row.values["slug"]:
            return draft.row.values["slug"]
        return (draft.resolved.get("institution"), draft.row.values["name"]) if draft.row.values["name"] else None

    def validate(self, draft: Draft, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """As the form of the CMS would, without asking the database for each."""
        product = Product(**{name: values[name] for name in PLAIN_FIELDS if values.get(name) is not None})
        left_out = {field.name for field in Product._meta.fields if field.name not in PLAIN_FIELDS}
        if not values["slug"]:
            left_out.add("slug")
        for check in (lambda: product.clean_fields(exclude=left_out), product.clean):
            try:
                check()
            except ValidationError as error:
                for name, message in messages_of(error, "name"):
                    yield (name if name in self.description.by_name else "name"), message.rstrip("。")
                return
        known = values["rate_min"] is not None or values["rate_max"] is not None or values["rate_note"]
        if values["kind"] in {"loan", "bridging"} and not known:
            yield "rate_note", "没有填利率数字时，请写明利率以谁为准，如“以机构为准”"
        for tariff in values["tariffs"]:
            yield from self.validate_tariff(tariff)

    def validate_tariff(self, tariff: dict[str, Any]) -> Iterable[tuple[str, str]]:
        try:
            Tariff(**{name: value for name, value in tariff.items() if name != "policy"}).clean()
        except ValidationError as error:
            for _name, message in messages_of(error, "tariffs"):
                yield "tariffs", message.rstrip("。")

    # Writing

    def apply(self, rows: Sequence[ImportRow]) -> None:
        changes = [row for row in rows if row.target_id is not None]
        self._create([row for row in rows if row.target_id is None])
        self._change(changes)

    def _create(self, rows: Sequence[ImportRow]) -> None:
        """Rows of the tables straight from the kept values: an object of each would take twice the time."""
        slugs = free_slugs([(row.values.get("slug", ""), row.values["name"]) for row in rows])
        for row, slug in zip(rows, slugs, strict=True):
            if not slug:
                refuse(row, "网址名刚刚被别的产品用了，请换一个")
            elif words := self._unknown_policy(row.values):
                refuse(row, f"政策“{words}”现在找不到了")
        chosen = [(row, slug) for row, slug in zip(rows, slugs, strict=True) if row.fate != Fate.REFUSED]
        partners = self._partner_keys(row.values for row, _slug in chosen)
        keys, revisions = bulk.reserve(Product, len(chosen)), bulk.reserve(Revision, len(chosen))
        numbers = {
            name: iter(bulk.reserve(model, sum(len(row.values.get(name, ())) for row, _slug in chosen)))
            for name, (model, _fields) in PARTS.items()
        }
        made: list[dict[str, Any]] = []
        parts: dict[str, list[dict[str, Any]]] = {name: [] for name in PARTS}
        drafts = []
        for (row, slug), key, revision in zip(chosen, keys, revisions, strict=True):
            own = row.values
            fields = contents.blank_fields() | {name: own[name] for name in PLAIN_FIELDS if name in own}
            fields |= {"id": key, "slug": slug, "institution_id": own["institution"], "live": False}
            fields |= {"has_unpublished_changes": True}
            made.append(fields | {"latest_revision_id": revision})
            own_parts = {
                name: [
                    self._part(name, part, number) | {"id": next(numbers[name]), "product_id": key}
                    for number, part in enumerate(own.get(name, ()))
                ]
                for name in PARTS
            }
            for name, lines in own_parts.items():
                parts[name] += lines
            named = [partners[name] for name in own.get("partners", ())]
            data = contents.first_content(fields, own.get("regions", ()), named, own_parts)
            drafts.append(_Draft(row, key, own["institution"], revision, data))
        bulk.insert(Product, made, reserved=True)
        for name, (model, _fields) in PARTS.items():
            bulk.insert(model, parts[name], reserved=True)
        for field, column in (("regions", "region_id"), ("partners", "institution_id")):
            links = [{"product_id": each.key, column: other} for each in drafts for other in each.content[field]]
            bulk.insert(getattr(Product, field).through, links, reserved=True)
        self._save_drafts(drafts, "wagtail.create")
        references.note(Product, [each.key for each in drafts])  # a change is a draft: its row refers to what it did

    def _part(self, name: str, values: dict[str, Any], number: int) -> dict[str, Any]:
        """A row of rules, tariffs or policies, by attribute."""
        said = {each: value for each, value in values.items() if each != "policy"}
        place = {"sort_order": number} if contents.has_order(name) else {}
        policy = values.get("policy")
        return contents.blank_part(name) | said | place | {"policy_id": self.register.key(policy) if policy else None}

    def _unknown_policy(self, values: dict[str, Any]) -> str:
        named = (row.get("policy") for part in PARTS for row in values.get(part, ()))
        return next((words for words in named if words and self.register.key(words) is None), "")

    def _newly_unknown(self, values: dict[str, Any], present: dict[str, Any]) -> str:
        """As above; what stands there already may stay whatever became of the policy's name."""
        there = {row["policy"] for part in PARTS for row in present[part]}
        kept = {part: [row for row in values.get(part, ()) if row["policy"] not in there] for part in PARTS}
        return self._unknown_policy(kept)

    def _change(self, rows: Sequence[ImportRow]) -> None:
        keys = [row.target_id for row in rows]
        locked = list(Product.objects.select_for_update().filter(pk__in=keys).values_list("pk", flat=True))
        found = contents.current(Product.objects.filter(pk__in=locked))
        busy = under_review(found)
        values = {row.pk: contents.python_values(row.values) for row in rows}
        partners = self._partner_keys(values.values())
        revisions = iter(bulk.reserve(Revision, len(rows)))
        bases = {key: contents.latest(product) for key, (product, _present) in found.items()}
        said = (
            contents.Names.of(bases.values()).policies
            if any(own.keys() & PARTS.keys() for own in values.values())
            else {}
        )
        drafts = []
        products = []
        for row in rows:
            if row.target_id not in found:
                refuse(row, "预览之后被删除了")
                continue
            product, present = found[row.target_id]
            if row.target_id in busy:
                refuse(row, IN_REVIEW)
            elif words := self._newly_unknown(values[row.pk], present):
                refuse(row, f"政策“{words}”现在找不到了")
            elif any(cell_text(self._column(name), present.get(name)) != before for name, before in row.before.items()):
                refuse(row, CHANGED_SINCE)
            else:
                own = values[row.pk]
                keys_of = [partners[name] for name in own.get("partners", [])]
                row.before = {
                    "cells": row.before,
                    "latest_revision": product.latest_revision_id,
                    "has_unpublished_changes": product.has_unpublished_changes,
                }
                named = {
                    each["policy"]: self.register.key(each["policy"]) for part in PARTS for each in own.get(part, ())
                }
                content = contents.drafted(bases[product.pk], product.pk, own, keys_of, said, named)
                drafts.append(_Draft(row, product.pk, product.institution_id, next(revisions), content))
                product.latest_revision_id, product.has_unpublished_changes = drafts[-1].revision, True
                products.append(product)
        self._save_drafts(drafts, "wagtail.edit")
        update(Product, products, ("latest_revision", "has_unpublished_changes"))

    def _column(self, name: str) -> Column:
        return PRODUCTS.by_name[name]

    def _partner_keys(self, rows: Iterable[dict[str, Any]]) -> dict[str, int]:
        names = {name for row in rows for name in row.get("partners", [])}
        return dict(Institution.objects.filter(name__in=names).values_list("name", "pk")) if names else {}

    def _save_drafts(self, drafts: "Sequence[_Draft]", action: str) -> None:
        kind, now = ContentType.objects.get_for_model(Product), timezone.now()
        same = {"content_type_id": kind.pk, "user_id": self.user.pk}
        bulk.insert(
            Revision,
            [
                same | {
                    "id": each.revision, "base_content_type_id": kind.pk, "object_id": str(each.key), "created_at": now,
                    "object_str": each.content["name"], "content": each.content,
                }
                for each in drafts
            ],
            reserved=True,
        )  # fmt: skip
        bulk.insert(
            CatalogueLogEntry,
            [
                same | {
                    "object_id": str(each.key), "label": each.content["name"], "action": action, "timestamp": now,
                    "revision_id": each.revision, "content_changed": True, "institution_id": each.institution,
                    "data": {"import": self.job.pk},
                }
                for each in drafts
            ],
            reserved=True,
        )  # fmt: skip
        for each in drafts:
            each.row.target_id, each.row.fate = each.key, Fate.APPLIED
            each.row.before = {**each.row.before, "revision": each.revision}

    # Taking back

    def undo(self, rows: Sequence[ImportRow]) -> None:
        """Drafts that nobody has touched since go; a review that nobody has decided in is withdrawn."""
        kind = ContentType.objects.get_for_model(Product)
        keys = [row.target_id for row in rows]
        found = Product.objects.select_for_update().in_bulk(keys)
        decided = set(
            TaskState.objects.filter(
                workflow_state__base_content_type=kind,
                workflow_state__object_id__in=[str(key) for key in keys],
                revision__in=[row.before["revision"] for row in rows],
                status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED],
            ).values_list("revision", flat=True)
        )
        fresh = [row.target_id for row in rows if row.outcome == ImportRow.Outcome.NEW and row.target_id]
        elsewhere = used(Product, fresh, own=[model for model, _fields in PARTS.values()])
        gone: list[ImportRow] = []
        for row in rows:
            product = found.get(row.target_id or 0)
            ours = row.before["revision"]
            if product is None:
                row.fate, row.reason = Fate.UNDONE, "已被删除"
            elif product.live_revision_id == ours:
                keep(row, "已经审核通过并发布")
            elif ours in decided:
                keep(row, "审核人已经处理过")
            elif product.latest_revision_id != ours:
                keep(row, "导入之后又有人改过")
            elif row.target_id in elsewhere:
                keep(row, f"已被使用：{elsewhere[row.target_id or 0]}")
            else:
                gone.append(row)
        self._withdraw([row.target_id or 0 for row in gone], kind)
        restored = []
        for row in gone:
            row.fate = Fate.UNDONE
            if row.outcome == ImportRow.Outcome.CHANGED:
                product = found[row.target_id or 0]
                product.latest_revision_id = row.before["latest_revision"]
                product.has_unpublished_changes = row.before["has_unpublished_changes"]
                restored.append(product)
        update(Product, restored, ("latest_revision", "has_unpublished_changes"))
        self._remove([row.target_id or 0 for row in gone if row.outcome == ImportRow.Outcome.NEW], kind)
        Revision.objects.filter(pk__in=[row.before["revision"] for row in gone])._raw_delete("default")

    def _remove(self, keys: Sequence[int], kind: ContentType) -> None:
        """Drafts that no page shows and nobody refers to, with their parts; where there was a review, one by one."""
        known = WorkflowState.objects.filter(base_content_type=kind, object_id__in=[str(key) for key in keys])
        reviewed = {int(key) for key in known.values_list("object_id", flat=True)}
        plain = [key for key in keys if key not in reviewed]
        parts = [model for model, _fields in PARTS.values()]
        for model in (*parts, Product.regions.through, Product.partners.through):
            model._base_manager.filter(product__in=plain)._raw_delete("default")
        Product.objects.filter(pk__in=plain)._raw_delete("default")
        references.forget(Product, plain)
        for product in Product.objects.filter(pk__in=reviewed):
            product.delete()

    def _withdraw(self, keys: Sequence[int], kind: ContentType) -> None:
        waiting = WorkflowState.objects.filter(
            base_content_type=kind, object_id__in=[str(key) for key in keys], status=WorkflowState.STATUS_IN_PROGRESS
        )
        for state in waiting:
            state.cancel(user=self.user)


def under_review(keys: Iterable[int]) -> set[int]:
    states = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Product),
        object_id__in=[str(key) for key in keys],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return {int(key) for key in states.values_list("object_id", flat=True)}


def free_slugs(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """For each (slug, name): the slug where it is free, "" where it is taken, else the name in pinyin and a number."""
    bases = [slug or slug_of(name, "product") for slug, name in wanted]
    taken = set(Product.objects.filter(slug__in=bases).values_list("slug", flat=True))
    often = Counter(bases)
    crowded = {
        base
        for (slug, _name), base in zip(wanted, bases, strict=True)
        if not slug and (base in taken or often[base] > 1)
    }
    for base in crowded:
        taken |= set(Product.objects.filter(slug__startswith=f"{base}-").values_list("slug", flat=True))
    explicit = {slug for slug, _name in wanted if slug}
    found = []
    for (slug, _name), base in zip(wanted, bases, strict=True):
        if slug:
            found.append("" if slug in taken else slug)
            taken.add(slug)
            continue
        numbered = (f"{base}-{number}" for number in count(2))
        free = base if base not in taken | explicit else next(each for each in numbered if each not in taken | explicit)
        taken.add(free)
        found.append(free)
    return found
