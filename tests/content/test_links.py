"""The weekly look at links: what is gathered, what is asked, where we never go, what editors are told."""

import http.server
import socket
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from content.links import check, fetch, gather
from content.links.fetch import Answer, Asker
from content.models import Link, LinkUse
from content.tasks import check_links
from tests.content.pages import article
from tests.factories import InstitutionFactory, ProductFactory, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db
LOOPBACK = ["127.0.0.0/8"]


class Site(http.server.BaseHTTPRequestHandler):
    """A site with every kind of answer."""

    def answer(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("User-Agent", "")))
        status, headers = 404, {}
        body = b""
        if self.path == "/robots.txt" and self.server.robots:
            status, body = 200, self.server.robots
        elif self.path == "/get-only":
            status = 405 if self.command == "HEAD" else 200
        elif self.path == "/loop":
            status, headers = 302, {"Location": "/loop"}
        elif self.path == "/moved":
            status, headers = 301, {"Location": "/good"}
        elif self.path == "/to-nowhere":
            status, headers = 302, {"Location": "http://[::1/"}
        elif self.path == "/inside":
            status, headers = 302, {"Location": "http://10.0.0.1/"}
        elif self.path == "/slow":
            self.server.gate.wait(5)
            status = 200
        elif self.path in {"/good", "/private/x", "/%E4%B8%AD?q=%E6%96%87"}:
            status = 200
        elif self.path == "/members":
            status = 403
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_GET = do_HEAD = answer

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def other():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.robots, server.gate = [], b"", threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


