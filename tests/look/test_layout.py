"""The frame of every page: tags that draw it, the larger page, the error pages, the sign-in pages."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from accounts.models import Notice
from accounts.roles import Role
from tests.factories import UserFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(("inside", "expected"), [("{{ word }}", "<h1>字</h1>"), ("{{ none }}", ""), ("<b> </b>", "")])
def test_if_any_draws_nothing_around_nothing(inside, expected):
    source = "{% load navigation %}{% if_any %}<h1>" + inside + "</h1>{% end_if_any %}"
    assert rendered(source, word="字") == expected


def test_section_of_the_page_is_marked(client):
    page = text(client.get("/policies/"))
    assert '<a href="/policies/" aria-current="page">' in page
    navigation = page[page.index('class="site-nav"') : page.index("</nav>")]
    assert navigation.count("aria-current") == 1


def test_work_place_under_a_section_of_that_name_is_not_marked():
    request = RequestFactory().get("/desk/events/")
    source = "{% load navigation %}{% main_section as here %}{% main_navigation here as m %}{% for s in m %}[{{ s.current }}]{% endfor %}"
    assert set(rendered(source, request=request)) == {"[", "]"}


def test_larger_page_by_cookie_and_back(client):
    assert 'class="is-large"' not in text(client.get("/search/"))
    answer = client.get("/display/large/?next=/search/")
    assert answer.url == "/search/"
    assert '<html lang="zh-Hans" class="is-large">' in text(client.get("/search/"))
    client.get("/display/normal/")
    assert 'class="is-large"' not in text(client.get("/search/"))


def test_page_says_its_language(client):
    client.cookies["django_language"] = "en"
    assert '<html lang="en">' in text(client.get("/search/"))


def test_public_page_holds_no_token(client):
    """One would keep it out of the page cache."""
    for path in ("/", "/policies/", "/search/"):
        assert "csrfmiddlewaretoken" not in text(client.get(path))


def test_head_of_a_visitor_and_of_staff(client):
    assert "account_logout" not in text(client.get("/search/"))
    assert 'href="/accounts/login/"' in text(client.get("/search/"))
    client.force_login(user_with(Role.ADVISOR, name="王顾问"))
    page = text(client.get("/search/"))
    assert 'href="/desk/"' in page
    assert "王顾问" in page
    assert 'href="/accounts/logout/"' in page


def test_unread_notices_are_counted_once(client, django_assert_max_num_queries):
    user = enterprise_user()
    Notice.objects.create(user=user, text="客户经理已受理")
    client.force_login(user)
    page = text(client.get("/search/"))
    assert '<span class="count">1<span class="visually-hidden">条未读</span></span>' in page


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_head(client, django_assert_num_queries, count):
    user = enterprise_user()
    for number in range(count):
        Notice.objects.create(user=user, text=f"通知 {number}")
    client.force_login(user)
    client.get("/styleguide/")
    with django_assert_num_queries(5):  # session, person, roles, notices, enterprise
        client.get("/styleguide/")


def test_404_offers_a_search_and_a_way_on(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert 'action="/search/"' in text(answer)
    assert 'href="/products/"' in text(answer)


def test_403_offers_another_account(client):
    client.force_login(UserFactory())
    answer = client.get("/desk/")
    assert answer.status_code == 403
    assert "换账号登录" in text(answer)


def test_errors_name_their_fields(client):
    page = text(client.get("/styleguide/"))
    assert '<a href="#id_phone">手机号</a>：请填写 11 位手机号' in page
    assert 'aria-describedby="id_phone_error"' in page
    assert 'id="id_phone_error"' in page
    assert page.count('id="id_phone_error"') == 1


def test_pagination_keeps_the_other_parameters(rf):
    from django.core.paginator import Paginator
    from django.shortcuts import render

    request = rf.get("/x/?q=担保&page=2")
    request.user = UserFactory()
    page = text(render(request, "components/pagination.html", {"page": Paginator(range(50), 10).page(2)}))
    assert "q=%E6%8B%85%E4%BF%9D&amp;page=3" in page
    assert "第 2 页，共 5 页" in page


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/email/", "/accounts/2fa/"])
def test_account_pages_are_ours(client, path):
    client.force_login(enterprise_user())
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert 'class="site-head"' in text(answer)
    assert "Menu:" not in text(answer)
