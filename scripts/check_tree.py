"""What no linter sees: `site/` must not become a package, no lock or page names a host, no machine's path is committed."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOSTS = re.compile(r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|npmmirror|maven|unpkg|jsdelivr|cdnjs)[^\s\"']*", re.I)
PATHS = re.compile(r"(?<![\w.])/(?:root|home/\w+|work)/")
TEXT = {".py", ".txt", ".in", ".toml", ".json", ".html", ".css", ".js", ".md", ".yml", ".yaml", ".sh", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def main() -> int:
    problems = []
    if (ROOT / "site" / "__init__.py").exists():
        problems.append("site/__init__.py hides Python's own module of that name: delete it")
    for path in tracked():
        if path.suffix not in TEXT or not path.is_file() or path.name == Path(__file__).name:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if found := HOSTS.search(line) or PATHS.search(line):
                problems.append(f"{path.relative_to(ROOT)}:{number}: names {found.group(0)}")
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
