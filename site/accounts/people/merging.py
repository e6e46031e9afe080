"""Two records of one firm become one, in one transaction, and no row is lost.

Which tables name an enterprise is asked of the models (`relations`), so a new model is merged by itself. What would break
a uniqueness rule beside a row of the kept record stays with the forwarding row; so does what is never rewritten (the
audit trail). Within a day all of it can be undone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..append_only import AppendOnly
from ..models import Enterprise, EnterpriseMember, EnterpriseMerge, Trait, User
from ..queries import standing
from ..size_class import classify
from ..wording import money
from . import queries
from .errors import MergeRefused
from .messages import tell

FIELDS = (
    "uscc", "name", "region", "address", "industry", "founded_on", "employees", "revenue", "assets", "traits", "licence",
)  # fmt: skip
UNDO_WITHIN = timedelta(days=1)
STRAYS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Relation:
    """One column that names an enterprise."""

    model: type[models.Model]
    field: models.Field

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field.name}"

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def is_history(self) -> bool:
        """Written once: goes on naming the record that it was written of."""
        return issubclass(self.model, AppendOnly) or self.model is EnterpriseMerge

    @property
    def is_in_a_uniqueness_rule(self) -> bool:
        meta, name = self.model._meta, self.field.name
        return (
            self.field.unique
            or any(name in together for together in meta.unique_together)
            or any(
                isinstance(each, models.UniqueConstraint) and (name in each.fields or each.expressions)
                for each in meta.constraints
            )
        )

    def rows(self, enterprise: Enterprise) -> models.QuerySet:
        return self.model._base_manager.filter(**{self.field.name: enterprise.pk}).order_by("pk")

    def clashes(self, row: models.Model, target: Enterprise) -> bool:
        """Whether `row`, which now names `target`, would break a uniqueness rule."""
        if not self.is_in_a_uniqueness_rule:
            return False
        try:
            row.validate_unique()
            row.validate_constraints()
        except ValidationError:
            return True
        return False


def relations() -> Iterator[Relation]:
    """Every column of every app that refers to an enterprise, through tables of many-to-many fields too."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if field.is_relation and field.related_model is Enterprise:
                yield Relation(model, field)


@dataclass(frozen=True)
class Side:
    """One field of the two records, and what stands in it after the merge unless staff choose otherwise."""

    name: str
    label: str
    kept: Any
    merged: Any
    takes_merged: bool

    @property
    def differs(self) -> bool:
        return self.kept != self.merged

    @property
    def kept_words(self) -> str:
        return _in_words(self.name, self.kept)

    @property
    def merged_words(self) -> str:
        return _in_words(self.name, self.merged)


def _in_words(name: str, value: Any) -> str:
    """One fact as people read it; "" when nobody has stated it."""
    if value in (None, "", {}) or (name == "licence" and not value):
        return ""
    if name == "traits":
        return "、".join(
            f"{each.label}{'' if value[each.value] else _('：否')}" for each in Trait if each.value in value
        )
    if name in {"revenue", "assets"}:
        return money(value)
    return _("已上传") if name == "licence" else str(value)


def side_by_side(target: Enterprise, source: Enterprise) -> list[Side]:
    """Known beats unknown; where both are known, what the kept record says."""
    found = []
    for name in FIELDS:
        field = Enterprise._meta.get_field(name)
        kept, merged = getattr(target, name), getattr(source, name)
        is_empty = kept in (None, "", {}) or (name == "licence" and not kept)
        gives = not (merged in (None, "", {}) or (name == "licence" and not merged))
        found.append(Side(name, str(field.verbose_name), kept, merged, is_empty and gives))  # type: ignore[union-attr]
    return found


@dataclass(frozen=True)
class Moving:
    label: str
    moves: int
    stays: int
    is_history: bool


def preview(target: Enterprise, source: Enterprise) -> list[Moving]:
    """What would move and what would stay, table by table."""
    found = []
    for each in relations():
        total = each.rows(source).count()
        if not total:
            continue
        stays = total if each.is_history else sum(1 for _row in _clashing(each, target, source))
        found.append(Moving(each.label, total - stays, stays, each.is_history))
    return found


def _clashing(relation: Relation, target: Enterprise, source: Enterprise) -> Iterator[models.Model]:
    if relation.is_in_a_uniqueness_rule:
        for row in relation.rows(source):
            setattr(row, relation.field.attname, target.pk)
            if relation.clashes(row, target):
                yield row


