"""Finds the open needs that newly published products fit, and tells those who asked to be told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from ..matcher import catalogue_for, weights
from ..models import FreshProduct, Need
from ..needs.standing import standing, with_facts
from ..ranking import Catalogue, rank_many
from ..ranking.reverse import Needs, fitting
from .telling import FIRST, News, tell

CHUNK = 500
LEFT = timedelta(minutes=2)  # after which what waits was left by a crash
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
    fresh = dict(FreshProduct.objects.values_list("product_id", "noted_at"))
    if not fresh:
        return 0
    on = timezone.localdate()
    catalogue, in_force = catalogue_for(MEMBER), weights()
    needs, candidates = open_needs(on), set[int]()
    for product, told in zip(catalogue.products, catalogue.profiles, strict=True):
        if product.key in fresh:
            candidates.update(needs.keys[row] for row in fitting(product, needs, in_force, told=told).rows)
    told_now = _tell(sorted(candidates), frozenset(fresh), catalogue, on)
    for product_id, noted_at in fresh.items():  # one published again meanwhile stays for the next time
        FreshProduct.objects.filter(product_id=product_id, noted_at=noted_at).delete()
    return told_now


def _tell(keys: list[int], fresh: frozenset[int], catalogue: Catalogue, on: date) -> int:
    """Those of the needs among whose first products is a fresh one."""
    count, in_force = 0, weights()
    for start in range(0, len(keys), CHUNK):
        chunk = list(with_facts(Need.objects.filter(pk__in=keys[start : start + CHUNK]), on))
        news: defaultdict[int, list[News]] = defaultdict(list)
        lists = rank_many((facts for _need, facts in chunk), catalogue, in_force, FIRST)
        for (need, _facts), shortlist in zip(chunk, lists, strict=True):
            for place, product in enumerate(shortlist.products, 1):
                if product.key in fresh:
                    news[need.pk].append(News(product.key, product.name, place))
        count += sum(tell(key, found) > 0 for key, found in news.items())
    return count


def take_up() -> bool:
    """Puts what a crash has left into the queue again."""
    from .tasks import look_through as task

    is_left = FreshProduct.objects.filter(noted_at__lt=timezone.now() - LEFT).exists()
    if is_left:
        task.enqueue()
    return is_left
