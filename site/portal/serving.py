"""Runs the web server and the queue in the foreground, together or one of them; Ctrl-C or SIGTERM ends all of it."""

import os
import shlex
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management import CommandError
from honcho.compat import ProcessManager
from honcho.manager import Manager

from portal.settings import environment as env

THREADS_PER_WORKER = 4


def port_number(text: str) -> int:
    """A TCP port as a command's argument."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text!r} is no port: give PORT as a number from 1 to 65535")
    return int(text)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandError when somebody listens there already.

    To be asked before anything else is done: a second server would come up beside the first without complaint
    (SO_REUSEPORT) and each would get some of the requests.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be listened on: {error.strerror}. Stop what runs there, or choose another port"
                f" (PORT={port + 1 if port < 65535 else 8000})."
            ) from error


@contextmanager
def quiet_interrupt() -> Iterator[None]:
    """Ctrl-C before the parts run ends the command without a traceback. Heeded even where a shell hid it from a job
    that it put into the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)


class Leaders(ProcessManager):
    """Tells only the leading process of a part to stop, which then stops its own. Told as a group, the queue's helpers
    die under it, and it waits for them in vain until it is killed, perhaps in the middle of a task."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


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


def run(
    parts: Sequence[str],
    *,
    host: str,
    port: int,
    when_ready: Callable[[], None] | None = None,
    until_parent: int | None = None,
) -> int:
    """Runs `parts` until they are stopped; returns the exit status.

    `when_ready` is called once /readyz answers 200. `until_parent` is the pid of a parent whose end, or whose
    interrupt, ends all parts too.
    """
    if len(parts) == 1 and when_ready is None:
        os.chdir(settings.ROOT)
        os.execve(sys.executable, command(parts[0], host=host, port=port), environment())  # noqa: S606
    manager = Manager()
    manager._procmgr = Leaders()
    for part in parts:
        line = "exec " + shlex.join(command(part, host=host, port=port))
        manager.add_process(part, line, env=environment(), cwd=str(settings.ROOT))
    if when_ready is not None:
        threading.Thread(target=_announce, args=(host, port, when_ready), daemon=True).start()
    if until_parent is not None:
        threading.Thread(target=_stop_with, args=(until_parent, manager), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in {130, 143} else manager.returncode or 0


def _stop_with(parent: int, manager: Manager, every: float = 0.5) -> None:
    """Stops this process when `parent` is gone or has been interrupted. A terminal's Ctrl-C reaches all of us, but an
    interrupt sent to make alone does not: make then waits for us, and we would never know."""
    while os.getppid() == parent and not _is_interrupted(parent):
        time.sleep(every)
    if manager.returncode is None:  # nobody told us yet
        os.kill(os.getpid(), signal.SIGTERM)


def _is_interrupted(make: int) -> bool:
    """Whether `make` neither catches nor ignores SIGINT any more, as it does from an interrupt on (Linux tells)."""
    try:
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{make}/status").read_text().splitlines())
        heeded = int(status["SigCgt"], 16) | int(status["SigIgn"], 16)
    except (OSError, KeyError, ValueError):
        return False
    return not heeded & 1 << (signal.SIGINT - 1)


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
    if settings.STATIC_ROOT is None:
        return True  # nothing is collected in this shape
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    sources = [
        settings.SITE_ROOT / "static",
        settings.ROOT / "search" / "static",
        settings.ROOT / "requirements" / "runtime.txt",
    ]
    newest = max(
        (path.stat().st_mtime for source in sources for path in [source, *source.rglob("*")] if path.exists()),
        default=0,
    )
    return made > newest
