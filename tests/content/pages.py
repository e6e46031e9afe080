"""Pages for tests, published below the site's own sections."""

import json
from datetime import date

from content import actions
from content.models import ArticleIndexPage, ArticlePage, PolicyIndexPage, PolicyPage
from tests.factories import RegionFactory


def article(body: list[dict] | None = None, **fields) -> ArticlePage:
    actions.ensure_site()
    told = {
        "title": "转贷怎么办",
        "slug": "zhuandai",
        "summary": "一步步来",
        "source": "本站编写",
        "as_of": date(2026, 1, 1),
    }
    page = ArticlePage(**told | fields, body=json.dumps(body or []))
    ArticleIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


def policy(**fields) -> PolicyPage:
    actions.ensure_site()
    told = {"title": "首贷贴息", "slug": "shoudai", "summary": "贴息", "source": "测试", "as_of": date(2026, 1, 1)}
    page = PolicyPage(**told | {"region": RegionFactory()} | fields)
    PolicyIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page
