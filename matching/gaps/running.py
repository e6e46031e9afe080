"""Works a report out and keeps it. One at a time; a second try begins anew, and what was there before stays until it is done."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import notify
from accounts.leases import LeaseLost, hold, take
from accounts.models import User

from ..models import GapReport, Need, UnmetNeed
from ..needs.standing import standing, with_facts
from ..ranking.gaps import Asked, find

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
KEPT = timedelta(days=400)
TELL_EVERY = 0.5  # seconds between two words about how far it is
BATCH = 2000
State = GapReport.State


def request(by: User | None = None) -> GapReport:
    """A report over all that is open now; the one that is being worked out, where there is one."""
    from .tasks import run_report

    try:
        with transaction.atomic():
            report = GapReport.objects.create(by=by, leased_until=timezone.now() + LEASE)
            run_report.enqueue(report.pk)
            return report
    except IntegrityError:
        running = GapReport.objects.filter(finished_at=None).first()
        return running if running is not None else request(by)


def run(pk: int) -> None:
    """What the queue calls, as often as it likes."""
    token = take(GapReport.objects.filter(pk=pk, finished_at=None), LEASE, state=State.RUNNING, done=0)
    if token is None:
        return
    report = GapReport.objects.select_related("by").get(pk=pk)
    if report.attempts > MOST_ATTEMPTS:
        _end(report, token, state=State.FAILED)
        return
    try:
        _work_out(report, token)
    except LeaseLost:
        return
    except Exception:
        GapReport.objects.filter(pk=pk, lease=token).update(lease="")
        raise


def _work_out(report: GapReport, token: str) -> None:
    from ..alerts.finding import MEMBER
    from ..matcher import catalogue_for

    as_of = timezone.now()
    on = timezone.localdate(as_of)
    count = standing(on).count()
    progress = _teller(report, token, 2 * count)
    asked = []
    for each in _asked(on):
        asked.append(each)
        progress(len(asked), count)
    found = find(asked, catalogue_for(MEMBER), lambda done, _total: progress(count + done, 2 * count))
    members, places = found.members(), {each.key: each.places for each in found.unmet}
    with transaction.atomic():
        _end(report, token, state=State.DONE, as_of=as_of, figures=found.shown())
        UnmetNeed.objects.all().delete()
        still = set(Need.objects.filter(pk__in=list(places)).values_list("pk", flat=True)) if places else set()
        UnmetNeed.objects.bulk_create(
            (
                UnmetNeed(report=report, figure=figure, need_id=key, **places[key])
                for figure, keys in members.items()
                for key in keys
                if key in still
            ),
            batch_size=BATCH,
        )
        GapReport.objects.filter(created_at__lt=as_of - KEPT).delete()
        if report.by is not None:
            notify(report.by, _("需求空白已算好，可以查看"), "/desk/gaps/")


def _asked(on: Any) -> Iterator[Asked]:
    for need, facts in with_facts(standing(on), on):
        industry = need.enterprise.industry
        places = {
            "region": need.region_id or need.enterprise.region_id or "",
            "industry": industry.section if industry else "",
            "kind": need.kinds[0] if len(need.kinds) == 1 else "",
        }
        yield Asked(need.pk, need.enterprise_id, facts, places)


def _teller(report: GapReport, token: str, total: int) -> Callable[[int, int], None]:
    last = 0.0

    def tell(done: int, _of: int) -> None:
        nonlocal last
        if time.monotonic() - last < TELL_EVERY:
            return
        last = time.monotonic()
        until = timezone.now() + LEASE
        hold(GapReport.objects.filter(pk=report.pk), token, done=done, total=total, leased_until=until)

    return tell


def _end(report: GapReport, token: str, **fields: Any) -> None:
    fields |= {"finished_at": timezone.now(), "done": F("total"), "is_the_one": None}
    hold(GapReport.objects.filter(pk=report.pk), token, lease="", leased_until=None, **fields)


def take_up() -> int:
    """What a crash left over goes into the queue again; how many."""
    from .tasks import run_report

    keys = list(
        GapReport.objects.filter(finished_at=None, leased_until__lt=timezone.now()).values_list("pk", flat=True)
    )
    for pk in keys:
        run_report.enqueue(pk)
    return len(keys)
