"""`manage.py audit verify` holds the audit trail against its hashes; `audit anchor` prints its head, to keep elsewhere."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import chain, verification


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser(
            "verify", help="find changed, missing, moved and cut-off entries; exit code 1 if any"
        )
        verify.add_argument("--json", action="store_true", help="one JSON document on standard output")
        verify.add_argument(
            "--anchors", type=Path, help="file of lines that `audit anchor` printed (default: those in the data folder)"
        )
        actions.add_parser("anchor", help="print the chain's head as JSON and note it in the data folder")
        actions.add_parser("seal", help="chain what a crash has left unchained")

    def handle(self, *, action: str, **options) -> None:
        if action == "verify":
            self._verify(options["json"], options["anchors"])
        elif action == "seal":
            self.stdout.write(str(chain.seal()))
        else:
            anchor = verification.keep_anchor()
            if anchor is not None:
                self.stdout.write(json.dumps(asdict(anchor)))

    def _verify(self, as_json: bool, given: Path | None) -> None:
        path = given or verification.anchor_file()
        if given is not None and not given.exists():
            raise CommandError(f"没有这个文件：{given}", returncode=2)
        try:
            anchors = verification.read_anchors(path) if path.exists() else []
        except ValueError as error:
            raise CommandError(f"这一行不是留底：{error}", returncode=2) from error
        report = verification.verify(anchors)
        if as_json:
            self.stdout.write(report.as_json())
        else:
            for defect in report.defects:
                self.stdout.write(f"{defect.kind}: {defect.text}")
            self.stderr.write(
                f"{report.days} 天，{report.entries} 条，{report.anchors} 处留底；"
                + ("未发现改动。" if report.is_whole else f"发现 {len(report.defects)} 处问题。")
            )
        if not report.is_whole:
            raise CommandError(f"{len(report.defects)}", returncode=1)
