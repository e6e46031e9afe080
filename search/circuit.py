"""The circuit breaker of Elasticsearch.

One failure opens it: the embedded engine answers just as well, so nothing is lost by being quick. Its state is a row that
every answer reads, so all processes know at once. While it is open nobody asks Elasticsearch; when `retry_at` has come, one
process puts one task into the queue, which tries, rebuilds what is missing, delivers what waits, and only then closes it.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from .engines import remote
from .errors import EngineDown
from .models import Change, EngineState

logger = logging.getLogger(__name__)
NAME = "elastic"
FIRST, LONGEST = timedelta(seconds=2), timedelta(seconds=60)  # between two tries
RELAPSE = timedelta(minutes=1)  # a failure so soon after a recovery counts on
SLOW_SECONDS = 0.25
SLOW_CALLS = 2  # in a row open it

_lock = threading.Lock()
_away_until = 0.0  # this process's own memory, should the row be lost with a transaction
_slow = 0


def may_answer(kinds: Iterable[str]) -> bool:
    """Elasticsearch is there, well, and has every change of these kinds. One query; none where it is not configured."""
    if remote() is None:
        return False
    wanted = list(kinds)
    places = ", ".join(["%s"] * len(wanted)) or "NULL"
    # Written out: every answer asks, and to make Django compile it takes ten times as long as the database needs.
    sql = (
        f"SELECT usable, retry_at <= %s, EXISTS (SELECT 1 FROM {Change._meta.db_table} WHERE remote AND kind IN ({places}))"  # noqa: S608
        f" FROM {EngineState._meta.db_table} WHERE name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [connection.ops.adapt_datetimefield_value(timezone.now()), *wanted, NAME])
        row = cursor.fetchone()
    if row is None:
        return False
    is_usable, is_time, is_behind = row
    if not is_usable:
        if is_time:
            _send_for_help()
        return False
    return not is_behind and not is_away()


def is_away() -> bool:
    """This process has just seen it fail."""
    return time.monotonic() < _away_until


def usable() -> bool:
    return remote() is not None and EngineState.objects.filter(pk=NAME, usable=True).exists()


def claim() -> bool:
    """Whether the caller is the one to try now; nobody else is for a while."""
    now = timezone.now()
    _have_row()
    due = EngineState.objects.filter(pk=NAME, usable=False, retry_at__lte=now)
    return bool(due.update(retry_at=now + LONGEST))


def _have_row() -> None:
    now = timezone.now()
    EngineState.objects.get_or_create(pk=NAME, defaults={"since": now, "retry_at": now, "reason": "new"})


def still_trying() -> None:
    """Told from time to time by the one who tries, so that nobody else begins."""
    EngineState.objects.filter(pk=NAME, usable=False).update(retry_at=timezone.now() + LONGEST)


def _send_for_help() -> None:
    if claim():
        from .tasks import heal_engine

        heal_engine.enqueue()


def failed(error: EngineDown) -> None:
    global _away_until  # noqa: PLW0603
    with _lock:
        _away_until = time.monotonic() + FIRST.total_seconds()
    now = timezone.now()
    row = EngineState.objects.filter(pk=NAME).first() or EngineState(pk=NAME, since=now)
    if row.usable or not row.failures:
        logger.warning("search: Elasticsearch is left alone (%s): %s", error.reason, error.detail)
    relapsed = not row.usable or now - row.since < RELAPSE
    row.failures = row.failures + 1 if relapsed else 1
    row.since = now if row.usable else row.since
    row.usable, row.reason, row.detail = False, error.reason, error.detail
    row.retry_at = now + min(FIRST * 2 ** min(row.failures - 1, 10), LONGEST)
    row.save()


def recovered() -> None:
    global _away_until, _slow
    with _lock:
        _away_until, _slow = 0.0, 0
    _have_row()  # the first time, nobody has claimed it
    changed = EngineState.objects.filter(pk=NAME, usable=False)
    if changed.update(usable=True, reason="", detail="", since=timezone.now()):
        logger.warning("search: Elasticsearch answers again")


def took(seconds: float) -> bool:
    """Notes how long a call took; False when it was too slow to ask for more in this answer."""
    global _slow  # noqa: PLW0603
    with _lock:
        _slow = _slow + 1 if seconds > SLOW_SECONDS else 0
        too_slow = _slow >= SLOW_CALLS
    if too_slow:
        failed(EngineDown("slow", f"{seconds:.2f} s"))
    return seconds <= SLOW_SECONDS


def trouble() -> EngineState | None:
    """What staff are told: None while all is well or Elasticsearch is not used."""
    if remote() is None:
        return None
    row = EngineState.objects.filter(pk=NAME).first()
    return None if row is not None and row.usable else row or EngineState(pk=NAME, reason="new", since=timezone.now())
