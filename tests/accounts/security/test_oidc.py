"""A city's own sign-in opens the right account, and no other."""

from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import SmsMessage, User
from accounts.roles import Role
from portal.settings import environment
from tests import oidc_provider, totp
from tests.accounts.security.people import SECRET, code_sent, is_in, sign_in, with_totp
from tests.factories import UserFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db
FULL = {
    "sub": "city-1",
    "name": "王女士",
    "phone_number": "+8613812345678",
    "phone_number_verified": True,
    "email": "tea@example.com",
    "email_verified": True,
}
CITY = "/accounts/oidc/city/login/"


@pytest.fixture(scope="module")
def server():
    with oidc_provider.running() as provider:
        yield provider


@pytest.fixture
def provider(server, settings, monkeypatch):
    monkeypatch.setenv("OIDC_SERVER_URL", server.address)
    monkeypatch.setenv("OIDC_CLIENT_ID", oidc_provider.CLIENT_ID)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", oidc_provider.CLIENT_SECRET)
    settings.SOCIALACCOUNT_PROVIDERS = environment.oidc("舟山通")
    settings.OIDC_NAME = "舟山通"
    server.claims, server.userinfo, server.break_signature = dict(FULL), None, False
    return server


class NoRedirect(HTTPRedirectHandler):
    def http_error_302(self, request, file, code, message, headers):
        return headers["Location"]


def through_the_city(client: Client, query: str = ""):
    """Presses the button, is approved by the city, and comes back: the answer to the return."""
    there = client.post(f"{CITY}{query}").url
    back = build_opener(NoRedirect).open(there)
    return client.get(back.removeprefix("http://testserver"), follow=True)


def path(answer) -> str:
    return answer.request["PATH_INFO"]


def told(answer) -> str:
    return " ".join(str(each) for each in answer.context["messages"])


def test_button_stands_where_it_is_set_up(client, provider):
    assert "用舟山通登录" in client.get("/accounts/login/").content.decode()


def test_button_is_absent_where_it_is_not(client):
    assert "oidc" not in client.get("/accounts/login/").content.decode()
    assert client.post(CITY).status_code == 404


def test_newcomer_whose_phone_the_city_verified_is_signed_up(client, provider):
    answer = through_the_city(client)
    user = User.objects.get()
    assert (user.phone, user.phone_verified, user.name, user.email) == (
        "+8613812345678",
        True,
        "王女士",
        "tea@example.com",
    )
    assert path(answer) == "/accounts/passkey/"
    assert is_in(client)
    assert SmsMessage.objects.count() == 0
    again = Client()
    through_the_city(again)
    assert is_in(again)
    assert User.objects.count() == 1


def test_newcomer_without_a_verified_phone_proves_it_here(client, provider):
    provider.claims["phone_number_verified"] = False
    assert path(through_the_city(client)) == "/accounts/3rdparty/signup/"
    client.post("/accounts/3rdparty/signup/", {"name": "王女士", "phone": "13812345678"})
    assert not is_in(client)
    client.post("/accounts/phone/verify/", {"code": code_sent()})
    assert is_in(client)
    assert SocialAccount.objects.get().user == User.objects.get(phone="+8613812345678", phone_verified=True)


def test_account_whose_phone_both_sides_verified_is_connected(client, provider):
    user = enterprise_user(phone="+8613812345678")
    through_the_city(client)
    assert client.get("/me/").context["user"] == user
    assert SocialAccount.objects.get().user == user
    assert "已绑定舟山通" in user.notices.first().text


def test_account_whose_mail_both_sides_verified_is_connected(client, provider):
    provider.claims |= {"phone_number": ""}
    user = enterprise_user(email="tea@example.com")
    EmailAddress.objects.create(user=user, email="tea@example.com", verified=True, primary=True)
    through_the_city(client)
    assert SocialAccount.objects.get().user == user


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ({"phone_number_verified": False}, {"phone": "+8613812345678"}),
        ({"phone_number_verified": "true"}, {"phone": "+8613812345678"}),
        ({}, {"phone": "+8613812345678", "phone_verified": False}),
        ({"phone_number": "", "email_verified": False}, {"email": "tea@example.com"}),
        ({"phone_number": ""}, {"email": "tea@example.com"}),
    ],
    ids=["city unverified", "city says a word", "ours unverified", "mail unverified", "our mail unconfirmed"],
)
def test_account_that_one_side_has_not_verified_is_not_opened(client, provider, said, ours):
    UserFactory(**ours)
    provider.claims |= said
    answer = through_the_city(client)
    assert path(answer) == "/accounts/login/"
    assert "请先用原来的方式登录" in told(answer)
    assert not is_in(client)
    assert SocialAccount.objects.count() == 0
    assert User.objects.count() == 1


def test_phone_and_mail_of_two_people_open_neither(client, provider):
    UserFactory(phone="+8613812345678")
    other = UserFactory(email="tea@example.com")
    EmailAddress.objects.create(user=other, email="tea@example.com", verified=True, primary=True)
    assert path(through_the_city(client)) == "/accounts/login/"
    assert not is_in(client)


def test_account_is_connected_by_its_owner_after_signing_in(client, provider):
    provider.claims["phone_number_verified"] = False
    user = enterprise_user(phone="+8613812345678")
    sign_in(client, user)
    assert path(through_the_city(client, "?process=connect")) == "/me/security/"
    assert SocialAccount.objects.get().user == user
    assert "已绑定" in client.get("/me/security/").content.decode()
    other = Client()
    through_the_city(other)
    assert is_in(other)


def test_second_factor_is_asked_for_all_the_same(client, provider):
    with_totp(UserFactory(phone="+8613812345678"))
    assert path(through_the_city(client)) == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": totp.code(SECRET)})
    assert is_in(client)


def test_staff_need_their_second_factor_all_the_same(client, provider, settings):
    settings.REQUIRE_STAFF_MFA = True
    user_with(Role.ADVISOR, phone="+8613812345678")
    assert path(through_the_city(client)) == "/accounts/set-up/"


def test_token_signed_by_another_key_is_refused(client, provider):
    provider.break_signature = True
    answer = through_the_city(client)
    assert path(answer) == "/accounts/login/"
    assert "没有完成登录" in told(answer)
    assert User.objects.count() == 0


def test_token_and_userinfo_of_different_people_are_refused(client, provider):
    UserFactory(phone="+8613812345678")
    provider.claims, provider.userinfo = {"sub": "city-2"}, dict(FULL)
    answer = through_the_city(client)
    assert "信息不一致" in told(answer)
    assert not is_in(client)


def test_return_without_having_left_is_refused(client, provider):
    answer = client.get(f"{CITY}callback/?code=x&state=y", follow=True)
    assert path(answer) == "/accounts/login/"
    assert not is_in(client)


def test_return_in_another_browser_is_refused(client, provider):
    back = build_opener(NoRedirect).open(client.post(CITY).url)
    other = Client()
    other.get(back.removeprefix("http://testserver"), follow=True)
    assert not is_in(other)


def test_closed_account_stays_closed(client, provider):
    UserFactory(phone="+8613812345678", is_active=False)
    through_the_city(client)
    assert not is_in(client)


def test_settings_that_are_half_there_are_refused(monkeypatch):
    for name in ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert environment.oidc("x") == {}
    monkeypatch.setenv("OIDC_CLIENT_ID", "x")
    with pytest.raises(ImproperlyConfigured, match="OIDC_SERVER_URL, OIDC_CLIENT_SECRET must be set"):
        environment.oidc("x")
