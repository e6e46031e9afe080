"""`make bench`: one JSON line per figure on standard output. `BENCH=name` picks one.

Each module here has `run() -> Iterator[dict]`; a figure stands beside its floor: what the same machine does at least, or at
best, without us, measured in the same run, or for a few of search (rebuild, suggest, update) the number that was promised
(`ratio` = value / floor, in the direction that its name says). All of it happens in a data folder of its own: thousands of
made-up products must never land in a real one.
"""

import json
import os
import pkgutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

FIELDS = ("bench", "value", "unit", "floor", "ratio", "n", "engine", "database")


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="yinqiao-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        return measure(names)


def measure(names: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
    os.environ["RATE_LIMITS"] = "off"
    import django

    django.setup()
    here = Path(__file__).parent
    known = [
        each.name
        for each in pkgutil.iter_modules([str(here)])
        if each.name not in {"__main__", "browser", "load", "plot"}
    ]
    if unknown := set(names) - set(known):
        print(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        module = import_module(f"tests.perf.{name}")
        if not hasattr(module, "run"):
            continue
        for line in module.run():
            print(json.dumps({field: line.get(field) for field in FIELDS}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
