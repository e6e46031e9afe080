"""Works out what other weights would change, and keeps it: on the judged sentences, on recent needs, for groups of firms.

One worker at a time, by a lease; a second try begins anew, so that nothing is counted twice. Bounded: at most `MOST`
needs of the last `DAYS` days, newest first, a chunk in memory at a time."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import notify
from accounts.leases import LeaseLost, hold, take

from ..matcher import catalogue_for, need_facts
from ..models import Need, WeightPreview
from ..ranking import Catalogue, Weights
from ..ranking.comparing import Tally, compare
from . import judged

DAYS = 90
MOST = 5_000  # needs looked at
CHUNK = 100
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
KEPT = timedelta(days=30)
WORTH_A_NOTICE = timedelta(seconds=20)
UNSAID = "-"  # the group of enterprises that did not say
State = WeightPreview.State


def run(pk: int) -> None:
    """What the queue calls, as often as it likes."""
    waiting = WeightPreview.objects.filter(pk=pk, finished_at=None)
    token = take(waiting, LEASE, state=State.RUNNING, done=0, total=0)
    if token is None:
        return
    preview = WeightPreview.objects.select_related("author").get(pk=pk)
    if preview.attempts > MOST_ATTEMPTS:
        _finish(preview, token, State.FAILED, {})
        return
    try:
        _finish(preview, token, State.DONE, _results(preview, token))
    except LeaseLost:
        return


def _results(preview: WeightPreview, token: str) -> dict[str, Any]:
    before = Weights(preview.base_version, preview.base_terms)
    after = Weights("", preview.terms)
    catalogue = catalogue_for(preview.author)
    keys = list(recent().values_list("pk", flat=True)[:MOST])
    sentences = judged.sentences()
    total = len(sentences) + len(keys)
    _go_on(preview, token, 0, total)
    told = judged.compare(sentences, catalogue, before, after)
    tally = Tally()
    for start in range(0, len(keys), CHUNK):
        _go_on(preview, token, len(sentences) + start, total)
        _add(tally, keys[start : start + CHUNK], catalogue, before, after)
    return {
        "judged": told,
        "needs": tally.result() | {"days": DAYS, "most": MOST, "is_sample": len(keys) == MOST},
        "products": len(catalogue),
    }


def recent() -> QuerySet[Need]:
    """Needs of the last `DAYS` days, newest first."""
    since = timezone.now() - timedelta(days=DAYS)
    return Need.objects.filter(created_at__gte=since).order_by("-created_at", "-pk")


def _add(tally: Tally, keys: list[int], catalogue: Catalogue, before: Weights, after: Weights) -> None:
    for need in Need.objects.filter(pk__in=keys).select_related("enterprise__industry").order_by("-created_at", "-pk"):
        firm = need.enterprise
        groups = {
            "region": need.region_id or firm.region_id or UNSAID,
            "size_class": firm.size_class or UNSAID,
            "industry": firm.industry.section if firm.industry else UNSAID,
        }
        facts = need_facts(need, firm)
        tally.add(need.pk, firm.pk, groups, compare(facts, catalogue, before, after))


def _go_on(preview: WeightPreview, token: str, done: int, total: int) -> None:
    until = timezone.now() + LEASE
    hold(WeightPreview.objects.filter(pk=preview.pk), token, done=done, total=total, leased_until=until)


@transaction.atomic
def _finish(preview: WeightPreview, token: str, state: str, results: dict[str, Any]) -> None:
    now = timezone.now()
    ended = WeightPreview.objects.filter(pk=preview.pk, lease=token).update(
        state=state, results=results, finished_at=now, done=F("total"), lease="", leased_until=None
    )
    if ended and now - preview.created_at > WORTH_A_NOTICE:
        text = _("调整权重的影响已算好，可以查看") if state == State.DONE else _("调整权重的影响没有算成，请看说明")
        notify(preview.author, text, preview.get_absolute_url())


def take_up() -> int:
    """What a crash left over goes into the queue again; how many."""
    from .tasks import run_preview

    now = timezone.now()
    left = WeightPreview.objects.filter(finished_at=None).filter(
        Q(leased_until__lt=now) | Q(leased_until=None, created_at__lt=now - LEASE)
    )
    keys = list(left.values_list("pk", flat=True))
    for pk in keys:
        run_preview.enqueue(pk)
    return len(keys)


def forget() -> int:
    """Previews that came to nothing go after 30 days; how many."""
    old = WeightPreview.objects.filter(saved_as=None, created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
