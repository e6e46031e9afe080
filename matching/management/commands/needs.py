"""manage.py needs export-cases [FILE.tsv] · load-places · forget-corrections."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from matching.corrections import actions, export
from matching.gazetteer import loading


class Command(BaseCommand):
    help = "What the parser learns from: adopted corrections as test cases, and names of places."

    def add_arguments(self, parser: ArgumentParser) -> None:
        todo = parser.add_subparsers(dest="todo", required=True)
        cases = todo.add_parser("export-cases", help="adopted corrections, in the columns of tests/relevance/needs.tsv")
        cases.add_argument("file", nargs="?", type=Path, help="standard output unless given")
        todo.add_parser("load-places", help="built-in names of places as rows; edited and deleted ones stay so")
        todo.add_parser("forget-corrections", help="those that nobody adopted within a year")

    def handle(self, *args: Any, todo: str, **options: Any) -> None:
        if todo == "load-places":
            self.stderr.write(f"{loading.load()} names added")
        elif todo == "forget-corrections":
            self.stderr.write(f"{actions.forget_old()} corrections forgotten")
        elif options["file"] is None:
            export.write(sys.stdout)
        else:
            with options["file"].open("w", encoding="utf-8") as file:
                count = export.write(file)
            self.stderr.write(f"{count} cases → {options['file']}")