class TestFetch:
    @pytest.mark.parametrize(
        ("path", "kind", "detail"),
        [
            ("/good", "good", "200"),
            ("/moved", "good", "200"),
            ("/get-only", "good", "200"),
            ("/中?q=文", "good", "200"),
            ("/gone", "broken", "404"),
            ("/members", "unsure", "403"),
            ("/loop", "broken", "redirects"),
            ("/inside", "refused", "inner network"),
            ("/to-nowhere", "broken", "address"),
        ],
    )
    def test_answers(self, other, path, kind, detail):
        assert Asker("test", LOOPBACK).ask(other.url + path) == Answer(kind, detail)

    @pytest.mark.parametrize(
        "url", ["http://example.com:99999/", "http://example.com:x/", "http://[::1/", "https:///x"]
    )
    def test_address_that_cannot_be_read_is_said_and_ends_no_run(self, url):
        assert Asker("test").ask(url).kind in {"broken", "refused"}

    def test_inner_networks_are_never_asked(self, other):
        """The same address that answers when allowed: so the guard, not the server, refuses."""
        assert Asker("test").ask(f"{other.url}/good") == Answer("refused", "inner network")
        assert other.asked == []
        assert Asker("test", LOOPBACK).ask(f"{other.url}/good").kind == "good"

    @pytest.mark.parametrize(
        "url",
        [
            "http://10.1.2.3/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://localhost/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
            "http://2130706433/",
            "http://224.0.0.1/",
            "http://100.64.0.1/",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "http://user:secret@93.184.216.34/",
            "http://93.184.216.34:22/",
        ],
    )
    def test_addresses_that_are_refused(self, url):
        assert Asker("test", seconds=1).ask(url).kind == "refused"

    def test_name_that_answers_with_an_inner_address_is_refused(self, other, monkeypatch):
        """Every address of a name is looked at, and the connection goes to one that was: a second answer changes nothing."""
        asked = []

        def resolve(name, port, *args, **kwargs):
            asked.append(name)
            public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))
            inner = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
            return [public, inner]

        monkeypatch.setattr(fetch.socket, "getaddrinfo", resolve)
        found = Asker("test").ask(f"http://rebind.example:{other.server_port}/good")
        assert (found.kind, other.asked) == ("refused", [])

    def test_unknown_name_is_broken(self):
        assert Asker("test").ask("http://nobody.invalid/") == Answer("broken", "name")

    def test_nobody_listening_is_broken(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert Asker("test", LOOPBACK).ask(f"http://127.0.0.1:{port}/") == Answer("broken", "connection")

    def test_slow_answer_ends_in_time(self, other):
        assert Asker("test", LOOPBACK, seconds=0.3).ask(f"{other.url}/slow") == Answer("broken", "timeout")

    def test_robots_are_kept_to_and_asked_once(self, other):
        other.robots = b"User-agent: *\nDisallow: /private/\n"
        asker = Asker("YinqiaoLinkCheck/1.0 (+https://yinqiao.example)", LOOPBACK)
        assert asker.ask(f"{other.url}/private/x") == Answer("unsure", "robots.txt")
        assert asker.ask(f"{other.url}/good").kind == "good"
        assert [path for _method, path, _agent in other.asked] == ["/robots.txt", "/good"]
        assert {agent for _method, _path, agent in other.asked} == {"YinqiaoLinkCheck/1.0 (+https://yinqiao.example)"}


class TestGather:
    def test_links_of_every_block_are_found_with_where_they_stand(self):
        target = article(slug="target", title="去处")
        page = article(
            [
                {
                    "type": "paragraph",
                    "value": f'<p><a href="https://a.example/1">a</a> <a linktype="page" id="{target.pk}">b</a>'
                    '<a linktype="page" id="9999">c</a> <a linktype="document" id="77">d</a> <a href="mailto:x@y.z">e</a></p>',
                },
                {"type": "links", "value": [{"label": "去", "url": "/products/x/"}]},
                {"type": "faq", "value": [{"question": "问", "answer": '<p><a href="https://b.example/">f</a></p>'}]},
                {"type": "notice", "value": {"tone": "", "text": '<p><a href="https://c.example/">g</a></p>'}},
            ],
            source_url="https://d.example/",
        )
        found = [each for each in gather.pages() if each.title == f"文章：{page.title}"]
        assert [each.url for each in found] == [
            "https://a.example/1",
            "/articles/target/",
            "page:9999",
            "document:77",
            "/products/x/",
            "https://b.example/",
            "https://c.example/",
            "https://d.example/",
        ]
        assert {each.edit_url for each in found} == {f"/cms/pages/{page.pk}/edit/"}

    def test_products_and_institutions_are_looked_at_too(self):
        product = ProductFactory(source_url="https://p.example/")
        InstitutionFactory(website="https://i.example/", name="东门银行")
        ProductFactory(source_url="https://draft.example/", live=False)
        found = {each.url: each.title for each in gather.everything() if ".example" in each.url}
        assert found == {"https://p.example/": f"金融产品：{product.name}", "https://i.example/": "金融机构：东门银行"}

    def test_collecting_again_keeps_what_is_known_and_forgets_what_is_gone(self):
        page = article([{"type": "links", "value": [{"label": "去", "url": "/a/"}, {"label": "去", "url": "/b/#x"}]}])
        check.collect()
        Link.objects.filter(url="/a/").update(state="broken")
        page.body = page.body.stream_block.to_python([{"type": "links", "value": [{"label": "去", "url": "/a/"}]}])
        page.save_revision().publish()
        check.collect()
        assert [(link.url, link.state) for link in Link.objects.all()] == [("/a/", "broken")]
        assert LinkUse.objects.count() == 1


class TestCheck:
    @pytest.fixture
    def page(self, other, settings):
        settings.LINK_CHECK_NETWORKS = LOOPBACK
        urls = [f"{other.url}/good", f"{other.url}/gone", "/products/", "/products/none/", "/me/"]
        return article([{"type": "links", "value": [{"label": "去", "url": url} for url in urls]}])

    def states(self) -> dict[str, str]:
        return {link.url: link.state for link in Link.objects.all()}

    def test_all_are_asked_and_editors_told_once_of_what_broke(self, page, other):
        editor, advisor = user_with(Role.EDITOR), user_with(Role.ADVISOR)
        check_links()
        drain()
        assert self.states() == {
            f"{other.url}/good": "good",
            f"{other.url}/gone": "broken",
            "/products/": "good",
            "/products/none/": "broken",
            "/me/": "good",  # leads to the sign-in page
        }
        assert list(editor.notices.values_list("text", "url")) == [
            ("发现 2 个打不开的链接，请看链接报告", "/cms/reports/links/")
        ]
        assert not advisor.notices.exists()
        Link.objects.update(checked_at=timezone.now() - timedelta(days=7))
        check_links()
        drain()
        assert editor.notices.count() == 1  # nothing broke anew

    def test_link_that_works_again_is_taken_off(self, page, other):
        check.collect()
        check.check()
        assert Link.objects.filter(broken_since__isnull=False).count() == 2
        Link.objects.filter(url="/products/none/").update(checked_at=None)
        ProductFactory(slug="none")
        check.check()
        assert Link.objects.get(url="/products/none/").broken_since is None

    def test_address_that_cannot_be_read_stops_no_other(self, page, other):
        for number, url in enumerate(["http://[::1/", "http://a.example:99999/"]):
            ProductFactory(slug=f"odd-{number}", source_url=url)
        check.collect()
        assert check.check() is True
        states = self.states()
        assert (states["http://[::1/"], states["http://a.example:99999/"], states[f"{other.url}/good"]) == (
            "broken", "broken", "good",
        )  # fmt: skip
        assert Link.objects.get(url="http://[::1/").detail == "网址格式不对"

    def test_run_out_of_time_goes_on_with_the_rest(self, page):
        check.collect()
        assert check.check(budget=0) is False
        assert Link.objects.filter(checked_at=None).count() == 5
        assert check.check() is True
        assert Link.objects.filter(checked_at=None).count() == 0


class TestReport:
    @pytest.fixture(autouse=True)
    def _rights(self):
        from accounts.actions import sync_groups
        from content import actions

        sync_groups()
        actions.sync_groups()

    def broken(self, number: int) -> None:
        for place in range(number):
            link = Link.objects.create(url=f"https://x.example/{place}", state="broken", broken_since=timezone.now())
            LinkUse.objects.create(link=link, title=f"文章：{place}", edit_url="/cms/pages/1/edit/")

    def test_editor_reads_what_is_broken_and_where(self, client):
        self.broken(1)
        Link.objects.create(url="https://fine.example/", state="good")
        client.force_login(user_with(Role.EDITOR))
        page = client.get("/cms/reports/links/").content.decode()
        assert "https://x.example/0" in page
        assert '<a href="/cms/pages/1/edit/">文章：0</a>' in page
        assert "fine.example" not in page

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.EDITOR, 200), (Role.SUPERVISOR, 200), (Role.PRODUCT_EDITOR, 302), (Role.ADVISOR, 302)],
    )
    def test_only_editors_and_supervisors_read_it(self, client, role, status):
        client.force_login(user_with(role))
        assert client.get("/cms/reports/links/").status_code == status
        assert client.post("/cms/reports/links/check/").status_code == 302
        assert client.get("/cms/reports/links/check/").status_code in {302, 405}

    def test_check_now_is_done_by_the_queue(self, client):
        article([{"type": "links", "value": [{"label": "去", "url": "/products/none/"}]}])
        client.force_login(user_with(Role.EDITOR))
        client.post("/cms/reports/links/check/")
        assert not Link.objects.exists()
        drain()
        assert Link.objects.get().state == "broken"

    def test_queries_do_not_grow_with_the_links(self, client):

        client.force_login(user_with(Role.EDITOR))
        counts = []
        self.broken(1)
        client.get("/cms/reports/links/")
        for more in (0, 2):
            if more:
                Link.objects.all().delete()
                self.broken(3)
            with CaptureQueriesContext(connection) as seen:
                client.get("/cms/reports/links/")
            counts.append(len(seen))
        assert counts[0] == counts[1]
