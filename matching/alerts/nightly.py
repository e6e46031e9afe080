"""Every night all open needs are matched again: rates float, products open and close, days pass.

A run is kept only where something else is found than before. A worker takes the night by a lease that it prolongs with
each chunk and goes on where a killed one stopped; what fails three times in one place is given up."""

import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.leases import LeaseLost, hold, take

from ..gaps.running import request as look_for_gaps
from ..matcher import catalogue_for, weights
from ..models import MatchRun, Need, NightlyMatch
from ..needs.standing import standing, with_facts
from ..ranking import Catalogue, Ranking, Weights, rank_many
from ..ranking.result import plain, plain_nearly
from .finding import MEMBER, known, latest_runs
from .telling import FIRST, News, tell

CHUNK = 200
LIMIT = 10  # as many as a need's page shows
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
BUDGET = 60  # seconds of one task; another goes on
HOURS = range(1, 6)  # of the night
LATEST = timedelta(hours=30)  # without a run, it is begun at any hour
KEPT = timedelta(days=60)


def begin() -> NightlyMatch | None:
    """Today's, unless it has been begun or it is day and the last one is not long ago."""
    from .tasks import match_nightly

    now = timezone.localtime()
    last = NightlyMatch.objects.first()
    if last is not None and (last.on == now.date() or (now.hour not in HOURS and now - last.started_at < LATEST)):
        return None
    with transaction.atomic():
        night, is_new = NightlyMatch.objects.get_or_create(
            on=now.date(), defaults={"total": standing(now.date()).count(), "leased_until": now + LEASE}
        )
        if is_new:
            NightlyMatch.objects.filter(started_at__lt=now - KEPT).delete()
            match_nightly.enqueue(night.pk)
    return night if is_new else None


def run(pk: int) -> None:
    """What the queue calls, as often as it likes."""
    token = take(NightlyMatch.objects.filter(pk=pk, finished_at=None), LEASE)
    if token is None:
        return
    night = NightlyMatch.objects.get(pk=pk)
    if night.attempts > MOST_ATTEMPTS:
        _end(night, token)
        return
    try:
        _go_on(night, token)
    except LeaseLost:
        return
    except Exception:
        _held(night, token, lease="")
        raise


def _go_on(night: NightlyMatch, token: str) -> None:
    from .tasks import match_nightly

    end = time.monotonic() + BUDGET
    catalogue, in_force = catalogue_for(MEMBER), weights()
    while True:
        keys = list(standing(night.on).filter(pk__gt=night.cursor).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not keys:
            _end(night, token)
            return
        changed = _match(keys, night, catalogue, in_force)
        night.cursor, night.done, night.changed = keys[-1], night.done + len(keys), night.changed + changed
        until = timezone.now() + LEASE
        _held(night, token, cursor=night.cursor, done=night.done, changed=night.changed, leased_until=until, attempts=0)
        if time.monotonic() > end:
            with transaction.atomic():
                _held(night, token, lease="")
                match_nightly.enqueue(night.pk)
            return


@transaction.atomic
def _end(night: NightlyMatch, token: str) -> None:
    """What fits nothing is looked for after it, with the same products and needs."""
    _held(night, token, finished_at=timezone.now(), lease="", leased_until=None)
    look_for_gaps()


def _held(night: NightlyMatch, token: str, **fields: Any) -> None:
    hold(NightlyMatch.objects.filter(pk=night.pk), token, **fields)


def _match(keys: list[int], night: NightlyMatch, catalogue: Catalogue, in_force: Weights) -> int:
    """Matches these needs; of how many the results have changed."""
    runs = latest_runs(keys)
    chunk = list(with_facts(Need.objects.filter(pk__in=keys), night.on))
    changed = 0
    lists = rank_many((facts for _need, facts in chunk), catalogue, in_force, LIMIT)
    for (need, _facts), shortlist in zip(chunk, lists, strict=True):
        before = runs.get(need.pk)
        if before is not None and _numbers(before) == [
            (product.key, round(float(score), 6))
            for product, score in zip(shortlist.products, shortlist.scores, strict=True)
        ]:
            continue
        ranking = shortlist.ranking()
        results, nearly = kept(ranking)
        if before is not None and _told(before.results) == _told(results):
            continue
        changed += _keep(need, results, nearly, ranking.weights_version, _news(before, ranking))
    return changed


def _news(before: MatchRun | None, ranking: Ranking) -> list[News]:
    """What came among the first since. Where products are weighed otherwise than before, they change places and none is new."""
    if before is None or before.weights_version != ranking.weights_version:
        return []
    there = known(before)
    return [
        News(each.product.key, each.product.name, place)
        for place, each in enumerate(ranking.results[:FIRST], 1)
        if each.product.key not in there
    ]


@transaction.atomic
def _keep(need: Need, results: list[dict], nearly: list[dict], version: str, news: list[News]) -> bool:
    """And tells what is new, both or neither. Unless the need was changed, ended or looked at by somebody since we read it."""
    now = Need.objects.select_for_update().filter(pk=need.pk, status=Need.Status.OPEN, updated_at=need.updated_at)
    if not now.exists():
        return False
    MatchRun.objects.create(
        need=need, occasion=MatchRun.Occasion.NIGHTLY, weights_version=version, results=results, nearly=nearly
    )
    if news:
        tell(need.pk, news)
    return True


def _numbers(run: MatchRun) -> list[tuple[Any, float]]:
    return [(row["product"], row["score"]) for row in run.results]


def _told(results: list[dict]) -> list[tuple]:
    """What an enterprise would notice: which products, in which order, for what reasons."""
    return [(row["product"], *row["reasons"], "|", *row["fails"]) for row in results]


def kept(ranking: Ranking) -> tuple[list[dict], list[dict]]:
    """As `Matches.kept`, without the rows of the catalogue."""
    results = [{"product": each.product.key} | plain(each) for each in ranking.results]
    return results, [{"product": each.product.key} | plain_nearly(each) for each in ranking.nearly]


def take_up() -> int:
    """What a crash left over goes into the queue again; how many."""
    from .tasks import match_nightly

    left = NightlyMatch.objects.filter(finished_at=None, leased_until__lt=timezone.now())
    keys = list(left.values_list("pk", flat=True))
    for pk in keys:
        match_nightly.enqueue(pk)
    return len(keys)
