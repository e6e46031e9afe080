"""`manage.py load_demo`: the demo content of every app, in the order in which they build on each other."""

import json
from importlib import import_module

from django.core.management import BaseCommand
from django.db import transaction

APPS = ("accounts", "catalogue", "content", "matching", "advisors", "events")


class Command(BaseCommand):
    help = "Loads the demo content. Again and again: nothing is doubled, nobody's own edits are overwritten."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="print what is there as one JSON document")

    def handle(self, *args, **options) -> None:
        counts: dict[str, dict[str, int]] = {}
        for app in APPS:
            demo = import_module(f"{app}.demo")
            with transaction.atomic():
                counts[app] = demo.load()
            if not options["json"] and options["verbosity"]:
                self.stderr.write(f"{app}: " + ", ".join(f"{name} {count}" for name, count in counts[app].items()))
            if app == "catalogue":
                import_module("accounts.demo").assign_demo_roles()
            if app == "content":  # its pages enter the policies that products refer to
                with transaction.atomic():
                    import_module("catalogue.demo").rest_on_policies()
        if options["json"]:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
