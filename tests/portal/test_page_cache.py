"""Anonymous pages: from memory when nothing changed, new at once when something did, never for people who signed in."""

import gzip
import threading
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory
from wagtail.models import Page, PageViewRestriction

from portal import page_cache
from portal.invalidation import bump
from portal.memory import Memory
from portal.models import Epoch
from portal.page_cache import PageCache
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


class Counting:
    """Django's handler, counting how often it is asked."""

    def __init__(self) -> None:
        self.handler, self.asked = get_wsgi_application(), 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.handler(environ, start_response)


@pytest.fixture
def counting(db) -> Iterator[Counting]:
    """Connections stay open over requests, as Django's own test client keeps them."""
    Epoch.objects.get_or_create(pk=1)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Counting()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def cache(counting) -> PageCache:
    return PageCache(counting)


def fetch(cache: PageCache, path: str, **extra) -> tuple[str, dict[str, str], bytes]:
    environ = RequestFactory().get(path, **extra).environ
    begun: list = []
    body = b"".join(cache(environ, lambda status, headers, *more: begun.extend((status, dict(headers)))))
    return begun[0], begun[1], body


def test_page_asked_for_twice(cache, counting):
    first, second = fetch(cache, "/robots.txt"), fetch(cache, "/products/")
    again = fetch(cache, "/products/")
    assert (first[0], second[0]) == ("200 OK", "200 OK")
    assert again[2] == second[2]
    assert counting.asked == 2
    assert fetch(cache, "/robots.txt")[0] == "200 OK"
    assert counting.asked == 3  # plain text is not kept


def test_page_after_a_publish(cache, counting):
    product = ProductFactory(name="海岛贷")
    assert "海岛贷" in fetch(cache, product.get_absolute_url())[2].decode()
    product.name = "远岛贷"
    product.save()
    assert "远岛贷" in fetch(cache, product.get_absolute_url())[2].decode()
    assert counting.asked == 2


def test_page_that_was_rendered_while_something_changed(cache, counting):
    """It is kept under the epoch read before, so nobody gets it."""
    inner = cache.application

    def slow(environ, start_response):
        answer = inner(environ, start_response)
        bump()
        return answer

    cache.application = slow
    fetch(cache, "/products/")
    cache.application = inner
    fetch(cache, "/products/")
    assert counting.asked == 2


def test_page_for_somebody_signed_in(cache, counting):
    for _ in range(2):
        fetch(cache, "/products/", HTTP_COOKIE="sessionid=abc")
    assert counting.asked == 2


def test_page_that_sets_a_cookie_or_forbids_storing(cache, counting):
    for path in ("/accounts/login/", "/language/en/"):
        before = counting.asked
        fetch(cache, path)
        fetch(cache, path)
        assert counting.asked == before + 2, path


def test_page_in_two_languages(cache, counting):
    chinese = fetch(cache, "/products/")
    english = fetch(cache, "/products/", HTTP_COOKIE="django_language=en")
    assert chinese[1]["Content-Language"] == "zh-hans"
    assert english[1]["Content-Language"] == "en"
    assert fetch(cache, "/products/", HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.8")[2] == english[2]
    assert counting.asked == 2


def test_page_that_the_browser_has(cache, counting):
    etag = fetch(cache, "/products/")[1]["ETag"]
    status, headers, body = fetch(cache, "/products/", HTTP_IF_NONE_MATCH=etag)
    assert (status, body) == ("304 Not Modified", b"")
    assert headers["ETag"] == etag


def test_page_for_a_browser_that_unzips(cache):
    plain = fetch(cache, "/products/")[2]
    _, headers, zipped = fetch(cache, "/products/", HTTP_ACCEPT_ENCODING="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped) == plain


def test_hit_costs_one_query(cache, django_assert_num_queries):
    fetch(cache, "/products/")
    with django_assert_num_queries(1):
        fetch(cache, "/products/")


def test_missing_page_is_not_kept(cache, counting):
    for _ in range(2):
        assert fetch(cache, "/products/no-such-thing/")[0] == "404 Not Found"
    assert counting.asked == 2


def test_memory_drops_what_was_not_used(cache):
    memory = Memory(max_bytes=100)
    stored = page_cache.Stored([], b"x" * 30, b"y" * 10, "", float("inf"))
    for key in ("a", "b", "c"):
        memory.put(1, (key,), stored)
    assert memory.get(1, ("a",)) is None
    assert memory.get(1, ("c",)) == stored
    assert memory.size == 80
    assert memory.get(2, ("c",)) is None


@pytest.mark.django_db(transaction=True)
def test_publish_that_is_rolled_back():
    Epoch.objects.get_or_create(pk=1)
    before = page_cache.read_epoch()
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        ProductFactory()
        raise RuntimeError
    assert page_cache.read_epoch() == before


@pytest.mark.django_db(transaction=True)
def test_publish_seen_by_another_worker():
    """A thread with a connection of its own stands for another process: it reads the new epoch right after the commit."""
    Epoch.objects.get_or_create(pk=1)
    seen: list[int | None] = []

    def other() -> None:
        seen.append(page_cache.read_epoch())
        connection.close()

    for step in (None, ProductFactory):
        if step:
            step()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen[1] is not None
    assert seen[0] is not None
    assert seen[1] > seen[0]


def test_form_token_is_kept_for_nobody(counting):
    """Who has the token's cookie already is set none, yet the token in their page is good for nobody else."""

    def form(environ, start_response):
        counting.asked += 1
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b'<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="theirs"></form>']

    cache = PageCache(form)
    assert b"theirs" in fetch(cache, "/", HTTP_COOKIE="csrftoken=theirs")[2]
    fetch(cache, "/")
    assert counting.asked == 2


def test_page_made_private(cache, counting):
    from content.actions import ensure_site

    home = ensure_site()
    assert fetch(cache, "/")[0] == "200 OK"
    PageViewRestriction.objects.create(page=home, restriction_type=PageViewRestriction.LOGIN)
    assert fetch(cache, "/")[0] == "302 Found"


def test_page_expired_by_the_clock(cache, counting):
    """Wagtail takes it down through the base class."""
    from content.actions import ensure_site

    home = ensure_site()
    assert fetch(cache, "/")[0] == "200 OK"
    Page.objects.get(pk=home.pk).unpublish()
    assert fetch(cache, "/")[0] == "404 Not Found"


def test_page_behind_a_proxy_that_speaks_https(cache, counting):
    """What it says of its own address differs: a plain request gets no answer made for another scheme."""
    fetch(cache, "/products/", HTTP_X_FORWARDED_PROTO="https")
    fetch(cache, "/products/")
    assert counting.asked == 2


def test_cookies_that_mean_nothing(cache, counting):
    """Who sends any value they like fills no memory with copies of one page."""
    fetch(cache, "/products/")
    for value in ("2", "x", ""):
        fetch(cache, "/products/", HTTP_COOKIE=f"large={value}; other={value}")
    assert counting.asked == 1


def test_anonymous_page_carries_no_form_token():
    """A token would set a cookie and keep the page out of the cache."""
    client = Client()
    for path in ("/", "/products/", "/events/", "/advisors/", "/search/?q=%E8%B4%B7"):
        assert "csrftoken" not in client.get(path).cookies, path
