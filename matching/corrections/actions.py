"""Keeping a correction and deciding on it: one transaction each."""

import hashlib
import json
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.transitions import TransitionRefused

from ..models import CorrectionSource, Need, ParseCorrection
from .difference import DATES, is_worth_a_look, masked, values_of
from .states import MACHINE, SUPERVISOR, State

KEPT = timedelta(days=365)


@transaction.atomic
def note(need: Need, read: Need) -> ParseCorrection | None:
    """`read`: what the parser makes of the need's sentence, see `needs.reading.need_of`. A need is a source of one
    correction at most: of the last thing that its people said, or of the one that staff adopted."""
    if CorrectionSource.objects.filter(need=need, correction__state=State.ADOPTED).exists():
        return None
    _forget(CorrectionSource.objects.filter(need=need))
    for name in {mark["field"] for mark in need.marks} & set(DATES):
        setattr(read, name, getattr(need, name))  # 下个月20号 as it was read on the day when it was said
    if not need.text or not is_worth_a_look(need.text, read, need):
        return None
    text, parsed, corrected = masked(need), values_of(read), values_of(need)
    key = hashlib.sha256(json.dumps([text, parsed, corrected], sort_keys=True).encode()).hexdigest()
    now = timezone.now()
    found, _made = ParseCorrection.objects.get_or_create(
        key=key, defaults={"text": text, "parsed": parsed, "corrected": corrected, "last_at": now}
    )
    ParseCorrection.objects.filter(pk=found.pk).update(count=F("count") + 1, last_at=now)
    CorrectionSource.objects.create(correction=found, need=need)
    found.refresh_from_db()
    return found


@transaction.atomic
def step(correction: ParseCorrection, name: str, *, by: User) -> ParseCorrection:
    """Adopts, rejects or reopens. Raises TransitionRefused; the same answer twice is one."""
    correction = ParseCorrection.objects.select_for_update().get(pk=correction.pk)
    if correction.state == MACHINE[name].target:
        return correction
    MACHINE.apply(correction, name, {SUPERVISOR})
    is_open = correction.state == State.PENDING
    correction.decided_by, correction.decided_at = (None, None) if is_open else (by, timezone.now())
    correction.save(update_fields=["state", "decided_by", "decided_at"])
    return correction


@transaction.atomic
def forget_needs_of(needs: list[Need]) -> None:
    """An enterprise is erased: what only it said goes, decided or not."""
    _forget(CorrectionSource.objects.filter(need__in=needs))


@transaction.atomic
def forget_old(now: datetime | None = None) -> int:
    """What nobody adopted within a year of being said last, and what was not to be adopted, goes; how many rows."""
    old = ParseCorrection.objects.exclude(state=State.ADOPTED).filter(last_at__lt=(now or timezone.now()) - KEPT)
    count = old.count()
    old.delete()
    return count


def _forget(sources) -> None:
    for source in list(sources.select_related("correction")):
        source.delete()
        correction = source.correction
        if correction.sources.exists():
            ParseCorrection.objects.filter(pk=correction.pk).update(count=F("count") - 1)
        else:
            correction.delete()


__all__ = ["KEPT", "TransitionRefused", "forget_needs_of", "forget_old", "note", "step"]
