"""Home, policies, cases and a few explainers: what the six cases state, and where they are silent, that they are."""

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.html import escape
from wagtail.models import Page

from accounts.models import Region

from . import actions
from .models import ArticleIndexPage, ArticlePage, CaseIndexPage, CasePage, HomePage, PolicyIndexPage, PolicyPage

DATA = Path(__file__).parent / "demo"
SOURCE = "浙里改《浙江省优化营商环境之获得金融服务优秀案例（二）》（2024 年）"
SOURCE_SHORT = "浙里改优秀案例（二）"
AS_OF = date(2024, 12, 31)
WRITTEN = date(2026, 11, 24)
GAPS = "来源原文有缺段，这里只列写明的内容，没有写的规则没有补。"
Block = dict[str, Any]


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def load() -> dict[str, int]:
    """Makes what is missing; pages that people changed, moved or took down stay as they left them."""
    actions.sync_groups()
    _home(actions.ensure_site())
    cases, policies, articles = _read("cases.toml")["case"], _read("policies.toml")["policy"], _read("articles.toml")
    for row in policies:
        _add(PolicyIndexPage, _policy(row))
    for row in cases:
        _add(CaseIndexPage, _case(row))
    for row in reversed(articles["article"]):
        _add(ArticleIndexPage, _article(row))
    return {"cases": len(cases), "policies": len(policies), "articles": len(articles["article"])}


def _home(home: HomePage) -> None:
    """Fills the front page once: whoever has edited it since keeps their version."""
    if home.examples or home.latest_revision_id:
        return
    data = _read("home.toml")
    home.lead, home.examples = data["lead"], "\n".join(data["examples"])
    home.figures = _figures(data["figures"])
    home.save_revision().publish()


def _add(index_model: type[Page], page: Page) -> None:
    index = index_model.objects.get()
    if type(page).objects.filter(slug=page.slug).exists():
        return
    index.add_child(instance=page)
    page.save_revision().publish()


def _case(row: dict) -> CasePage:
    body = [_block("heading", "做法、规则和数字"), _table(["做法", "规则", "数字"], row["table"])]
    body += [_notice(text, tone="warn") for text in row.get("remarks", [])]
    return CasePage(
        title=row["title"],
        slug=row["slug"],
        number=row["number"],
        region=Region.objects.get(pk=row["region"]),
        summary=row["summary"],
        figures=_figures(row["figures"]),
        body=json.dumps([*body, _notice(GAPS), *_links(row)]),
        source=SOURCE,
        as_of=AS_OF,
    )


def _policy(row: dict) -> PolicyPage:
    return PolicyPage(
        title=row["title"],
        slug=row["slug"],
        region=Region.objects.get(pk=row["region"]),
        summary=row["summary"],
        audience=row["audience"],
        body=json.dumps([*_body(row["body"]), _notice(GAPS), *_links(row)]),
        source=SOURCE,
        as_of=AS_OF,
    )


def _article(row: dict) -> ArticlePage:
    return ArticlePage(
        title=row["title"],
        slug=row["slug"],
        summary=row["summary"],
        body=json.dumps([*_body(row["body"]), *_links(row)]),
        source="本站编写",
        as_of=WRITTEN,
    )


# Blocks in the form in which StreamField stores them.


def _block(kind: str, value: Any) -> Block:
    return {"type": kind, "value": value}


def _body(rows: list[dict]) -> list[Block]:
    makers: dict[str, Callable[[dict], Block]] = {
        "heading": lambda row: _block("heading", row["heading"]),
        "paragraph": lambda row: _block("paragraph", f"<p>{row['paragraph']}</p>"),
        "list": lambda row: _block("paragraph", "<ul>" + "".join(f"<li>{line}</li>" for line in row["list"]) + "</ul>"),
        "steps": lambda row: _block("steps", [{"text": text, "who": ""} for text in row["steps"]]),
        "notice": lambda row: _notice(row["notice"]),
        "table": lambda row: _table(row["table"], row["rows"]),
    }
    return [makers[next(iter(row))](row) for row in rows]


def _figures(rows: list[dict]) -> str:
    whole = [{"note": "", "unit": ""} | row | {"source": SOURCE_SHORT, "as_of": "2024 年"} for row in rows]
    return json.dumps([_block("figure", row) for row in whole])


def _notice(text: str, tone: str = "") -> Block:
    return _block("notice", {"tone": tone, "text": f"<p>{escape(text)}</p>"})


def _table(columns: list[str], rows: list[list[str]]) -> Block:
    headings = [{"type": "text", "heading": heading} for heading in columns]
    return _block("table", {"columns": headings, "rows": [{"values": row} for row in rows], "caption": ""})


def _links(row: dict) -> list[Block]:
    links = [{"label": label, "url": url} for label, url in row.get("links", [])]
    return [_block("heading", "接着看"), _block("links", links)] if links else []
