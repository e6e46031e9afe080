"""Real worker processes of the queue, killed with SIGKILL in the midst of an import: nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import Count
from django_q.models import OrmQ
from wagtail.models import Revision

from accounts.models import AuditEntry
from catalogue.exchange import actions, running
from catalogue.models import CatalogueLogEntry, EligibilityRule, Import, Product, Tariff
from tests.catalogue.exchange import HEAD, checked, line, xlsx
from tests.catalogue.exchange.conftest import bank, editor, places  # noqa: F401

ROWS = 10_000
PATIENCE = 120  # seconds for what takes some
QUEUE = """
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.db import connections
from catalogue.exchange import running
connections["default"].settings_dict["NAME"] = {name!r}
running.LEASE = timedelta(seconds=3)
call_command("qcluster", verbosity=0)
"""
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc"),
]


def children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(each) for each in found]


def descendants(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *descendants(child))]


@contextmanager
def queue(log: Path) -> Iterator[subprocess.Popen]:
    script = QUEUE.format(name=str(connection.settings_dict["NAME"]))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=django_settings.ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill_all(process)


def kill_all(process: subprocess.Popen) -> None:
    """As when the power fails: the queue and all its workers at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def until(condition: Callable[[], bool], what: str, log: Path, process: subprocess.Popen | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end or (process is not None and process.poll() is not None):
            pytest.fail(f"{what}: not within {PATIENCE} s\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.02)


def state(job: Import) -> tuple[str, int]:
    return Import.objects.values_list("state", "done").get(pk=job.pk)


def take_up(job: Import, log: Path) -> None:
    """What the clock does each minute, as soon as the dead worker's lease has run out."""
    until(lambda: running.sweep() == 1 or state(job)[0] != "importing", "the lease", log)


def test_killed_workers_lose_no_row_and_write_none_twice(editor, tmp_path):  # noqa: F811
    head, log = [*HEAD, "准入条件", "资费"], tmp_path / "queue.log"
    more = ["须具备其一的特征：首贷户｜首贷户", "利息：4.35 % / 年，按借款金额｜年利率"]
    job = checked(editor, xlsx(head, *([*line(f"贷{number}"), *more] for number in range(ROWS))))
    assert job.counts == {"new": ROWS, "rows": ROWS}
    actions.start(job, by=editor)
    seen = [0]

    def got_further() -> bool:
        return state(job)[1] > seen[-1]

    with queue(log) as process:
        until(got_further, "the first rows", log, process)
        workers = [each for each in descendants(process.pid) if each != process.pid]
        seen.append(state(job)[1])
        for each in workers:
            os.kill(each, signal.SIGKILL)
        assert state(job)[1] < ROWS
        kill_all(process)
    take_up(job, log)
    with queue(log) as process:
        until(got_further, "going on after the workers were killed", log, process)
        seen.append(state(job)[1])
        kill_all(process)
        assert (state(job)[0], state(job)[1] < ROWS) == ("importing", True)
    halfway = Product.objects.count()
    assert halfway == state(job)[1]  # what is counted is what is there
    take_up(job, log)
    with queue(log) as process:
        until(lambda: state(job)[0] != "importing", "the end", log, process)

    job.refresh_from_db()
    assert (job.state, job.done, job.counts["applied"], job.counts.get("refused", 0)) == ("done", ROWS, ROWS, 0)
    counted = {
        "products": Product.objects.count(),
        "names": Product.objects.values("name").distinct().count(),
        "rules": EligibilityRule.objects.count(),
        "tariffs": Tariff.objects.count(),
        "drafts": Revision.objects.count(),
        "logged": CatalogueLogEntry.objects.filter(action="wagtail.create").count(),
        "rows": job.rows.filter(fate="applied").values("target_id").distinct().count(),
        "in the trail": sum(entry.detail["rows"] for entry in AuditEntry.objects.filter(verb="imported")),
    }
    assert counted == dict.fromkeys(counted, ROWS)
    parts = Product.objects.annotate(n=Count("rules", distinct=True) + Count("tariffs", distinct=True))
    assert parts.exclude(n=2).count() == 0
    assert editor.notices.filter(text__contains=f"已导入 {ROWS} 行").count() == 1
    assert len(seen) == len(set(seen))
    OrmQ.objects.all().delete()
