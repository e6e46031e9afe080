"""A step of an import in the queue: one worker at a time, a chunk a transaction, going on where a killed one stopped.

A worker takes the import by a lease that it prolongs with each chunk; one that was thought dead finds its lease gone and
leaves. Whoever takes an import counts an attempt, a chunk that is written sets the count back: what fails three times
without getting further is stopped and said, and never tried for ever."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit, leases
from accounts.actions import notify
from accounts.leases import LeaseLost
from accounts.models import User

from ..models import Import
from ..review_notices import send_counted
from . import queries
from .states import MACHINE, RUNNING, SYSTEM, State

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
BUDGET = 60  # seconds of one task; another goes on
NO_RIGHT = "经办人在这家机构的权限已被取消，已停下。同机构的其他编辑可以继续，或者撤销。"


class Stop(Exception):
    """The step can not go on; the text says why and what to do."""


def take(pk: int) -> tuple[Import, str] | None:
    """The import and the name of its new lease; None where nothing runs or another worker is at it."""
    token = leases.take(Import.objects.filter(pk=pk, state__in=RUNNING), LEASE)
    if token is None:
        return None
    return Import.objects.select_related("run_by").get(pk=pk), token


@contextmanager
def chunk(pk: int, token: str) -> Iterator[Import]:
    """One transaction over the import's locked row, ours alone. What is set on it is saved at the end."""
    with transaction.atomic():
        job = Import.objects.select_for_update().get(pk=pk)
        if job.lease != token:
            raise LeaseLost
        yield job
        if job.state != State.CHECKING:  # which begins anew each time: a chunk of it is no progress
            job.attempts = 0
        job.leased_until = timezone.now() + LEASE
        save(job)


def save(job: Import) -> None:
    """Without signals: progress is no change that anybody has made."""
    names = (
        "state", "started_at", "imported_at", "submitted_at", "total", "done", "message", "headers", "extra_headers",
        "notes", "counts", "told", "cursor", "attempts", "lease", "leased_until", "mode", "run_by",
    )  # fmt: skip
    Import.objects.filter(pk=job.pk).update(**{name: getattr(job, name) for name in names})


def move(job: Import, name: str, message: str = "") -> None:
    """A step of the machine's own, inside the caller's transaction; ends the lease where nothing runs any more."""
    MACHINE.apply(job, name, {SYSTEM})
    job.message = message[:300]
    if job.state not in RUNNING:
        job.lease, job.leased_until = "", None


def begin(job: Import, total: int, by: User) -> None:
    """Sets the counters of a new step and puts it in the queue."""
    from .tasks import run_import

    job.run_by, job.started_at, job.total, job.done, job.cursor = by, timezone.now(), total, 0, 0
    job.attempts, job.lease, job.message = 0, "", ""
    job.leased_until = timezone.now() + LEASE  # until then the sweep leaves it to the task
    save(job)
    run_import.enqueue(job.pk)


def tell(job: Import, text: str) -> None:
    for user in {job.created_by, job.run_by}:
        notify(user, f"“{job.file_name}”{text}", f"/desk/import/{job.pk}/")


def run(pk: int) -> None:
    """What the queue calls, as often as it likes."""
    taken = take(pk)
    if taken is None:
        return
    job, token = taken
    if job.attempts > MOST_ATTEMPTS:
        _give_up(pk, token, "几次都没有成功，已停下。已导入的行没有丢；请稍后继续，或联系系统管理员。")
        return
    user = User.objects.get(pk=job.run_by_id)
    with audit.acting(user, note=f"import {pk}"):
        try:
            _steps(pk, token)
        except LeaseLost:
            log.warning("import %s: taken over by another worker", pk)
        except Stop as error:
            _give_up(pk, token, str(error))
        except Exception:
            _release(pk, token)  # the sweep tries again
            raise


def _steps(pk: int, token: str) -> None:
    """Chunk after chunk; one step may lead to another."""
    from .steps import STEPS

    until = time.monotonic() + BUDGET
    while STEPS[Import.objects.values_list("state", flat=True).get(pk=pk)](pk, token):
        if time.monotonic() > until:
            from .tasks import run_import

            _release(pk, token, wait=LEASE)
            run_import.enqueue(pk)
            return


def _release(pk: int, token: str, wait: timedelta = timedelta(0)) -> None:
    Import.objects.filter(pk=pk, lease=token).update(lease="", leased_until=timezone.now() + wait)


def _give_up(pk: int, token: str, message: str) -> None:
    with chunk(pk, token) as job:
        state = State(job.state)
        if state == State.SUBMITTING:
            send_counted(job.told)
            move(job, "submitted", message)
        else:
            move(job, "refuse" if state == State.CHECKING else "stop", message)
        job.counts |= queries.counted(job)
        tell(job, "没有办完，请看说明")


def may_go_on(job: Import) -> User:
    """The person as they are now. Raises Stop where they may not do this any more."""
    user = User.objects.get(pk=job.run_by_id)
    if not queries.may_run(user, job):
        raise Stop(NO_RIGHT)
    return user


def sweep() -> int:
    """By the clock: takes up what a crash left over; how many."""
    from .tasks import run_import

    left = Import.objects.filter(state__in=RUNNING, leased_until__lt=timezone.now()).values_list("pk", flat=True)
    for pk in left:
        run_import.enqueue(pk)
    return len(left)
