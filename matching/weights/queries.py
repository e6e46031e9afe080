"""Reads of the weights: what is in force and since when, the history with its differences, a preview in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Industry, Region, SizeClass, User
from accounts.roles import Role

from ..models import JudgedNeed, Need, WeightPreview, WeightSet
from ..models.needs import money_range
from ..ranking.comparing import REST
from ..ranking.scoring import TERMS
from .preview import UNSAID

SUPERVISING = (Role.SUPERVISOR, Role.ADMINISTRATOR)
DIMENSIONS = ("region", "size_class", "industry")
UNFOLDED = 8  # groups of a kind that are seen at once


def label(term: str) -> str:
    """用途对得上 — the first words of what `scoring.TERMS` says."""
    return TERMS[term].partition("：")[0]


def explanation(term: str) -> str:
    return TERMS[term].partition("：")[2]


def shares(terms: Mapping[str, float]) -> dict[str, float]:
    """Each term's share in %, to one decimal."""
    total = sum(terms.get(name, 0.0) for name in TERMS) or 1.0
    return {name: round(100 * terms.get(name, 0.0) / total, 1) for name in TERMS}


@dataclass(frozen=True)
class Row:
    """One term: what it counts under each of two sets."""

    name: str
    label: str
    before: float
    after: float
    share_before: float
    share_after: float

    @property
    def is_changed(self) -> bool:
        """Whether it was set otherwise; the shares of all others follow, which is no news of theirs."""
        return self.before != self.after and self.share_before != self.share_after

    @property
    def is_raised(self) -> bool:
        return self.share_after > self.share_before


def rows(before: Mapping[str, float], after: Mapping[str, float]) -> list[Row]:
    was, becomes = shares(before), shares(after)
    return [
        Row(name, label(name), before.get(name, 0.0), after.get(name, 0.0), was[name], becomes[name]) for name in TERMS
    ]


@dataclass(frozen=True)
class Version:
    """A saved set with what it changed against what was in force when it was saved."""

    set: WeightSet
    differences: list[Row]
    is_in_force: bool
    is_to_come: bool


def history() -> list[Version]:
    """Newest first. One query: versions are few."""
    sets = list(WeightSet.objects.select_related("author", "copied_from"))
    in_force = next((each.number for each in sets if each.has_begun), None)
    return [
        Version(
            each,
            [row for row in rows(each.before, each.terms) if row.is_changed],
            each.number == in_force,
            not each.has_begun and (in_force is None or each.number > in_force),
        )
        for each in sets
    ]


@dataclass(frozen=True)
class Since:
    """When a term got the share that it has, and why; the file's where no set changed it."""

    at: datetime | None
    why: str


def since(versions: Iterable[Version]) -> dict[str, Since]:
    """Term → since when it counts what it counts now."""
    found = {name: Since(None, "") for name in TERMS}
    begun = [each for each in versions if each.set.has_begun]
    for version in reversed(begun):
        for row in version.differences:
            found[row.name] = Since(version.set.in_force_from, version.set.why)
    return found


def previews_visible_to(user: Any) -> QuerySet[WeightPreview]:
    """All of them for supervisors and administrators, who decide together; none for others."""
    if not user.is_authenticated or not user.roles & set(SUPERVISING):
        return WeightPreview.objects.none()
    return WeightPreview.objects.select_related("author", "saved_as__author")


def unsaved_of(user: User) -> list[WeightPreview]:
    """What this person looked at and has not saved, newest first."""
    return list(WeightPreview.objects.filter(author=user, saved_as=None)[:5])


def judged_count() -> int:
    """Sentences that a preview is judged by."""
    return JudgedNeed.objects.count()


@dataclass(frozen=True)
class Fairness:
    """One way to tell enterprises apart: its groups, those for whom it gets worse first."""

    title: str
    first: list[dict[str, Any]]
    others: list[dict[str, Any]]  # folded

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.first + self.others


def fairness(results: Mapping[str, Any]) -> list[Fairness]:
    """The groups of a preview with their names. Two queries."""
    titles = {"region": _("按所在地"), "size_class": _("按规模"), "industry": _("按行业门类")}
    groups = results.get("groups", {})
    names: dict[str, dict[Any, Any]] = {
        "region": dict(Region.objects.filter(pk__in=_codes(groups, "region")).values_list("code", "full_name")),
        "size_class": dict(SizeClass.choices),
        "industry": dict(
            Industry.objects.filter(level=1, section__in=_codes(groups, "industry")).values_list("section", "name")
        ),
    }
    common = {UNSAID: _("没有填"), REST: _("其余各组合计")}
    found = []
    for dimension in DIMENSIONS:
        rows = [
            row | {"name": common.get(row["code"]) or names[dimension].get(row["code"], row["code"])}
            for row in groups.get(dimension, ())
        ]
        rows.sort(key=_worse)
        found.append(Fairness(titles[dimension], rows[:UNFOLDED], rows[UNFOLDED:]))
    return found


def _worse(row: Mapping[str, Any]) -> tuple[float, float]:
    """For whom it gets worse first: that is what a supervisor has to see."""
    before, after = row["scores"]
    return (row["fits"][1] - row["fits"][0], (after or 0.0) - (before or 0.0))


def _codes(groups: Mapping[str, Any], dimension: str) -> list[str]:
    return [row["code"] for row in groups.get(dimension, ())]


def judged(results: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the judged sentences say, in the words that are kept of them now: an erasure reaches old previews too. One query."""
    found = results.get("judged")
    if not found:
        return None
    keys = [row["sentence"] for row in found["changed"]]
    texts = dict(JudgedNeed.objects.filter(pk__in=keys).values_list("pk", "text"))
    rows = [row | {"text": texts[row["sentence"]]} for row in found["changed"] if row["sentence"] in texts]
    return found | {"changed": rows}


def examples(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Needs whose first product changes, without the words or the name of anybody. One query."""
    found = results.get("examples", [])
    needs = {each.pk: each for each in Need.objects.filter(pk__in=[row["need"] for row in found])}
    return [
        row | {"url": needs[row["need"]].get_absolute_url(), "asks": _asks(needs[row["need"]])}
        for row in found
        if row["need"] in needs
    ]


def _asks(need: Need) -> str:
    parts = [money_range(need.amount_low, need.amount_high), *need.labels("purposes"), *need.labels("kinds")]
    return "、".join(part for part in parts if part) or _("没有写明金额和用途")
