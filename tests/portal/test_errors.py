"""What goes wrong is answered in the site's own words, and says what to do."""

from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

pytestmark = pytest.mark.django_db
# The tests of search alone fill a server's indices; elsewhere the embedded engine stands in.
STANDBY = {"elasticsearch": "standby"} if site_settings.ELASTICSEARCH_URL else {}


def test_unknown_address(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_request_larger_than_the_limit(client, settings):
    settings.REQUEST_MAX_BYTES = 1000
    answer = client.post("/accounts/login/", {"login": "x" * 2000})
    assert answer.status_code == 413
    assert "太大" in answer.content.decode()


def test_form_with_more_text_than_django_reads(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post(
        "/accounts/login/", data="login=" + "x" * 500, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


def test_server_error_without_the_database(settings, django_assert_num_queries):
    """The page for a fault needs nothing that may be the fault."""
    from django.test import RequestFactory

    from portal.errors import server_error

    with django_assert_num_queries(0):
        answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "稍后" in answer.content.decode()


def test_form_with_a_stale_token():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code in {302, 403}


def test_health(client):
    OrmQ.objects.all().delete()  # a kept test database holds tasks of earlier runs
    assert client.get("/healthz").content == b"ok"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"database": "ok", "index": "ok", "queue": "ok"} | STANDBY


def test_health_when_nobody_takes_tasks(client):
    OrmQ.objects.create(key="yinqiao", payload="", lock=timezone.now() - timedelta(minutes=16))
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"database": "ok", "index": "ok", "queue": "down"} | STANDBY


def test_way_back_to_another_site(client):
    assert client.get("/language/en/?next=https://evil.example/").url == "/"
    assert client.get("/language/en/?next=/products/").url == "/products/"
