"""Every address × every kind of visitor × own and foreign record, from the tables in `tests/<app>/access.py`."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from tests.access import LOGIN, OK, VISITORS, AccessCase, World
from tests.factories import enterprise_user, user_with

pytestmark = pytest.mark.django_db

APPS = ("accounts", "catalogue", "search", "matching", "advisors", "events", "dashboard", "portal")
# Addresses of libraries: their own tests stand for them; what we promise about them is tested below and in tests/accounts.
LIBRARIES = ("cms/", "admin/", "documents/", "accounts/", "api/")


def cases() -> list[AccessCase]:
    found = []
    for app in APPS:
        if find_spec(f"tests.{app}") and find_spec(f"tests.{app}.access"):
            found += import_module(f"tests.{app}.access").CASES
    return found


def visitor(kind: str):
    """A fresh user of this kind; None for anonymous."""
    if kind == "anonymous":
        return None
    if kind == "enterprise":
        return enterprise_user()
    if kind == "team_lead":
        user = user_with(Role.ADVISOR)
        user.role_assignments.create(role=Role.TEAM_LEAD)
        return user
    return user_with(Role(kind))


def outcome(client: Client, case: AccessCase, kwargs) -> int:
    url = reverse(case.url_name, kwargs=dict(kwargs)) + case.query
    answer = getattr(client, case.method)(url, dict(case.data))
    if answer.status_code in {301, 302, 303}:
        return LOGIN if urlsplit(answer.url).path == reverse("account_login") else OK
    return answer.status_code


def open_client(world: World) -> Client:
    client = Client()
    if world.user is not None:
        client.force_login(world.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def label(case: AccessCase) -> str:
    return f"{case.url_name}{case.query}-{case.method}"


@pytest.mark.parametrize("case", cases(), ids=label)
def test_address_answers_each_visitor_as_its_table_says(case):
    got, wanted = {}, {}
    for kind in VISITORS:
        world = World(kind, visitor(kind))
        client = open_client(world)
        wanted[kind] = case.expected.get(kind, case.default)
        got[kind] = outcome(client, case, case.own(world))
        if case.foreign is not None:
            wanted[f"{kind}, foreign"] = case.expected_foreign.get(kind, case.default_foreign)
            got[f"{kind}, foreign"] = outcome(client, case, case.foreign(world))
    assert got == wanted


def patterns(resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(route, full name) of every pattern below `resolver`."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, ":".join([*spaces, entry.name or ""])
        else:
            yield from patterns(entry, route, (*spaces, entry.namespace) if entry.namespace else spaces)


def test_every_address_is_in_the_table():
    named = {case.url_name for case in cases()}
    own = {name for route, name in patterns(get_resolver()) if not route.startswith(LIBRARIES)}
    library = {"wagtail_serve", "wagtailcore_login", "wagtailcore_authenticate_with_password", "media"}
    assert sorted(own - named - library) == []


@pytest.mark.parametrize("area", ["cms/", "admin/"])
def test_back_office_address_for_people_without_a_role(area):
    """No page of the CMS or the Django admin that needs no argument opens for a visitor or an enterprise."""
    open_to_all = {
        "login/",
        "logout/",
        "password_reset/",
        "jsi18n/",
        "sprite",
        "password_reset/done/",
        "password_reset/complete/",
    }
    routes = [
        route
        for route, _name in patterns(get_resolver())
        if route.startswith(area) and not set("<(^\\?") & set(route) and not any(word in route for word in open_to_all)
    ]
    assert len(routes) > 20
    opened = [
        (kind, route)
        for kind in ("anonymous", "enterprise")
        for client in [open_client(World(kind, visitor(kind)))]
        for route in routes
        if client.get(f"/{route}").status_code == 200
    ]
    assert opened == []
