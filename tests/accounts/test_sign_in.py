"""One field signs people in by phone, user name or e-mail; codes come by SMS."""

import re

import pytest
from django.core.exceptions import ValidationError

from accounts import phones
from accounts.models import SmsMessage, User
from tests.factories import UserFactory, enterprise_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+8613812345678",
        "86 138 1234 5678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "0086 13812345678",
    ],
)
def test_phone_as_people_write_it(text):
    assert phones.clean(text) == "+8613812345678"


@pytest.mark.parametrize("text", ["1381234567", "23812345678", "+113812345678", "abc", "05801234567"])
def test_phone_that_is_none(text):
    with pytest.raises(ValidationError, match="11 位手机号"):
        phones.clean(text)


@pytest.mark.parametrize("login", ["13812345678", "+86 138 1234 5678", "tea", "tea@example.com"])
def test_sign_in(client, login):
    UserFactory(username="tea", phone="+8613812345678", email="tea@example.com")
    answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/accounts/start/").url.startswith("/me/enterprise/new/")


@pytest.mark.parametrize("login", ["13812345678", "nobody", "x@example.com"])
def test_sign_in_with_a_wrong_password_says_the_same_of_all(client, login):
    UserFactory(phone="+8613812345678")
    page = client.post("/accounts/login/", {"login": login, "password": "wrong"}).content.decode()
    assert "账号或密码不对" in page
    assert f'value="{login}"' in page or "13812345678" in page


def code() -> str:
    return re.search(r"\d{6}", SmsMessage.objects.first().text)[0]


def test_sign_in_by_code(client):
    user = enterprise_user(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    answer = client.post("/accounts/login/code/confirm/", {"code": code()})
    assert answer.status_code == 302
    assert client.get("/me/").context["user"] == user


def test_sign_in_by_a_wrong_code(client):
    UserFactory(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    wrong = "000000" if code() != "000000" else "111111"
    assert "验证码不对" in client.post("/accounts/login/code/confirm/", {"code": wrong}).content.decode()


def test_sign_in_by_code_of_an_unknown_phone_sends_nothing_and_says_nothing(client):
    answer = client.post("/accounts/login/code/", {"phone": "13812345678"})
    assert answer.status_code == 302
    assert SmsMessage.objects.count() == 0


def test_sign_up_by_phone(client):
    client.post("/accounts/signup/", {"phone": "13812345678", "name": "王女士", "password1": "tea and bamboo"})
    answer = client.post("/accounts/phone/verify/", {"code": code()})
    assert answer.status_code == 302
    user = User.objects.get()
    assert (user.phone, user.phone_verified, str(user)) == ("+8613812345678", True, "王女士")


def test_sign_up_with_mistakes_keeps_what_was_typed(client):
    page = client.post("/accounts/signup/", {"phone": "1381234", "name": "王女士", "password1": ""}).content.decode()
    assert "请填写 11 位手机号" in page
    assert "请填写这一项。" in page
    assert 'value="王女士"' in page
    assert "必需字段" not in page
    assert User.objects.count() == 0


def test_code_of_a_sign_up_is_sent_again(client):
    client.post("/accounts/signup/", {"phone": "13812345678", "name": "王女士", "password1": "tea and bamboo"})
    client.post("/accounts/phone/verify/", {"action": "resend"})
    assert SmsMessage.objects.count() == 2
    assert client.post("/accounts/phone/verify/", {"code": code()}).status_code == 302
    assert User.objects.get().phone_verified is True


def test_person_without_a_name_is_called_by_the_masked_phone():
    assert str(UserFactory(name="", phone="+8613812345678")) == "138****5678"
    assert str(UserFactory(name="", phone=None, username="tea")) == "tea"


def test_inactive_account(client):
    UserFactory(username="gone", is_active=False)
    client.post("/accounts/login/", {"login": "gone", "password": PASSWORD})
    assert client.get("/me/").status_code == 302


def test_start_sends_people_where_they_belong(client):
    from accounts.roles import Role
    from tests.factories import user_with

    for user, place in (
        (enterprise_user(), "/me/"),
        (user_with(Role.ADVISOR), "/desk/"),
        (UserFactory(), "/me/enterprise/new/"),
    ):
        client.force_login(user)
        assert client.get("/accounts/start/").url == place


def test_next_to_another_site_is_ignored(client):
    UserFactory(username="tea")
    answer = client.post("/accounts/login/", {"login": "tea", "password": PASSWORD, "next": "https://evil.example/"})
    assert "evil" not in answer.url
