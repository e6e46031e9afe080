"""Who writes editorial pages, in the CMS."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from content import actions
from content.models import ArticleIndexPage, ArticlePage, HomePage, PolicyIndexPage
from tests.factories import RegionFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    from accounts.actions import sync_groups

    sync_groups()
    actions.sync_groups()
    return HomePage.objects.get()


def the_article() -> dict[str, str]:
    return {
        "title": "转贷怎么办",
        "slug": "zhuandai",
        "summary": "一步步来",
        "source": "本站编写",
        "source_url": "",
        "as_of": "2026-01-01",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-id": "",
        "body-0-value": "先看到期日",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }


def add_address(index, model) -> str:
    return reverse("wagtailadmin_pages:add", args=["content", model._meta.model_name, index.pk])


def test_editor_publishes_an_article(client, home):
    client.force_login(user_with(Role.EDITOR))
    answer = client.post(add_address(ArticleIndexPage.objects.get(), ArticlePage), the_article())
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get("/articles/zhuandai/")
    assert "先看到期日" in page.content.decode()


@pytest.mark.parametrize("role", [Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER])
def test_people_of_institutions_write_no_articles(client, home, role):
    client.force_login(user_with(role))
    assert client.post(add_address(ArticleIndexPage.objects.get(), ArticlePage), the_article()).status_code == 302
    assert not ArticlePage.objects.exists()


def test_enterprise_does_not_enter_the_cms(client, home):
    client.force_login(enterprise_user())
    assert client.get(reverse("wagtailadmin_home")).status_code in {302, 403}


def test_editors_home_carries_the_name(client, home, settings):
    client.force_login(user_with(Role.EDITOR, name="李编辑"))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert f"- {settings.SITE_NAME}</title>" in page
    assert 'class="yq-brand"' in page
    assert "李编辑，您好" in page
    assert "css/cms.css" in page


def test_administration_carries_the_name(client, settings):
    client.force_login(user_with(Role.ADMINISTRATOR))
    page = client.get("/admin/").content.decode()
    assert f"{settings.SITE_NAME} · 系统管理" in page


def test_preview_shows_what_is_not_saved_yet(client, home):
    client.force_login(user_with(Role.EDITOR))
    index = PolicyIndexPage.objects.get()
    address = reverse("wagtailadmin_pages:preview_on_add", args=["content", "policypage", index.pk])
    form = the_article() | {"region": RegionFactory().pk, "title": "还没发布的政策", "slug": "p"}
    answer = client.post(address, form)
    assert answer.json()["is_valid"] is True, answer.content.decode()
    assert "还没发布的政策" in client.get(address, {"mode": ""}).content.decode()


def test_sync_groups_twice(home):
    from wagtail.models import GroupPagePermission

    before = GroupPagePermission.objects.count()
    actions.sync_groups()
    assert GroupPagePermission.objects.count() == before
