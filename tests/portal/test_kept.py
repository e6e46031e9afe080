"""`{% kept %}`: what all see alike is rendered once; nobody gets what was made for somebody else."""

import re
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from catalogue.models import Product, Tariff
from content.actions import ensure_site
from portal import page_cache
from portal.models import Epoch
from portal.templatetags.yinqiao import FRAGMENTS
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory, enterprise_user, user_with
from tests.portal.test_page_cache import cache, counting, fetch  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'((?:name="csrfmiddlewaretoken" value|data-search-note)=")[^"]+')  # new at each answer
generations = count(1)


def signed_in(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def html(client: Client, path: str, generation: object = None) -> str:
    """The page under a generation of the memory; None: rendered as if there were no memory."""
    extra = {} if generation is None else {page_cache.GENERATION: generation}
    return TOKEN.sub(r"\1", client.get(path, **extra).content.decode())


@pytest.fixture
def scene():
    """People who see different things, and the addresses where they see them."""
    ensure_site()
    bank = InstitutionFactory(name="海岛银行")
    RegionFactory()
    open_one = ProductFactory(name="渔船贷", institution=bank, slug="boat")
    ProductFactory(name="员工贷", institution=bank, slug="staff", login_required=True)
    ProductFactory(name="新品贷", institution=bank, slug="draft", live=False)
    Tariff.objects.create(product=open_one, kind="interest", basis="per_year", rate=3, text="3%")
    people = {
        "anonymous": None,
        "enterprise": enterprise_user(),
        "editor": user_with(Role.PRODUCT_EDITOR, bank),
        "supervisor": user_with(Role.SUPERVISOR),
    }
    paths = (
        "/",
        "/products/",
        "/products/?kind=loan",
        "/products/?p=boat",
        "/products/boat/",
        "/products/boat/?p=boat",
        f"/institutions/{bank.slug}/",
        "/search/?q=贷",
        "/events/",
        "/no-such-page/",
    )
    return {name: signed_in(user) for name, user in people.items()}, paths


@pytest.mark.parametrize("first", ["anonymous", "enterprise", "editor", "supervisor"])
def test_page_is_the_same_with_and_without_memory_whoever_came_first(scene, first):
    clients, paths = scene
    generation = (next(generations), "a day")
    order = [first, *(name for name in clients if name != first)]
    differing = []
    for path in paths:
        for name in order:
            alone, kept = html(clients[name], path), html(clients[name], path, generation)
            if (kept, html(clients[name], path, generation)) != (alone, alone):
                differing.append((name, path))
    assert differing == []
    assert len(FRAGMENTS.things) > 10  # or nothing was tested
    assert [key for key, each in FRAGMENTS.things.items() if "csrfmiddlewaretoken" in each.html] == []


def test_product_for_people_who_signed_in_is_in_nobody_elses_list(scene):
    clients, _paths = scene
    generation = (next(generations), "a day")
    assert "员工贷" in html(clients["enterprise"], "/products/", generation)
    assert "员工贷" not in html(clients["anonymous"], "/products/", generation)
    assert clients["anonymous"].get("/products/staff/", **{page_cache.GENERATION: generation}).status_code == 404


def test_languages_do_not_mix(scene):
    clients, _paths = scene
    generation = (next(generations), "a day")
    chinese = html(clients["anonymous"], "/products/boat/", generation)
    clients["anonymous"].cookies["django_language"] = "en"
    english = html(clients["anonymous"], "/products/boat/", generation)
    assert ("适合谁" in chinese, "适合谁" in english) == (True, False)


def test_rows_that_are_kept_are_not_read_again(scene):
    clients, _paths = scene
    generation = (next(generations), "a day")
    for _ in range(2):
        html(clients["anonymous"], "/products/?sort=name", generation)
    with CaptureQueriesContext(connection) as captured:
        html(clients["anonymous"], "/products/?sort=newest", generation)
    assert [each["sql"] for each in captured if "catalogue_tariff" in each["sql"]] == []


def test_change_is_seen_at_once_by_somebody_signed_in(cache, scene):  # noqa: F811
    clients, _paths = scene
    Epoch.objects.get_or_create(pk=1)
    cookie = f"sessionid={clients['enterprise'].cookies['sessionid'].value}"
    assert "渔船贷" in fetch(cache, "/products/", HTTP_COOKIE=cookie)[2].decode()
    product = Product.objects.get(slug="boat")
    product.name = "渔民贷"
    product.save()
    page = fetch(cache, "/products/", HTTP_COOKIE=cookie)[2].decode()
    assert ("渔民贷" in page, "渔船贷" in page) == (True, False)
