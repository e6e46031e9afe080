"""manage.py search rebuild|status|verify|repair|evaluate"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from search import engines, evaluation, maintenance
from search.errors import BadInput, SearchError
from search.registry import types


class Command(BaseCommand):
    help = "Keeps the search index: rebuild, status, verify, repair; evaluate measures relevance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        jobs = parser.add_subparsers(dest="job", required=True)
        for name, text in (
            ("rebuild", "write all documents anew; answers go on meanwhile"),
            ("status", "documents in the index and in the database"),
            ("verify", "compare every document with the database; exit 1 when something differs"),
            ("repair", "mend just what differs"),
        ):
            job = jobs.add_parser(name, help=text)
            job.add_argument("--kind", action="append", default=[], help="only this kind (repeatable)")
        job = jobs.add_parser("evaluate", help="judge results: nDCG@5, recall@10, MRR")
        job.add_argument("--catalogue", type=Path, required=True, metavar="FILE.xlsx")
        job.add_argument("--queries", type=Path, required=True, metavar="FILE.tsv")
        job.add_argument("--judgements", type=Path, required=True, metavar="FILE.tsv")
        for each in jobs.choices.values():
            each.add_argument("--engine", default="", choices=["", *engines.NAMES], metavar="|".join(engines.NAMES))
            each.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, job: str, **options: Any) -> None:
        try:
            getattr(self, f"_{job}")(options)
        except (BadInput, SearchError) as error:
            self.stderr.write(str(error))
            sys.exit(2)

    def _say(self, options: dict[str, Any], data: Any, lines: list[str]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines))

    def _rebuild(self, options: dict[str, Any]) -> None:
        def progress(kind: str, done: int, total: int) -> None:
            self.stderr.write(f"{kind}: {done} / {total}")

        written = maintenance.rebuild(options["kind"], options["engine"], progress)
        self._say(options, written, [f"{kind}: {count}" for kind, count in written.items()])

    def _status(self, options: dict[str, Any]) -> None:
        status = maintenance.status(options["engine"])
        labels = {each.kind: str(each.label) for each in types()}
        data = {
            "engine": status.engine,
            "current": status.current,
            "waiting": status.waiting,
            "kinds": {each.kind: {"indexed": each.indexed, "database": each.database} for each in status.kinds},
        }
        lines = [f"{labels[each.kind]} {each.kind}: {each.indexed} / {each.database}" for each in status.kinds]
        lines.append(f"等待更新：{status.waiting}")
        if not status.current:
            lines.append("词语或登记的内容已改动，索引还是旧的：请运行 manage.py search rebuild")
        self._say(options, data, lines)

    def _verify(self, options: dict[str, Any]) -> None:
        found = [vars_of(each) for each in maintenance.differences(options["kind"], options["engine"])]
        self._say(options, found, [f"{each['kind']} {each['id']}: {each['what']}" for each in found] or ["一致"])
        if found:
            sys.exit(1)

    def _repair(self, options: dict[str, Any]) -> None:
        found = [vars_of(each) for each in maintenance.repair(options["kind"], options["engine"])]
        self._say(options, found, [f"{each['kind']} {each['id']}: {each['what']}" for each in found] or ["一致"])

    def _evaluate(self, options: dict[str, Any]) -> None:
        result = evaluation.evaluate(options["catalogue"], options["queries"], options["judgements"])
        figures = [f"{name} {result[name]}" for name in ("ndcg@5", "recall@10", "mrr", "queries")]
        self._say(options, result, figures)


def vars_of(difference: maintenance.Difference) -> dict[str, Any]:
    return {"kind": difference.kind, "id": difference.id, "what": difference.what}
