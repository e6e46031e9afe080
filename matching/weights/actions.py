"""Every change of the weights: asking for a preview, saving what was previewed, taking a version back."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.wording import clock

from ..matcher import weights
from ..models import WeightPreview, WeightSet
from ..ranking.scoring import TERMS
from . import tasks

LARGEST = 10


class BadTerms(ValueError):
    """These are no weights; the text says what to mend."""


class Outdated(Exception):
    """Somebody saved a newer version meanwhile."""

    def __init__(self, newest: WeightSet) -> None:
        self.newest = newest
        super().__init__(
            _(
                "%(who)s 已在 %(when)s 保存了第 %(number)s 版。您填的都还在；请先看看与新版相比的影响，再决定要不要保存。"
            )
            % {"who": newest.author, "when": clock(newest.created_at), "number": newest.number}
        )


class NotPreviewed(Exception):
    """Saving comes after the preview."""


class NothingToTakeBack(Exception):
    """The version is the one in force."""


def checked(terms: Mapping[str, Any]) -> dict[str, float]:
    """Every term of the score with its weight 0–10, in the order of `scoring.TERMS`. Raises BadTerms."""
    if set(terms) != set(TERMS):
        raise BadTerms(_("每一项都要有比重，也只能是这几项：%s") % "、".join(TERMS))
    found = {name: float(terms[name]) for name in TERMS}
    if not all(0 <= weight <= LARGEST for weight in found.values()):
        raise BadTerms(_("比重在 0 到 %s 之间。") % LARGEST)
    if not any(found.values()):
        raise BadTerms(_("至少有一项的比重要大于 0。"))
    return found


def newest_number() -> int:
    """Number of the newest version, whether it has begun or not; 0 before the first."""
    return WeightSet.objects.aggregate(newest=Max("number"))["newest"] or 0


@transaction.atomic
def preview(*, terms: Mapping[str, Any], by: User, why: str = "") -> WeightPreview:
    """Has the queue work out what these weights would change, against those in force. Raises BadTerms."""
    now = weights()
    found = WeightPreview.objects.create(
        terms=checked(terms),
        why=why,
        base_number=newest_number(),
        base_version=now.version,
        base_terms=dict(now.terms),
        author=by,
    )
    tasks.run_preview.enqueue(found.pk)
    return found


@transaction.atomic
def save(*, preview: WeightPreview, why: str, by: User, starts_on: date | None = None) -> WeightSet:
    """A new version of what was previewed, in force from the beginning of `starts_on`, else at once.

    Raises NotPreviewed, and Outdated when a version was saved since the preview was asked for."""
    preview = WeightPreview.objects.select_for_update(of=("self",)).select_related("saved_as").get(pk=preview.pk)
    if preview.saved_as is not None:  # the same form twice, or at the same moment
        return preview.saved_as
    if preview.state != WeightPreview.State.DONE:
        raise NotPreviewed(_("影响还没有算好，算好后才能保存。"))
    made = add(terms=preview.terms, why=why, by=by, based_on=preview.base_number, starts_on=starts_on)
    preview.saved_as, preview.why = made, why
    preview.save(update_fields=["saved_as", "why"])
    return made


def take_back(*, old: WeightSet, based_on: int, by: User) -> WeightSet:
    """A new version that copies an old one and is in force at once. Raises NothingToTakeBack, Outdated."""
    if weights().version == old.version:
        raise NothingToTakeBack(_("第 %s 版正在使用。") % old.number)
    why = _("恢复第 %(number)s 版：%(why)s") % {"number": old.number, "why": old.why}
    return add(terms=old.terms, why=why[:300], by=by, based_on=based_on, copied_from=old)


def add(
    *,
    terms: Mapping[str, Any],
    why: str,
    by: User,
    based_on: int,
    starts_on: date | None = None,
    copied_from: WeightSet | None = None,
) -> WeightSet:
    """The version after `based_on`; of many at once one is written, the others hear Outdated. The trail records it."""
    try:
        return _add(checked(terms), why, by, based_on, starts_on, copied_from)
    except IntegrityError as error:  # two first versions: there was no row to lock
        newest = WeightSet.objects.select_related("author").first()
        if newest is None or newest.number <= based_on:
            raise
        raise Outdated(newest) from error


@transaction.atomic
def _add(
    terms: dict[str, float], why: str, by: User, based_on: int, starts_on: date | None, copied_from: WeightSet | None
) -> WeightSet:
    if _locked_newest() != based_on:
        raise Outdated(WeightSet.objects.select_related("author").latest("number"))
    return WeightSet.objects.create(
        number=based_on + 1,
        terms=terms,
        before=dict(weights().terms),
        why=why,
        author=by,
        in_force_from=_begins(starts_on),
        copied_from=copied_from,
    )


def _locked_newest() -> int:
    """The newest number while nobody else can add one: the newest row is locked, then the number read again."""
    WeightSet.objects.select_for_update().order_by("-number").values_list("pk", flat=True).first()
    return newest_number()


def _begins(starts_on: date | None) -> datetime:
    now = timezone.now()
    if starts_on is None or starts_on <= timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(starts_on, time.min))
