"""The commands behind `make demo` and `make serve`: what they refuse, what they end with, what they can do without."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError

from portal import serving
from portal.management.commands import draw_states


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings.demo"} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_demo_on_a_taken_port(tmp_path, taken_port):
    answer = manage("demo", "--port", str(taken_port), DATA_DIR=str(tmp_path))
    assert answer.returncode == 1
    assert f"127.0.0.1:{taken_port} cannot be listened on" in answer.stderr
    assert f"PORT={taken_port + 1}" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "yinqiao.sqlite3").exists()  # it had not begun


def test_port_just_left_is_free_again():
    """Connections that linger after a stop do not count as somebody who listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as visitor:
            answering, _ = server.accept()
            answering.close()  # the server's side closes first and lingers
            visitor.recv(1)
    serving.refuse_taken_port("127.0.0.1", port)


def test_port_of_somebody_else(taken_port):
    with pytest.raises(CommandError, match="cannot be listened on"):
        serving.refuse_taken_port("127.0.0.1", taken_port)


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_port_that_is_none(port, tmp_path):
    answer = manage("demo", PORT=port, DATA_DIR=str(tmp_path))
    assert answer.returncode == 2
    assert "is no port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_make_that_is_interrupted_alone(tmp_path):
    """make tells its child nothing of an interrupt that was sent to make only; the child can see it."""
    (tmp_path / "Makefile").write_text(f"wait:\n\t@exec {sys.executable} -c 'import time; time.sleep(60)'\n")
    heard = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('make', ['make', '-s'])"
    # a suite that runs in the background would hand on that interrupts are ignored
    make = subprocess.Popen([sys.executable, "-c", heard], cwd=tmp_path, start_new_session=True)
    try:
        children = Path(f"/proc/{make.pid}/task/{make.pid}/children")
        wait_until(lambda: children.read_text().strip())
        assert not serving._is_interrupted(make.pid)
        os.kill(make.pid, signal.SIGINT)
        wait_until(lambda: serving._is_interrupted(make.pid))
    finally:
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()


def wait_until(condition, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


WITHOUT = """
import sys, warnings
warnings.simplefilter("error", UserWarning)
sys.modules.update(dict.fromkeys({hidden!r}))
sys.argv = ["manage.py", "prepare", "-v0"]
import manage
manage.main()
from django.test import Client
assert Client().get("/healthz").status_code == 200
"""


def test_embedded_default_with_no_library_but_its_own(tmp_path):
    """A newcomer has only what requirements/runtime.txt names. It comes up, and warns of nothing."""
    lock = (settings.ROOT / "requirements" / "runtime.txt").read_text()
    runtime = {canonical(name) for name in re.findall(r"^([\w.-]+)(?:\[.*?\])?==", lock, re.MULTILINE)}
    hidden = [
        module
        for module, owners in packages_distributions().items()
        if module.isidentifier() and not {canonical(owner) for owner in owners} & (runtime | {"pip", "setuptools"})
    ]
    assert {"psycopg", "redis", "elasticsearch", "pytest"} <= set(hidden)
    names = {"DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL"}
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(hidden=hidden)],
        cwd=settings.ROOT,
        env={name: value for name, value in os.environ.items() if name not in names}
        | {"DJANGO_SETTINGS_MODULE": "portal.settings.demo", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_drawn_states_are_those_of_the_code():
    page = settings.ROOT / "docs" / "developers" / "states.md"
    assert page.read_text() == draw_states.document(), "run make states"
