"""What holds for every template: no inline script or style, a known base, icons and static files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASES = {
    "base.html",
    "me.html",
    "desk.html",
    "allauth/layouts/base.html",
    "wagtailadmin/base.html",
    "wagtailadmin/generic/base.html",
    "wagtailadmin/reports/base_report.html",
    "wagtailadmin/reports/base_report_results.html",
    "wagtailadmin/home.html",
    "admin/base.html",
}
STANDALONE = {"base.html", "errors/500.html"}


def templates() -> dict[str, Path]:
    """{name as Django finds it: path} of all our HTML templates."""
    folders = [
        ROOT / "site/templates",
        *ROOT.glob("site/*/templates"),
        *ROOT.glob("[a-z]*/templates"),
        *ROOT.glob("matching/*/templates"),
    ]
    return {str(path.relative_to(folder)): path for folder in folders for path in sorted(folder.rglob("*.html"))}


ALL = templates()


def test_templates_are_found():
    assert {"base.html", "content/home_page.html", "search/search.html"} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_no_inline_script_or_style(name):
    """The content security policy would refuse it."""
    text = ALL[name].read_text(encoding="utf-8")
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", text) == []
    assert [
        tag
        for tag in re.findall(r"<script\b[^>]*>", text)
        if "src=" not in tag and not re.search(r"application/(ld\+)?json", tag)
    ] == []


@pytest.mark.parametrize("name", ALL)
def test_page_stands_on_a_known_base(name):
    """A page extends one of the bases, directly or not; a part of a page extends nothing and opens no document."""
    text = ALL[name].read_text(encoding="utf-8")
    parent = re.match(r"(?:\s|\{#.*?#\}|\{% load [^%]*%\})*\{% extends ([^ ]+) %\}", text)
    if parent is None:
        assert name in STANDALONE or "<html" not in text
        return
    if not parent[1].startswith('"'):
        return  # chosen by the view among these bases
    base = parent[1].strip('"')
    assert base in BASES or base in ALL, base


@pytest.mark.parametrize("name", ALL)
def test_static_files_and_icons_exist(name):
    text = ALL[name].read_text(encoding="utf-8")
    files = re.findall(r"\{% static [\"\']([^\"\'{]+)[\"\']", text)
    own = [file for file in files if not file.startswith(("vendor/", "django_htmx/"))]
    folders = [ROOT / "site/static", ROOT / "search/static"]
    assert [file for file in own if not any((folder / file).is_file() for folder in folders)] == []
    symbols = set(re.findall(r"<symbol id=\"([\w-]+)\"", (ROOT / "site/static/img/icons.svg").read_text()))
    assert set(re.findall(r"components/icon.html\" with name=\"([\w-]+)\"", text)) - symbols == set()


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_loaded_from_elsewhere(name):
    text = ALL[name].read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]+\.(?:js|css|woff2?|png|svg)", text) == []


def test_classes_that_contributing_promises_exist():
    css = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "site/static/css").glob("*.css"))
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    promised = re.search(r"Classes: (.*?)\. No inline", text, re.S)[1]
    names = re.findall(r"`([a-z][a-z-]*)`", promised)
    assert len(names) > 20
    assert [name for name in names if name not in {"dl", "data-label"} and f".{name}" not in css] == []
