"""Runs the web server and the queue in the foreground, together or one of them; Ctrl-C or SIGTERM ends all of it."""

import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from honcho.manager import Manager

from portal.settings import environment as env

THREADS_PER_WORKER = 4


def command(part: str, *, host: str, port: int) -> list[str]:
    """The command line of `web` or `queue`."""
    if part == "queue":
        return [sys.executable, str(settings.ROOT / "manage.py"), "qcluster"]
    if part != "web":
        raise ValueError(f"there is no part {part!r}; use web or queue")
    return [
        sys.executable, "-m", "granian", "portal.wsgi:application",
        "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", host, "--port", str(port),
        "--workers", str(env.number("WEB_WORKERS", 2)),
        "--blocking-threads", str(THREADS_PER_WORKER), "--blocking-threads-idle-timeout", "600",
        "--backlog", "2048", "--respawn-failed-workers", "--log-level", "warning",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """The parts run with this process's settings and both source roots on the path."""
    roots = [str(settings.ROOT), str(settings.SITE_ROOT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, roots)),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PYTHONUNBUFFERED": "1",
    }


def run(parts: Sequence[str], *, host: str, port: int, when_ready: Callable[[], None] | None = None) -> int:
    """Runs `parts` until they are stopped; returns the exit status. `when_ready` is called once /readyz answers 200."""
    if len(parts) == 1 and when_ready is None:
        os.chdir(settings.ROOT)
        os.execve(sys.executable, command(parts[0], host=host, port=port), environment())  # noqa: S606
    manager = Manager()
    for part in parts:
        line = "exec " + shlex.join(command(part, host=host, port=port))
        manager.add_process(part, line, env=environment(), cwd=str(settings.ROOT))
    if when_ready is not None:
        threading.Thread(target=_announce, args=(host, port, when_ready), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in {130, 143} else manager.returncode or 0


def _announce(host: str, port: int, when_ready: Callable[[], None], seconds: float = 120) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with opener.open(f"http://{host}:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    when_ready()
                    return
        except (URLError, OSError):
            time.sleep(0.2)


def static_is_current() -> bool:
    """Whether collected static files are newer than everything they come from (this project's and the libraries')."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    sources = [settings.SITE_ROOT / "static", settings.ROOT / "requirements" / "runtime.txt"]
    newest = max(
        (path.stat().st_mtime for source in sources for path in [source, *source.rglob("*")] if path.exists()),
        default=0,
    )
    return made > newest