def possible_duplicates(limit: int = 20) -> list[list[Enterprise]]:
    """Standing records of the same name, to be looked at."""
    names = (
        Enterprise.objects.order_by()
        .values("name")
        .annotate(n=models.Count("pk"))
        .filter(n__gt=1)
        .values("name")[:limit]
    )
    groups: dict[str, list[Enterprise]] = {}
    for each in Enterprise.objects.filter(name__in=list(names.values_list("name", flat=True))).order_by("name", "pk"):
        groups.setdefault(each.name, []).append(each)
    return list(groups.values())


def _staff_only(by: User) -> None:
    if not by.roles & set(queries.REVIEWERS):
        raise PermissionDenied


def _locked(*pks: int) -> dict[int, Enterprise]:
    """In the order of their keys, so that two merges never wait for each other."""
    found = Enterprise.every.select_for_update().filter(pk__in=pks).order_by("pk")
    return {each.pk: each for each in found}


@transaction.atomic
def merge(
    *, target: Enterprise, source: Enterprise, by: User, reason: str, take: set[str] | frozenset[str], client_key: UUID
) -> EnterpriseMerge:
    """`source` becomes a forwarding row to `target`; the fields named in `take` are taken over from it. Raises MergeRefused."""
    _staff_only(by)
    if target.pk == source.pk:
        raise MergeRefused(_("请选两家不同的企业。"))
    held = _locked(target.pk, source.pk)
    if found := EnterpriseMerge.objects.filter(client_key=client_key, by=by).first():
        return found
    target, source = held[target.pk], held[source.pk]
    for each in (target, source):
        if each.merged_into_id is not None:
            raise MergeRefused(_("“%s”已经并入另一家企业，请重新查找。") % each.name)
    people = [*_people(target), *_people(source)]
    changed = _take_over(target, source, take)
    moved, kept = _move(target, source)
    changed |= _join_memberships(target, source)
    source.merged_into = target
    source.save()
    done = EnterpriseMerge.objects.create(
        source=source,
        target=target,
        by=by,
        reason=reason,
        moved=moved,
        kept=kept,
        changed=changed,
        client_key=client_key,
    )
    text = _("“%(source)s”的登记已并入“%(target)s”，需求、对接和授权都已移过去，请核对企业信息。") % {
        "source": source.name,
        "target": target.name,
    }
    tell({each.pk: each for each in people}.values(), text, reverse("accounts:enterprise"))
    return done


def _people(enterprise: Enterprise) -> list[User]:
    return [each.user for each in queries.members_of(enterprise)]


def _move(target: Enterprise, source: Enterprise) -> tuple[dict[str, list], dict[str, list]]:
    """Row by row, so that the search index, the audit trail and the caches hear of each."""
    moved: dict[str, list] = {}
    kept: dict[str, list] = {}
    for each in relations():
        for row in each.rows(source):
            where = kept if each.is_history or not _rename(each, row, target) else moved
            where.setdefault(each.key, []).append(row.pk)
    return moved, kept


def _rename(relation: Relation, row: models.Model, target: Enterprise) -> bool:
    setattr(row, relation.field.attname, target.pk)
    if relation.clashes(row, target):
        return False
    try:
        with transaction.atomic():
            row.save(update_fields=[relation.field.name])
    except IntegrityError:
        return False
    return True


def _take_over(target: Enterprise, source: Enterprise, take: set[str] | frozenset[str]) -> dict[str, dict]:
    """Writes the chosen facts into `target`; a code that is taken over changes places, so that both lead here."""
    before = {name: _said(target, name) for name in (*FIELDS, "size_class")}
    theirs = source.uscc
    for name in FIELDS:
        if name in take and name not in {"uscc", "traits"}:
            setattr(target, name, getattr(source, name))
    target.traits = (
        {**target.traits, **source.traits} if "traits" in take else {**source.traits, **target.traits}
    )  # what one says and the other does not is known in both cases
    target.size_class = classify(target.industry_id or "", target.employees, target.revenue, target.assets)[0]
    if "uscc" in take:
        _swap_codes(target, source)
    else:
        target.save()
    after = {name: _said(target, name) for name in before}
    changed = {"target": {name: [before[name], after[name]] for name in before if before[name] != after[name]}}
    if source.uscc != theirs:
        changed["source"] = {"uscc": [theirs, source.uscc]}
    return changed


def _swap_codes(one: Enterprise, other: Enterprise) -> None:
    mine, theirs = one.uscc, other.uscc
    other.uscc = f"~{other.pk}"
    other.save(update_fields=["uscc"])
    one.uscc = theirs
    one.save()
    other.uscc = mine
    other.save(update_fields=["uscc"])


