"""Guesses at once, as from many workers: exactly so many get through as the limit lets."""

import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from accounts.models import Attempts
from accounts.security import limits
from accounts.security.limits import Limit, TooMany
from tests.factories import UserFactory
from tests.races.clients import at_once

pytestmark = pytest.mark.django_db(transaction=True)
FIVE = Limit("race", 5, 60)
CLIENTS = 12


@pytest.fixture(autouse=True)
def _on(settings):
    settings.RATE_LIMITS = True


def test_guesses_at_once_count_each():
    results = at_once([lambda: limits.take((FIVE, "tea")) for _client in range(CLIENTS)])
    assert [type(each) for each in results].count(TooMany) == CLIENTS - FIVE.amount
    assert Attempts.objects.get().count == FIVE.amount


def test_guesses_counted_without_the_lock_slip_past():
    """Negative control: read, then write, and all who read the same number are let in."""
    limits.take((FIVE, "tea"))
    key = Attempts.objects.get().key
    read = threading.Barrier(CLIENTS)

    def take_unlocked() -> bool:
        row = Attempts.objects.get(key=key)
        read.wait(timeout=30)
        if row.count >= FIVE.amount:
            return False
        Attempts.objects.filter(key=key).update(count=row.count + 1)
        return True

    assert at_once([take_unlocked] * CLIENTS).count(True) == CLIENTS


def test_wrong_passwords_at_once_are_looked_at_five_times_only(monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    UserFactory(username="tea")
    looked_at = []
    whole = MD5PasswordHasher.verify
    monkeypatch.setattr(
        MD5PasswordHasher,
        "verify",
        lambda self, password, encoded: looked_at.append(password) or whole(self, password, encoded),
    )
    pages = at_once(
        [
            lambda number=number: (
                Client().post("/accounts/login/", {"login": "tea", "password": f"guess {number}"}).content.decode()
            )
            for number in range(CLIENTS)
        ]
    )
    assert len(looked_at) == limits.PASSWORD_ACCOUNT.amount
    assert ["次数太多了" in page for page in pages].count(True) == CLIENTS - limits.PASSWORD_ACCOUNT.amount


WORKER = """
import django
django.setup()
from django.conf import settings
from django.db import connections
settings.RATE_LIMITS = True
connections["default"].settings_dict["NAME"] = {name!r}
from accounts.security.limits import Limit, TooMany, take
print("ready", flush=True)
input()
let_in = 0
for _turn in range(5):
    try:
        take((Limit("race", 5, 60), "tea"))
        let_in += 1
    except TooMany:
        pass
print(let_in)
"""


def test_guesses_of_several_processes_count_together():
    """Worker processes share nothing but the database."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", WORKER.format(name=name)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    workers = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=django_settings.ROOT,
            env=environment,
        )
        for _worker in range(3)
    ]
    let_in = []
    try:
        assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 3
        for worker in workers:
            worker.stdin.write("\n")
            worker.stdin.flush()
        let_in = [int(worker.communicate(timeout=120)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert sum(let_in) == FIVE.amount
