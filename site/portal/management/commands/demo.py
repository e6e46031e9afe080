"""`make demo`: prepares, loads the demo content when it is not there yet in this version, serves, and says how to get in."""

import hashlib
import os
import sys

from django.conf import settings
from django.core.management import BaseCommand, call_command

from portal import serving
from portal.settings import environment as env


def content_version() -> str:
    """A digest of everything that load_demo loads from."""
    digest = hashlib.sha256()
    for root in (settings.SITE_ROOT, settings.ROOT):
        for path in sorted([*root.glob("*/demo.py"), *root.glob("*/demo/**/*")]):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class Command(BaseCommand):
    help = "Runs the demo on one port, with demo accounts. Ctrl-C stops all of it."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--host", default=env.text("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=serving.port_number, default=env.text("PORT", "8000"))
        parser.add_argument("--load-only", action="store_true", help="prepare and load, do not serve")

    def handle(self, *args, host, port, load_only, **options) -> None:
        if not load_only:
            serving.refuse_taken_port(host, port)
        with serving.quiet_interrupt():
            self.prepare(options["verbosity"])
        if load_only:
            return
        made_by = os.getppid() if "MAKELEVEL" in os.environ else None
        status = serving.run(
            ["web", "queue"], host=host, port=port, when_ready=lambda: self.welcome(host, port), until_parent=made_by
        )
        sys.exit(status)

    def prepare(self, verbosity: int) -> None:
        call_command("prepare", verbosity=verbosity)
        stamp = settings.DATA_DIR / "demo.loaded"
        version = content_version()
        if not stamp.exists() or stamp.read_text() != version:
            self.stderr.write("Loading the demo content …")
            call_command("load_demo", verbosity=verbosity)
            stamp.write_text(version)

    def welcome(self, host: str, port: int) -> None:
        from accounts.demo import demo_accounts

        lines = ["", f"  银桥 http://{host}:{port}/", f"  短信验证码 http://{host}:{port}/demo/inbox/", ""]
        lines += [f"  {role:　<8} {login:<22} {password}" for role, login, password in demo_accounts()]
        sys.stdout.write("\n".join([*lines, "", "  Ctrl-C 停止", "", ""]))
        sys.stdout.flush()
