"""manage.py search rebuild|status|verify|repair|words|evaluate"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from search import defaults, engines, evaluation, maintenance
from search.errors import BadInput, EngineDown, SearchError
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
        jobs.choices["rebuild"].add_argument(
            "--processes", type=int, metavar="N",
            help="how many read and analyse; else one for each core for a kind of more than 20,000 rows",
        )  # fmt: skip
        jobs.add_parser("words", help="put the built-in words and synonyms into the tables that editors change")
        job = jobs.add_parser("evaluate", help="judge results: nDCG@5, recall@10, MRR")
        job.add_argument("--catalogue", type=Path, required=True, metavar="FILE.xlsx")
        job.add_argument("--queries", type=Path, required=True, metavar="FILE.tsv")
        job.add_argument("--judgements", type=Path, required=True, metavar="FILE.tsv")
        for each in jobs.choices.values():
            each.add_argument(
                "--engine", default="", choices=["", *engines.NAMES], metavar="|".join(engines.NAMES),
                help="only this one; else all that are configured",
            )  # fmt: skip
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
            self.stderr.write(f"{name} {kind}: {done} / {total}")

        written: dict[str, int] = {}
        for name in self._names(options):
            written = maintenance.rebuild(options["kind"], name, progress, options["processes"])
        self._say(options, written, [f"{kind}: {count}" for kind, count in written.items()])

    def _status(self, options: dict[str, Any]) -> None:
        """One JSON object: the first engine's own keys, and under `engines` those of each."""
        data: list[dict[str, Any]] = []
        lines: list[str] = []
        for name in self._names(options):
            try:
                status = maintenance.status(name)
            except EngineDown as error:
                data.append({"engine": name, "trouble": error.reason})
                lines += [f"[{name}]", str(error)]
                continue
            data.append(_status_data(status))
            lines += _status_lines(status)
        self._say(options, {**data[0], "engines": data}, lines)

    def _names(self, options: dict[str, Any]) -> list[str]:
        return [options["engine"]] if options["engine"] else [each.name for each in engines.configured()]

    def _verify(self, options: dict[str, Any]) -> None:
        found = list(maintenance.differences(options["kind"], options["engine"]))
        self._say(options, [asdict(each) for each in found], _lines(found))
        if found:
            sys.exit(1)

    def _repair(self, options: dict[str, Any]) -> None:
        found = maintenance.repair(options["kind"], options["engine"])
        self._say(options, [asdict(each) for each in found], _lines(found))

    def _words(self, options: dict[str, Any]) -> None:
        added = defaults.load()
        self._say(options, added, [f"新增词语 {added['terms']}、同义词 {added['synonyms']}"])

    def _evaluate(self, options: dict[str, Any]) -> None:
        result = evaluation.evaluate(options["catalogue"], options["queries"], options["judgements"], options["engine"])
        for what, names in (("产品", result["unknown_products"]), ("查询", result["unknown_queries"])):
            if names:
                self.stderr.write(
                    f"判分里有目录或查询文件中没有的{what}：{'、'.join(names[:20])}（共 {len(names)} 个）"
                )
        figures = [f"{name} {result[name]}" for name in ("ndcg@5", "recall@10", "mrr", "queries")]
        self._say(options, result, figures)


def _lines(found: list[maintenance.Difference]) -> list[str]:
    return [f"{each.engine} {each.kind} {each.id}: {each.what}" for each in found] or ["一致"]


def _status_data(status: maintenance.Status) -> dict[str, Any]:
    return {
        "engine": status.engine,
        "current": status.current,
        "waiting": status.waiting,
        "trouble": status.trouble,
        "kinds": {each.kind: {"indexed": each.indexed, "database": each.database} for each in status.kinds},
        "failing": [asdict(each) for each in status.failing],
    }


def _status_lines(status: maintenance.Status) -> list[str]:
    labels = {each.kind: str(each.label) for each in types()}
    lines = [f"[{status.engine}]"]
    lines += [f"{labels[each.kind]} {each.kind}: {each.indexed} / {each.database}" for each in status.kinds]
    lines.append(f"等待更新：{status.waiting}")
    if status.trouble:
        lines.append(f"暂不使用（{status.trouble}），由自带引擎应答")
    if not status.current:
        lines.append("词语或登记的内容已改动，索引还是旧的：请运行 manage.py search rebuild")
    lines += [f"未能收录：{each.kind} {each.id}（{each.attempts} 次）{each.error}" for each in status.failing]
    return lines