def _said(enterprise: Enterprise, name: str) -> Any:
    """The value as JSON keeps it."""
    field = Enterprise._meta.get_field(name)
    value = getattr(enterprise, field.attname)  # type: ignore[union-attr]
    return value if isinstance(value, dict | int | None) else str(value)


def _join_memberships(target: Enterprise, source: Enterprise) -> dict[str, dict]:
    """Who belonged to both keeps the stronger place in the kept record; the other row is put to rest."""
    changed: dict[str, dict] = {}
    Kind = EnterpriseMember.Kind
    for left in EnterpriseMember.objects.filter(enterprise=source, is_active=True):
        held = EnterpriseMember.objects.get(enterprise=target, user=left.user_id)
        kind = Kind.OWNER if Kind.OWNER in {left.kind, held.kind if held.is_active else ""} else Kind.MEMBER
        for row, is_active, now in ((held, True, kind), (left, False, left.kind)):
            if (row.is_active, row.kind) != (is_active, now):
                changed[f"member:{row.pk}"] = {"is_active": [row.is_active, is_active], "kind": [row.kind, now]}
                row.is_active, row.kind = is_active, now
                row.save(update_fields=["is_active", "kind"])
    return changed


def may_be_undone(done: EnterpriseMerge) -> bool:
    return done.undone_at is None and done.at >= timezone.now() - UNDO_WITHIN


@transaction.atomic
def undo(done: EnterpriseMerge, *, by: User) -> EnterpriseMerge:
    """Both records as they were; what was written since stays with the kept one. Raises MergeRefused."""
    _staff_only(by)
    held = _locked(done.source_id, done.target_id)
    done = EnterpriseMerge.objects.select_for_update().get(pk=done.pk)
    if done.undone_at is not None:
        return done
    if not may_be_undone(done):
        raise MergeRefused(_("合并已超过一天，不能撤销。"))
    source, target = held[done.source_id], held[done.target_id]
    if target.merged_into_id is not None:
        raise MergeRefused(_("“%s”之后又并入了别的企业，请先撤销那一次。") % target.name)
    people = _people(target)
    source.merged_into = None
    source.save()
    for each in relations():
        rows = each.rows(target).filter(pk__in=done.moved.get(each.key, []))
        for row in rows:
            _rename(each, row, source)
    for name, (old, new) in done.changed.get("target", {}).items():
        if name != "uscc" and _said(target, name) == new:  # what was changed since is somebody's newer word
            field = Enterprise._meta.get_field(name)
            setattr(target, field.attname, field.to_python(old))  # type: ignore[union-attr]
    if "source" in done.changed and [source.uscc, target.uscc] == done.changed["source"]["uscc"][::-1]:
        _swap_codes(target, source)
    else:
        target.save()
    for key, fields in done.changed.items():
        if key.startswith("member:"):
            row = EnterpriseMember.objects.get(pk=int(key.removeprefix("member:")))
            if all(getattr(row, name) == new for name, (_old, new) in fields.items()):
                for name, (old, _new) in fields.items():
                    setattr(row, name, old)
                row.save(update_fields=list(fields))
    done.undone_at, done.undone_by = timezone.now(), by
    done.save(update_fields=["undone_at", "undone_by"])
    text = _("“%s”的合并已撤销，两家企业恢复原样。") % source.name
    tell({each.pk: each for each in [*people, *_people(source)]}.values(), text, "/me/")
    return done


@transaction.atomic
def settle(done: EnterpriseMerge) -> int:
    """Brings over what was being written to the old record while it was merged. Returns how many rows."""
    _locked(done.source_id, done.target_id)
    done = EnterpriseMerge.objects.select_for_update().select_related("source", "target").get(pk=done.pk)
    if done.undone_at is not None:
        return 0
    target = standing(done.target)
    count = 0
    for each in relations():
        if each.is_history:
            continue
        for row in each.rows(done.source).exclude(pk__in=done.kept.get(each.key, [])):
            if _rename(each, row, target):
                done.moved.setdefault(each.key, []).append(row.pk)
                count += 1
            else:
                done.kept.setdefault(each.key, []).append(row.pk)
    _join_memberships(target, done.source)
    done.save(update_fields=["moved", "kept"])
    return count


def settle_recent() -> int:
    """By the clock, for merges of the last hour."""
    recent = EnterpriseMerge.objects.filter(at__gte=timezone.now() - STRAYS_WITHIN, undone_at=None)
    return sum(settle(each) for each in recent)


def taken(post: Mapping[str, str]) -> set[str]:
    """The fields that a posted form takes from the merged record."""
    return {name for name in FIELDS if post.get(f"take_{name}") == "merged"}
