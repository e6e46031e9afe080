"""Drafts of editorial pages are seen by those who write pages, at every address of the CMS that takes any page."""

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import sync_groups
from accounts.models import User
from accounts.roles import Role
from content import actions
from content.models import ArticleIndexPage, ArticlePage
from tests.factories import user_with

pytestmark = pytest.mark.django_db
BULK = [
    (action, query)
    for action in ("delete", "move", "publish", "unpublish")
    for query in ("id={0}", "id=all&childOf={1}")
]


@pytest.fixture
def draft() -> ArticlePage:
    sync_groups()
    actions.ensure_site()
    actions.sync_groups()
    page = ArticlePage(
        title="还没写完的文章", slug="draft", summary="草稿", source="测试", as_of=date(2026, 1, 1), live=False
    )
    ArticleIndexPage.objects.get().add_child(instance=page)
    return page


def seen_by(user: User, page: ArticlePage) -> dict[str, bool]:
    """Address → whether it names `page`. Choosers answer in JSON, the other pages in HTML."""
    client, below = Client(), page.get_parent().pk
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    choosing = {
        "below": reverse("wagtailadmin_choose_page_child", args=[below]),
        "by type": reverse("wagtailadmin_choose_page") + "?page_type=content.ArticlePage",
    }
    found = {name: page.title in html_of(client.get(url)) for name, url in choosing.items()}
    for action, query in BULK:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        answer = client.get(f"{url}?{query.format(page.pk, below)}")
        found[f"{action} {query}"] = page.title in answer.content.decode()
    return found


def html_of(answer) -> str:
    text = answer.content.decode()
    return json.loads(text)["html"] if text.startswith("{") else text


@pytest.mark.parametrize("role", [Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.SUPERVISOR])
def test_draft_is_named_at_no_address_to_who_writes_no_pages(draft, role):
    found = seen_by(user_with(role), draft)
    assert (len(found), {name for name, seen in found.items() if seen}) == (10, set())


def test_draft_is_named_at_every_address_to_the_editor(draft):
    """Negative control."""
    assert set(seen_by(user_with(Role.EDITOR), draft).values()) == {True}


def test_published_page_is_chosen_by_everybody(draft):
    draft.save_revision().publish()
    found = seen_by(user_with(Role.PRODUCT_EDITOR), draft)
    assert [found[name] for name in ("below", "by type")] == [True, True]
