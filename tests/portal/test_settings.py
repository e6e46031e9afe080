"""Settings come from the environment; production refuses what is not safe, in words that say what to do."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from accounts.security.limits import PASSWORD_ADDRESS
from portal.settings import environment

LEFT_OUT = {"DATABASE_URL", "SECRET_KEY", "DJANGO_ALLOW_ASYNC_UNSAFE"}
GOOD_KEY = "wQ7-hJx2_Lr9TzVn4bKs8mPd3FgYc6Ra5XtEuW1oNvBi0ZqMlHkGjSfD"


def test_database_url_of_postgres():
    entry = environment.database("postgres://me:p%40ss@db.example:5433/yinqiao?sslmode=require", None)
    assert {name: entry[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "yinqiao",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_url_unset(tmp_path):
    entry = environment.database("", tmp_path)
    assert entry["NAME"] == tmp_path / "yinqiao.sqlite3"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_database_url_of_unknown_scheme(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        environment.database("mysql://x/y", tmp_path)


def test_secret_key_made_once_and_kept_private(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == first
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_every_variable_that_is_read_is_in_the_operators_table_and_none_besides():
    """Names in the first column of the table, and the texts in the code that look like one."""
    source = "".join(path.read_text() for path in (settings.ROOT / "site/portal/settings").glob("*.py"))
    for other in ("accounts/sms/backends.py", "portal/serving.py", "portal/management/commands/serve.py"):
        source += (settings.ROOT / "site" / other).read_text()
    read = set(re.findall(r'[(\[,]\s*"([A-Z][A-Z_]+)"(?=[,)\]\s])(?!\s*:)', source)) - NO_VARIABLES
    rows = re.findall(r"^\| (`[A-Z][^|]+) \|", (settings.ROOT / "docs/operators/settings.md").read_text(), re.MULTILINE)
    written = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert (read - written, written - read) == (set(), set())


NO_VARIABLES = {
    "ENGINE",
    "NAME",
    "TEST",
    "HTTP_X_FORWARDED_PROTO",
    "DIRECTIVES",
    "PYTHONPATH",
    "DJANGO_SETTINGS_MODULE",
}


def test_switch_that_is_neither_on_nor_off(monkeypatch):
    monkeypatch.setenv("RATE_LIMITS", "maybe")
    with pytest.raises(ImproperlyConfigured, match="on or off"):
        environment.switch("RATE_LIMITS", default=True)


def test_email_url_of_smtp(tmp_path):
    entry = environment.email("smtp://u:p@mail.example:587?tls=on", tmp_path)
    assert (entry["EMAIL_HOST"], entry["EMAIL_PORT"], entry["EMAIL_USE_TLS"]) == ("mail.example", 587, True)


def serve(tmp_path, **variables) -> subprocess.CompletedProcess:
    """`manage.py serve web` of production in a process of its own; a refusal ends it before it listens."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            *variables.pop("command", ["check", "--deploy", "--database", "default", "--fail-level", "ERROR"]),
        ],
        cwd=settings.ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "portal.settings.production", "DATA_DIR": str(tmp_path)} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_production_with_a_demo_key(tmp_path):
    answer = serve(
        tmp_path,
        SECRET_KEY="demo-key-demo-key-demo-key-demo-key-demo-key-demo",
        command=["check", "--deploy", "--fail-level", "ERROR"],
    )
    assert answer.returncode == 1
    assert "portal.E002" in answer.stderr


@pytest.fixture
def migrated(tmp_path, django_db_setup, django_db_blocker) -> Path:
    """A data folder whose database has its tables already: the suite's own as committed, where that is a file."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), sqlite3.connect(tmp_path / "yinqiao.sqlite3") as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
    return tmp_path


def test_production_with_demo_accounts_until_they_are_retired(migrated):
    tmp_path = migrated
    assert serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["prepare", "-v0"]).returncode == 0
    make = "from accounts.models import User; User.objects.create_user('demo', password='x', is_demo=True)"
    assert serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["shell", "-v0", "-c", make]).returncode == 0
    refused = serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["serve", "web", "--port", "1"])
    assert refused.returncode == 1
    assert "retire_demo_accounts" in refused.stderr
    assert serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["retire_demo_accounts"]).returncode == 0
    started = serve(tmp_path, SECRET_KEY=GOOD_KEY)
    assert started.returncode == 0, started.stderr


def deploy_warnings(tmp_path, **variables) -> list[str]:
    answer = serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["check", "--deploy", "--tag", "security"], **variables)
    assert answer.returncode == 0, answer.stderr
    return sorted(set(re.findall(r"\bsecurity\.W\d{3}\b", answer.stderr)))


def test_production_behind_https_has_no_security_warning(tmp_path):
    assert deploy_warnings(tmp_path, PUBLIC_URL="https://jinrong.example") == []


def test_production_in_plain_http_says_what_is_open(tmp_path):
    plain = ["security.W004", "security.W008", "security.W012", "security.W016"]
    assert deploy_warnings(tmp_path, PUBLIC_URL="http://jinrong.example") == plain


ASK = """
from django.test import Client
client = Client(HTTP_HOST="jinrong.example")
def ask(path, **headers):
    answer = client.get(path, **headers)
    return [answer.status_code, answer.get("Location"), answer.get("Strict-Transport-Security")]
login = client.get("/accounts/login/", HTTP_X_FORWARDED_PROTO="https")
import json
print(json.dumps([
    ask("/healthz"), ask("/products/?q=1"), ask("/healthz", HTTP_X_FORWARDED_PROTO="https"),
    bool(login.cookies["csrftoken"]["secure"]),
]))
"""


def test_production_behind_https_redirects_all_but_health(migrated):
    tmp_path = migrated
    names = {"SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": "jinrong.example", "PUBLIC_URL": "https://jinrong.example"}
    assert serve(tmp_path, command=["prepare", "-v0"], **names).returncode == 0
    answer = serve(tmp_path, command=["shell", "-v0", "-c", ASK], **names)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == [
        [200, None, None],
        [301, "https://jinrong.example/products/?q=1", None],
        [200, None, "max-age=31536000"],
        True,
    ]


@pytest.mark.django_db
def test_login_that_fails_too_often_is_slowed_for_that_visitor_only(client, settings):
    """Behind a proxy every visitor has the proxy's address: the one that the proxy names is counted."""
    settings.RATE_LIMITS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = True, 1

    def fail(visitor: str, login: str) -> str:
        form = {"login": login, "password": "wrong"}
        answer = client.post("/accounts/login/", form, headers={"X-Forwarded-For": visitor})
        return answer.context["form"].errors.as_data()["__all__"][0].code

    allowed = PASSWORD_ADDRESS.amount
    tried = [fail("203.0.113.5", f"nobody{number}") for number in range(allowed + 1)]
    assert tried[allowed - 1 :] == [tried[0], "too_many_login_attempts"]
    assert fail("203.0.113.6", "nobody") == tried[0] != "too_many_login_attempts"


def test_serve_of_an_unknown_part(tmp_path):
    answer = serve(tmp_path, SECRET_KEY=GOOD_KEY, command=["serve", "coffee"])
    assert answer.returncode == 2
    assert "web or queue" in answer.stderr
