"""manage.py judged load FILE.tsv | score: the sentences that weights are judged by.

FILE.tsv: tab-separated, UTF-8, with a header: text, best, acceptable (product names, set apart by 、). Loading it again
changes nothing; a sentence is known by its text. Exit code 2: a row is wrong, and nothing was loaded."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from matching.matcher import catalogue_for, weights
from matching.weights import judged


class Command(BaseCommand):
    help = "Loads judged sentences, or scores the weights in force by them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        load = steps.add_parser("load", help="adds and corrects sentences from a file")
        load.add_argument("file", type=Path, metavar="FILE.tsv")
        score = steps.add_parser("score", help="how often the first answers are right now")
        score.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        if step == "load":
            self._load(options["file"])
        else:
            self._score(as_json=options["json"])

    def _load(self, file: Path) -> None:
        try:
            rows = judged.read(file)
        except judged.BadFile as error:
            for each in error.problems:
                self.stderr.write(f"{file} 第 {each.row} 行：{each.reason}")
            sys.exit(2)
        added, changed = judged.load(rows)
        self.stdout.write(f"{len(rows)} 句：新增 {added}，更正 {changed}")

    def _score(self, *, as_json: bool) -> None:
        now = weights()
        told = judged.compare(judged.sentences(), catalogue_for(User()), now, now)
        found = {name: told[name] for name in ("sentences", "left_out", "unread")} | told["before"]
        if as_json:
            self.stdout.write(json.dumps(found | {"weights": now.version}, ensure_ascii=False))
            return
        share = found["share"]
        self.stdout.write(
            f"{found['sentences']} 句（{now.version}）：第一名最合适 {share['best']}%，可以接受 {share['acceptable']}%，"
            f"最合适的在前三名 {share['among']}%；没有听懂 {found['unread']}，目录里没有 {found['left_out']}"
        )
