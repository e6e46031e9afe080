"""Keeping products: a row a person and product, by a form; visitors sign in first and find it kept."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.roles import Role
from catalogue import actions
from catalogue.actions import favourites as rules
from catalogue.models import Favourite
from portal.models import Epoch
from tests.factories import ProductFactory, UserFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FAVOURITES_QUERIES = 14


def signed_in(client, user=None):
    user = user or enterprise_user()
    client.force_login(user, backend=BACKEND)
    return user


def kept(user) -> list[str]:
    return list(Favourite.objects.filter(user=user).order_by("pk").values_list("product__slug", flat=True))


def url(slug: str) -> str:
    return reverse("catalogue:favourite", args=[slug])


def test_button_keeps_and_lets_go_and_comes_back(client):
    user = signed_in(client)
    ProductFactory(slug="a")
    answer = client.post(url("a"), {"wanted": "1", "next": "/products/?kind=loan"})
    assert (answer.status_code, answer.url, kept(user)) == (302, "/products/?kind=loan", ["a"])
    client.post(url("a"), {"wanted": "1"})
    assert kept(user) == ["a"]
    client.post(url("a"), {"wanted": "0"})
    assert kept(user) == []


@pytest.mark.parametrize("address", ["/products/?kind=loan", "/products/a/", "/products/compare/?p=a"])
def test_buttons_of_a_page_come_back_to_that_page(client, address):
    """The page's own frame must not take the name under which a view says where it is."""
    ProductFactory(slug="a", kind="loan")
    links = re.findall(r'href="(/products/a/favourite/[^"]*)"', client.get(address).content.decode())
    assert {parse_qs(urlsplit(each).query)["next"][0] for each in links} <= {address}
    signed_in(client)
    page = client.get(address).content.decode()
    forms = re.findall(r'action="/products/a/favourite/".*?name="next" value="([^"]*)"', page)
    assert set(forms) <= {address}
    assert bool(links) == bool(forms) == ("compare" not in address)


def test_visitor_signs_in_and_finds_it_kept(client):
    ProductFactory(slug="a")
    user = enterprise_user(phone="+8613900009999")
    user.set_password("correct horse")
    user.save()
    answer = client.get(url("a"), {"next": "/products/?kind=loan"})
    assert answer.url.startswith("/accounts/login/?next=")
    answer = client.post(answer.url, {"login": "13900009999", "password": "correct horse"}, follow=True)
    assert kept(user) == ["a"]
    assert answer.request["PATH_INFO"] == "/products/"
    assert "已收藏" in answer.content.decode()


def test_link_alone_keeps_nothing_for_somebody_signed_in(client):
    user = signed_in(client)
    ProductFactory(slug="a")
    assert client.get(url("a")).url == "/products/a/"
    assert kept(user) == []


def test_way_back_never_leaves_the_site(client):
    signed_in(client)
    ProductFactory(slug="a")
    assert client.post(url("a"), {"wanted": "1", "next": "https://example.com/"}).url == "/products/a/"


def test_page_of_a_visitor_holds_no_form_and_stays_in_memory(client):
    ProductFactory(slug="a")
    for path in ("/products/", "/products/a/"):
        answer = client.get(path)
        assert "csrfmiddlewaretoken" not in answer.content.decode()
        assert answer.cookies == {}


def test_keeping_changes_no_page_that_others_read(client):
    user, product = enterprise_user(), ProductFactory()
    before = Epoch.objects.get(pk=1).value
    actions.keep(user, product)
    actions.let_go(user, product)
    assert Epoch.objects.get(pk=1).value == before


def test_page_lists_the_latest_first_and_says_what_is_gone(client):
    user = signed_in(client)
    for slug in ("a", "b"):
        actions.keep(user, ProductFactory(slug=slug))
    gone = ProductFactory(slug="gone", name="停办贷")
    actions.keep(user, gone)
    actions.keep(UserFactory(), ProductFactory(slug="others"))
    gone.live = False
    gone.save()
    page = client.get("/me/favourites/")
    assert [each.slug for each in page.context["products"]] == ["b", "a"]
    assert "停办贷" in page.content.decode()
    client.post(url("gone"), {"wanted": "0"})
    assert kept(user) == ["a", "b"]


def test_staff_keep_products_at_their_desk(client):
    user = signed_in(client, user_with(Role.RELATIONSHIP_MANAGER))
    actions.keep(user, ProductFactory(slug="a"))
    assert [each.slug for each in client.get("/desk/favourites/").context["products"]] == ["a"]


def test_more_than_fit_are_refused_kindly(client, monkeypatch):
    monkeypatch.setattr(rules, "AT_MOST", 1)
    user = signed_in(client)
    actions.keep(user, ProductFactory(slug="a"))
    ProductFactory(slug="b")
    answer = client.post(url("b"), {"wanted": "1"}, follow=True)
    assert "最多收藏 1 个产品" in answer.content.decode()
    assert kept(user) == ["a"]


@pytest.mark.parametrize("number", [1, 3])
def test_queries(client, django_assert_num_queries, number):
    user = signed_in(client)
    for _each in range(number):
        actions.keep(user, ProductFactory())
    client.get("/me/favourites/")
    with django_assert_num_queries(FAVOURITES_QUERIES):
        client.get("/me/favourites/")
