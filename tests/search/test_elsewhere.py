"""`search` by itself: copied into another project, beside nothing else of this one."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests/search/elsewhere"
STRANGE = [
    "portal",
    "dashboard",
    "events",
    "advisors",
    "matching",
    "catalogue",
    "content",
    "accounts",
    "wagtail",
    "modelcluster",
]


def test_search_works_in_a_project_of_its_own(tmp_path):
    shutil.copytree(ROOT / "search", tmp_path / "search", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT, tmp_path, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    tried = subprocess.run(
        [sys.executable, "try_out.py", *STRANGE],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (tried.returncode, tried.stderr.replace("embedded book: 2 / 2", "").strip()) == (0, "")
    assert json.loads(re.search(r"SAID (.*)", tried.stdout)[1]) == {
        "part": 1,
        "sounds": ["茶园与贷款"],
        "page": True,
        "one kind": 200,
        "nothing": True,
        "empty": 200,
        "bound": True,
        "signed in": 2,
        "changed": [0, 1, 0],
        "strange": [],
    }


def test_readme_shows_the_declaration_that_is_tried():
    declared = (PROJECT / "shelf/documents.py").read_text(encoding="utf-8")
    assert declared in (ROOT / "search/README.md").read_text(encoding="utf-8")
