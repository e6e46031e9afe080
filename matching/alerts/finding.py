"""Finds the open needs that newly published products fit, and tells those who asked to be told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from ..matcher import catalogue_for, weights
from ..models import FreshProduct, MatchRun, Need
from ..needs.standing import standing, with_facts
from ..ranking import Catalogue, rank_many
from ..ranking.reverse import Needs, fitting
from .telling import FIRST, News, tell

CHUNK = 500
LEFT = timedelta(minutes=2)  # after which what nobody has taken was left by a crash
LEASE = timedelta(minutes=11)  # of what a worker has taken: longer than the queue lets a task run
MOST_ATTEMPTS = 3
MEMBER = type("Member", (), {"is_authenticated": True})()  # those who submitted a need have signed in


def waiting(on: date) -> QuerySet[Need]:
    """Needs whose people asked to be told."""
    return standing(on).filter(tells_new=True)


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[Any, ...]
    needs: Needs


_kept: _Kept | None = None
_lock = Lock()


def open_needs(on: date) -> Needs:
    """The columns over all that wait, kept by this process until one of them or its enterprise changes."""
    global _kept  # noqa: PLW0603
    found = waiting(on).aggregate(Count("pk"), Max("pk"), Max("updated_at"), Max("enterprise__updated_at"))
    stamp = (on, *(found[name] for name in sorted(found)))
    with _lock:
        if _kept is None or _kept.stamp != stamp:
            _kept = None  # its memory first
            _kept = _Kept(stamp, Needs((need.pk, facts) for need, facts in with_facts(waiting(on), on)))
        return _kept.needs


def look_through() -> int:
    """Holds what waits against the open needs; how many needs were told. Twice does no harm: nobody is told twice."""
    now = timezone.now()
    fresh = _take(now)
    mine = FreshProduct.objects.filter(tried_at=now)  # what is published again meanwhile waits for the next time
    try:
        told = _look_through(fresh) if fresh else 0
    except Exception:
        mine.update(tried_at=None)
        raise
    mine.delete()
    return told


def _take(now: datetime) -> frozenset[int]:
    """The products that wait and that no other worker has. What failed three times is given up: the night looks at all."""
    free = FreshProduct.objects.filter(Q(tried_at=None) | Q(tried_at__lt=now - LEASE))
    free.filter(attempts__gte=MOST_ATTEMPTS).delete()
    free.update(tried_at=now, attempts=F("attempts") + 1)
    return frozenset(FreshProduct.objects.filter(tried_at=now).values_list("product_id", flat=True))


def _look_through(fresh: frozenset[int]) -> int:
    on = timezone.localdate()
    catalogue, in_force = catalogue_for(MEMBER), weights()
    needs, candidates = open_needs(on), set[int]()
    for product, told in zip(catalogue.products, catalogue.profiles, strict=True):
        if product.key in fresh:
            candidates.update(needs.keys[row] for row in fitting(product, needs, in_force, told=told).rows)
    return _tell(sorted(candidates), fresh, catalogue, on)


def latest_runs(needs: list[int]) -> dict[int, MatchRun]:
    """What was found for each of these needs last."""
    latest = MatchRun.objects.filter(need=OuterRef("need")).order_by("-pk").values("pk")[:1]
    return {run.need_id: run for run in MatchRun.objects.filter(need__in=needs, pk=Subquery(latest))}


def known(run: MatchRun | None) -> set[int]:
    """The products that a need's people have in their list already."""
    return set() if run is None else {row["product"] for row in run.results}


def _tell(keys: list[int], fresh: frozenset[int], catalogue: Catalogue, on: date) -> int:
    """Those of the needs among whose first products is a fresh one that was not in their list before."""
    count, in_force = 0, weights()
    for start in range(0, len(keys), CHUNK):
        chunk = list(with_facts(Need.objects.filter(pk__in=keys[start : start + CHUNK]), on))
        news: defaultdict[int, list[News]] = defaultdict(list)
        runs = latest_runs([need.pk for need, _facts in chunk])
        lists = rank_many((facts for _need, facts in chunk), catalogue, in_force, FIRST)
        for (need, _facts), shortlist in zip(chunk, lists, strict=True):
            before = known(runs.get(need.pk))
            for place, product in enumerate(shortlist.products, 1):
                if product.key in fresh and product.key not in before:
                    news[need.pk].append(News(product.key, product.name, place))
        count += sum(tell(key, found) > 0 for key, found in news.items())
    return count


def take_up() -> bool:
    """Puts what a crash has left into the queue again."""
    from .tasks import look_through as task

    now = timezone.now()
    left = Q(tried_at=None, noted_at__lt=now - LEFT) | Q(tried_at__lt=now - LEASE)
    is_left = FreshProduct.objects.filter(left).exists()
    if is_left:
        task.enqueue()
    return is_left
