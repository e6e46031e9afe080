"""What somebody typed outlives their session, and is never sent by itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Enterprise
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FORM = {"name": "云雾茶坊", "uscc": "9133", "password": "secret", "csrfmiddlewaretoken": "x"}


def test_post_after_the_session_expired(client):
    UserFactory(username="tea")
    page = reverse("accounts:enterprise_new")
    answer = client.post(page, FORM)
    assert answer.url == f"{reverse('account_login')}?next={page}"
    assert "已为您保留" in client.get(answer.url).content.decode()
    back = client.post(answer.url, {"login": "tea", "password": "correct horse", "next": page})
    assert back.url == page
    shown = client.get(page).content.decode()
    assert 'value="云雾茶坊"' in shown
    assert "请核对后再次提交" in shown
    assert "secret" not in shown
    assert Enterprise.objects.count() == 0
    assert "云雾茶坊" not in client.get(page).content.decode()  # shown once


def test_post_with_a_file_after_the_session_expired(client):
    user = UserFactory()
    page = reverse("accounts:enterprise_new")
    client.post(page, FORM | {"licence": SimpleUploadedFile("licence.png", b"x", "image/png")})
    client.force_login(user)
    assert "文件没有保留，请重新选择。" in client.get(page).content.decode()


def test_post_with_a_stale_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    page = reverse("accounts:enterprise_new")
    assert client.post(page, FORM).url == page
    assert 'value="云雾茶坊"' in client.get(page).content.decode()


def test_draft_of_another_address_stays(client):
    UserFactory(username="tea")
    client.post(reverse("accounts:enterprise_new"), FORM)
    client.post("/accounts/login/", {"login": "tea", "password": "correct horse"})
    client.get("/accounts/start/")
    assert 'value="云雾茶坊"' in client.get(reverse("accounts:enterprise_new")).content.decode()


def test_post_too_long_to_keep(client):
    page = reverse("accounts:enterprise_new")
    client.post(page, {"name": "茶" * 80_000})
    assert "kept_draft" not in client.session


def test_sign_in_form_itself_is_never_kept():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "tea", "password": "secret"})
    assert "kept_draft" not in client.session
    assert answer.status_code in {302, 403}
