"""Rebuilding while others save, and killed with SIGKILL: in processes of their own, on a database file as a site has it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests/search/elsewhere"
BOOKS = 20_000
SETTINGS = """
from settings import *
DATABASES["default"]["OPTIONS"] = {
    "transaction_mode": "IMMEDIATE", "timeout": 2, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
}
"""
START = """
import json, sys, time
import django
django.setup()
from django.core.management import call_command
from django.db import OperationalError, transaction
from search import maintenance, outbox
from search.engines import local
from search.queries import find
from shelf.models import Book
"""
FILL = """
call_command("migrate", run_syncdb=True, verbosity=0)
with outbox.suspended():
    Book.objects.bulk_create(
        [Book(title=f"茶园旧{n}", text=f"采茶季里的资金周转，第{n}号。" * 4, shelf="经济", pages=n) for n in range(int(sys.argv[1]))],
        batch_size=2000,
    )
call_command("search", "rebuild", stderr=sys.stdout)
with outbox.suspended():
    Book.objects.update(shelf="文学")
"""
REBUILD = """
maintenance.rebuild(progress=lambda kind, done, total: print(done, flush=True))
print("whole", flush=True)
"""
REBUILD_AT_ONCE = """
with transaction.atomic():
    maintenance.rebuild()
    print("built", flush=True)
    sys.stdin.readline()
"""
WRITE = """
saved, number = {}, 0
print("begun", flush=True)
try:
    while not saved or not until():
        number += 1
        with transaction.atomic():
            book = Book.objects.get(pk=number * 13 % 900 + 1)
            if number % 9 == 0:
                book.delete()
                book = Book.objects.create(title="", text="", shelf="新来")
            book.title, book.shelf = f"潮汐{number}", "改过"
            book.save()
        saved[book.pk] = book.title
        time.sleep(0.01)
    print("SAVED", json.dumps(len(saved)), flush=True)
except OperationalError as error:
    print("FAILED", error, flush=True)
except Book.DoesNotExist:
    print("SAVED", json.dumps(len(saved)), flush=True)
"""
UNTIL_TOLD = """
import select
def until():
    return bool(select.select([sys.stdin], [], [], 0)[0])
"""


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "search", tmp_path / "search", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT, tmp_path, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    (tmp_path / "as_a_site.py").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def start(project) -> Callable[..., subprocess.Popen]:
    begun: list[subprocess.Popen] = []

    def run(script: str, *arguments: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", START + script, *arguments],
            cwd=project,
            env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "as_a_site", "DATA_DIR": str(project)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield run
    for process in begun:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen, told: str = "") -> list[str]:
    lines = process.communicate(told)[0].splitlines()
    assert process.returncode == 0
    return lines


def asked(start: Callable[..., subprocess.Popen], expression: str) -> object:
    return json.loads(said(start(f"print(json.dumps({expression}))"))[-1])


HELD = '[(each.id, each.fingerprint) for each in local().held("book")]'
FOUND = 'find("book", "茶园", filters={{"shelf": ["{}"]}}).total'
DIFFERENCES = "len(list(maintenance.differences()))"
LEFT = """[row[0] for row in local().storage.connection().execute(
    "SELECT name FROM sqlite_master WHERE name GLOB 'search_*_[01]_*' UNION ALL"
    " SELECT name FROM search_mark WHERE name GLOB 'building:*'")]"""


def test_others_save_all_along(start):
    said(start(FILL, str(BOOKS)))
    writer = start(UNTIL_TOLD + WRITE)
    assert writer.stdout.readline() == "begun\n"
    assert said(start(REBUILD))[-1] == "whole"
    (line,) = said(writer, "enough\n")
    word, _space, count = line.partition(" ")
    assert word == "SAVED"
    assert int(count) > 5
    found, saved, differences, left = asked(
        start,
        f'[find("book", "潮汐").total, Book.objects.filter(title__startswith="潮汐").count(), {DIFFERENCES}, {LEFT}]',
    )
    assert found == saved > 5
    assert (differences, left) == (0, [])


def test_negative_control_one_transaction_locks_others_out(start):
    said(start(FILL, "2000"))
    rebuild = start(REBUILD_AT_ONCE)
    assert rebuild.stdout.readline() == "built\n"
    assert said(start(UNTIL_TOLD + WRITE))[-1] == "FAILED database is locked"
    said(rebuild, "enough\n")


def test_killed_half_way_leaves_the_old_index_answering(start):
    said(start(FILL, "6000"))
    rebuild = start(REBUILD)
    while int(rebuild.stdout.readline()) < 3000:
        pass
    rebuild.send_signal(signal.SIGKILL)
    rebuild.wait()
    old, new, left = asked(start, f"[{FOUND.format('经济')}, {FOUND.format('文学')}, {LEFT}]")
    assert (old, new) == (6000, 0)
    assert left != []
    assert said(start(REBUILD))[-1] == "whole"
    assert asked(start, f"[{FOUND.format('文学')}, {DIFFERENCES}, {LEFT}]") == [6000, 0, []]


def test_several_processes_write_what_one_does(start):
    said(start(FILL, "2600"))
    before = asked(start, HELD)
    assert said(start('call_command("search", "rebuild", processes=2, stderr=sys.stdout)'))[-1] == "book: 2600"
    after, differences = asked(start, f"[{HELD}, {DIFFERENCES}]")
    assert [each[0] for each in after] == list(range(1, 2601))
    assert {fingerprint for _pk, fingerprint in after}.isdisjoint(fingerprint for _pk, fingerprint in before)
    assert differences == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in /proc")
def test_processes_end_with_the_one_that_was_killed(start):
    said(start(FILL, "6000"))
    rebuild = start(REBUILD.replace("progress=", "processes=2, progress="))
    rebuild.stdout.readline()
    children = Path(f"/proc/{rebuild.pid}/task/{rebuild.pid}/children").read_text().split()
    rebuild.send_signal(signal.SIGKILL)
    rebuild.wait()
    assert len(children) > 1
    until = time.monotonic() + 30
    while any(Path(f"/proc/{each}/cmdline").exists() for each in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert [each for each in children if Path(f"/proc/{each}/cmdline").exists()] == []
