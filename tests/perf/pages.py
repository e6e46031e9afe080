"""Pages under the production server with two workers, beside the home page of a bare `wagtail start` in the same run."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings

from tests.perf.load import measure

PAGES = {
    "home": "/",
    "product": "/products/huidandai/",
    "products": "/products/",
    "search": "/search/?q=%E6%8B%85%E4%BF%9D%E8%B4%B7%E6%AC%BE",
    "match": "/needs/new/?text=%E8%8C%B6%E5%8F%B6%E5%90%88%E4%BD%9C%E7%A4%BE%E8%A6%81%E5%80%9F50%E4%B8%87%E5%91%A8%E8%BD%AC",
}
WORKERS, PORT, BARE_PORT = "2", 8491, 8492
UNCACHED = {"Authorization": "none"}  # such requests are never answered from memory


def wait_for(port: int, path: str = "/", seconds: float = 60) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"port {port} does not answer")


@contextmanager
def server(command: list[str], *, cwd: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(port)
            yield
        except RuntimeError:
            log.seek(0)
            print(log.read().decode(errors="replace")[-3000:], file=sys.stderr)
            raise
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)


def granian(application: str, port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", application, "--interface", "wsgi", "--http", "1", "--no-ws",
        "--port", str(port), "--workers", WORKERS, "--blocking-threads", "4", "--log-level", "warning",
    ]  # fmt: skip


@contextmanager
def bare_wagtail() -> Iterator[int]:
    """What `wagtail start` makes, with its production settings, under the same server."""
    folder = Path(tempfile.mkdtemp(prefix="bare-wagtail-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment |= {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "bare.settings.production"}
    try:
        subprocess.run(
            [sys.executable, "-c", "from wagtail.bin.wagtail import main; main()", "start", "bare", str(folder)],
            check=True, capture_output=True, env=os.environ | {"PYTHONPATH": ""},
        )  # fmt: skip
        (folder / "bare" / "settings" / "local.py").write_text(
            "SECRET_KEY = 'only-for-this-measurement-0123456789-0123456789'\nALLOWED_HOSTS = ['*']\n"
        )
        for step in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run(
                [sys.executable, "manage.py", *step], check=True, cwd=folder, env=environment, capture_output=True
            )
        with server(granian("bare.wsgi:application", BARE_PORT), cwd=folder, environment=environment, port=BARE_PORT):
            yield BARE_PORT
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ours(parts: list[str] | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """This project on the demo content, production settings, demo accounts closed: its port, and the environment in which
    other processes work beside it. `parts` of `manage.py serve`, the web server unless told."""
    folder = Path(tempfile.mkdtemp(prefix="yinqiao-pages-"))
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.SITE_ROOT}",
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "WEB_WORKERS": WORKERS,
        "PORT": str(PORT),
        "RATE_LIMITS": "off",
    }
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    try:
        for step in (["prepare", "-v0"], ["load_demo", "-v0"], ["retire_demo_accounts"]):
            subprocess.run([*manage, *step], check=True, cwd=settings.ROOT, env=environment, capture_output=True)
        with server([*manage, "serve", *(parts or ["web"])], cwd=settings.ROOT, environment=environment, port=PORT):
            yield PORT, environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def line(name: str, value: float, unit: str, floor: float | None, n: int) -> dict:
    return {
        "bench": name,
        "value": round(value, 2),
        "unit": unit,
        "floor": None if floor is None else round(floor, 2),
        "ratio": None if floor is None else round(value / floor, 3),
        "n": n,
        "engine": "embedded",
        "database": "sqlite",
    }


def run() -> Iterator[dict]:
    with bare_wagtail() as bare_port, ours() as (port, _environment):
        for name, path in PAGES.items():
            bare = measure(bare_port, "/")  # measured beside each page: machines drift
            uncached = measure(port, path, headers=UNCACHED)
            yield line(f"pages.{name}.uncached", uncached.rate, "requests/s", bare.rate, uncached.answers)
            yield line(f"pages.{name}.uncached_p95", uncached.p95, "ms", bare.p95, uncached.answers)
            failed = uncached.errors + bare.errors
            if name != "match":
                cached = measure(port, path)
                failed += cached.errors
                yield line(f"pages.{name}.cached", cached.rate, "requests/s", bare.rate, cached.answers)
            if failed:
                raise RuntimeError(f"{path}: {failed} answers were not 200, {bare.errors} of them of the bare site")
    yield from queries()


def queries() -> Iterator[dict]:
    """Queries of one uncached anonymous page, on the demo content."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("prepare", verbosity=0)
    call_command("load_demo", verbosity=0)
    for name, path in PAGES.items():
        client = Client()
        client.get(path, headers={"host": "localhost"})
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(path, headers={"host": "localhost"})
        yield line(f"pages.{name}.queries", len(captured), "queries", None, 1)
