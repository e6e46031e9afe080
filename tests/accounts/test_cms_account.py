"""The CMS's page of one's own account."""

import pytest
from django.urls import reverse

from tests.catalogue.cms import client_of, house
from tests.factories import enterprise_user

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def editor():
    return house("东海银行").editor


def test_account_asks_for_one_name_and_for_no_mail_or_password(editor):
    client = client_of(editor)
    page = client.get(reverse("wagtailadmin_account"))
    fields = {
        name
        for panels in page.context_data["panels_by_tab"].values()
        for panel in panels
        for name in panel.get_form().fields
    }
    assert ("name" in fields, fields & {"first_name", "last_name", "email", "old_password"}) == (True, set())


def test_changed_name_is_kept_and_an_empty_one_refused(editor):
    client = client_of(editor)
    page = client.get(reverse("wagtailadmin_account"))
    data = {
        f"{panel.get_form().prefix}-{name}": field.initial or panel.get_form().initial.get(name) or ""
        for panels in page.context_data["panels_by_tab"].values()
        for panel in panels
        for name, field in panel.get_form().fields.items()
        if name != "avatar"
    }
    assert client.post(reverse("wagtailadmin_account"), data | {"name-name": "钱小编"}).status_code == 302
    editor.refresh_from_db()
    assert editor.name == "钱小编"
    assert client.post(reverse("wagtailadmin_account"), data | {"name-name": ""}).status_code == 200
    editor.refresh_from_db()
    assert editor.name == "钱小编"


def test_account_of_the_cms_is_for_its_people(client):
    assert client.get("/cms/account/").status_code == 302
    client.force_login(enterprise_user(), backend=BACKEND)
    assert client.get("/cms/account/").status_code in {302, 403}
