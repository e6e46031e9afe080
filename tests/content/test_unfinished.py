"""Drafts that are not finished yet, and what the CMS says of the site and of who is at it."""

import html
import json
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from content.models import ArticleIndexPage, ArticlePage, PolicyIndexPage, PolicyPage
from tests.factories import ProductFactory, RegionFactory, user_with

from .test_editing import add_address, home, the_article

__all__ = ["home"]
pytestmark = pytest.mark.django_db

UNFINISHED = [
    ("products", {"value": ""}),
    ("comparison", {"value": "甲贷"}),
    ("calculator", {"value": ""}),
    ("image", {"value-image": "", "value-alt": "", "value-caption": ""}),
    ("video", {"value-title": "", "value-file": "", "value-captions": "", "value-link": "", "value-transcript": ""}),
]


def unfinished(kind: str, fields: dict[str, str], action: str) -> dict[str, str]:
    body = {f"body-0-{name}": value for name, value in fields.items()} | {"body-0-type": kind}
    form = {name: value for name, value in the_article().items() if name not in {"action-publish", "body-0-value"}}
    return form | body | ({action: "1"} if action else {})


@pytest.mark.parametrize(("kind", "fields"), UNFINISHED)
def test_draft_is_saved_and_previewed_with_a_block_that_is_not_finished(client, home, kind, fields):
    ProductFactory(name="甲贷", slug="a")
    client.force_login(user_with(Role.EDITOR))
    answer = client.post(add_address(ArticleIndexPage.objects.get(), ArticlePage), unfinished(kind, fields, ""))
    assert answer.status_code == 302, answer.context["form"].errors
    page = ArticlePage.objects.get()
    assert [each.block_type for each in page.get_latest_revision_as_object().body] == [kind]
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert client.post(preview, unfinished(kind, fields, "")).json()["is_valid"] is True
    assert client.get(preview, {"mode": ""}).status_code == 200


@pytest.mark.parametrize(("kind", "fields"), UNFINISHED)
def test_page_is_not_published_with_a_block_that_is_not_finished(client, home, kind, fields):
    ProductFactory(name="甲贷", slug="a")
    client.force_login(user_with(Role.EDITOR))
    url = add_address(ArticleIndexPage.objects.get(), ArticlePage)
    answer = client.post(url, unfinished(kind, fields, "action-publish"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["body"])
    assert not ArticlePage.objects.exists()


def test_place_of_a_policy_is_typed_by_name_and_shown_by_name(client, home):
    RegionFactory()
    client.force_login(user_with(Role.EDITOR))
    url = add_address(PolicyIndexPage.objects.get(), PolicyPage)
    form = the_article() | {"slug": "p", "region": "定海"}
    answer = client.post(url, form)
    assert answer.status_code == 302, answer.context["form"].errors
    page = PolicyPage.objects.get()
    assert page.region_id == "330902"
    text = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert re.findall(r'<input[^>]* name="region" value="([^"]+)"', text) == ["浙江省舟山市定海区"]
    assert "js/options.js" in text
    refused = client.post(url, form | {"slug": "q", "region": "亚特兰蒂斯"}).context["form"].errors
    assert refused == {"region": ["没有找到“亚特兰蒂斯”，请换个说法，或填代码。"]}


RICH = json.dumps({"blocks": [{"key": "a", "text": "第一段，写了半天"}, {"key": "b", "text": " "}], "entityMap": {}})


def test_person_signed_out_while_writing_a_page_gets_the_text_back(client, home):
    body = {"body-count": "2", "body-1-type": "paragraph", "body-1-order": "1", "body-1-id": "x", "body-1-deleted": ""}
    body |= {"body-1-value": RICH, "loaded_revision_id": "7", "loaded_revision_created_at": "2026-01-01T00:00:00"}
    url = add_address(ArticleIndexPage.objects.get(), ArticlePage)
    answer = client.post(url, the_article() | body)
    assert answer.status_code == 403
    assert answer.context["typed"] == [
        ("标题", "转贷怎么办"),
        ("一句话", "一步步来"),
        ("来源", "本站编写"),
        ("资料日期", "2026-01-01"),
        ("正文", "先看到期日\n第一段，写了半天"),
    ]
    assert "/accounts/login/" in answer.content.decode()
    quiet = client.post(url, the_article(), headers={"accept": "application/json"})
    assert (quiet.status_code, quiet.json()["error_code"]) == (403, "locked")
    assert not ArticlePage.objects.exists()


def test_person_signed_in_without_the_right_is_refused_as_ever(client, home):
    client.force_login(user_with(Role.PRODUCT_EDITOR))
    assert client.post(add_address(ArticleIndexPage.objects.get(), ArticlePage), the_article()).status_code == 302


def test_cms_calls_people_by_name_and_sends_nobody_outside_for_help(client, home, settings):
    client.force_login(user_with(Role.EDITOR, name="李编辑"))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    named = re.findall(r'"name": ("[^"]*"), "avatarUrl"', html.unescape(page))
    assert [json.loads(each) for each in named] == ["李编辑"]
    assert [word for word in ("whats-new", "editor-guide", "created in localhost") if word in page] == []


def test_sitemap_has_pages_at_the_address_of_this_site(client, home, settings):
    settings.PUBLIC_URL = "https://yinqiao.example:8443"
    found = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap-pages.xml").content.decode())
    assert found == [f"https://yinqiao.example:8443{path}" for path in ("/", "/policies/", "/cases/", "/articles/")]
