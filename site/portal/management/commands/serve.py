"""`manage.py serve [web] [queue]`: what `make serve`, `make web` and `make queue` run."""

import sys

from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import SystemCheckError

from portal import serving
from portal.settings import environment as env


class Command(BaseCommand):
    help = "Runs the production web server and the queue in the foreground."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("parts", nargs="*", help="web, queue; both if none is named")
        parser.add_argument("--host", default=env.text("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=serving.port_number, default=env.text("PORT", "8000"))

    def handle(self, *args, parts, host, port, **options) -> None:
        if unknown := set(parts) - {"web", "queue"}:
            raise CommandError(f"there is no part {', '.join(sorted(unknown))}; use web or queue", returncode=2)
        parts = parts or ["web", "queue"]
        if "web" in parts:
            serving.refuse_taken_port(host, port)
        with serving.quiet_interrupt():
            self.prepare(options["verbosity"])
        self.stderr.write(f"{' and '.join(parts)}" + (f" on http://{host}:{port}/" if "web" in parts else ""))
        sys.exit(serving.run(parts, host=host, port=port))

    def prepare(self, verbosity: int) -> None:
        call_command("prepare", verbosity=verbosity)
        try:
            call_command("check", deploy=True, databases=["default"], fail_level="ERROR", verbosity=0)
        except SystemCheckError as error:
            raise CommandError(f"Not started: this is not safe for the open net.\n{error}") from error
