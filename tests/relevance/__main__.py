"""python -m tests.relevance [--misses] [--aside] [--baseline]: in a data folder of its own, about fifteen seconds."""

import json
import os
import sys
import tempfile
from pathlib import Path


def main(options: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="yinqiao-relevance-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
        import django

        django.setup()
        from django.core.management import call_command

        from search import outbox
        from tests import relevance

        call_command("migrate", verbosity=0)
        with outbox.suspended():
            relevance.load_demo()
        found = relevance.measure_all(Path(folder))
    figures = relevance.means(found)
    for place, each in figures.items():
        if "aside" in place and not {"--aside", "--baseline"} & set(options):
            continue
        print(f"{place:16}", *(f"{name} {value}" for name, value in each.items()))
    if "--misses" in options:
        misses(found)
    if "--baseline" in options:
        relevance.BASELINE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def misses(found: dict) -> None:
    """Queries of the tuning part whose first five or first ten could be better, worst first."""
    from search.evaluation import read_table
    from tests.relevance import HERE, SPLIT

    for name in SPLIT:
        judged: dict[str, list[str]] = {}
        for _number, row in read_table(HERE / name / "tuning" / "judgements.tsv", ("id", "name", "grade")):
            judged.setdefault(row["id"], []).append(f"{row['name']} {row['grade']}")
        texts = {
            row["id"]: row["text"] for _n, row in read_table(HERE / name / "tuning" / "queries.tsv", ("id", "text"))
        }
        for key, each in sorted(found[f"{name}/tuning"]["per_query"].items(), key=lambda item: item[1]["ndcg@5"] or 0):
            if each["ndcg@5"] < 0.95 or each["recall@10"] < 1:
                print(key, texts[key], each["ndcg@5"], each["recall@10"], each["results"][:6], "←", judged[key])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
