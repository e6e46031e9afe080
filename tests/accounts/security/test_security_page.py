"""登录与安全: devices that sign in, phone and name and password, and the end of any session."""

import time

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import AuditEntry, SmsMessage, User
from accounts.security import sessions
from tests import totp
from tests.accounts.security.people import PASSWORD, SECRET, code_sent, is_in, sign_in, with_passkey, with_totp
from tests.factories import UserFactory, enterprise_user
from tests.queue import drain

pytestmark = pytest.mark.django_db
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile Safari/604"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/120 Mobile Safari/537 MicroMessenger/8.0"


@pytest.mark.parametrize(
    ("agent", "device"),
    [(IPHONE, "iPhone · Safari"), (WECHAT, "Android · 微信"), ("", "未知设备"), ("curl/8", "未知设备")],
)
def test_device_in_words(agent, device):
    assert sessions.device_of(agent) == device


@pytest.mark.parametrize(("address", "shown"), [("203.0.113.7", "203.0.*.*"), ("2001:db8:1:2::7", "2001:db8:*")])
def test_place_is_coarse(address, shown):
    assert sessions.coarse(address) == shown


@pytest.fixture
def user():
    return enterprise_user(username="tea", phone="+8613812345678")


@pytest.fixture
def two(user) -> tuple[Client, Client]:
    """The same person, at home on a phone and in the office."""
    phone = Client(headers={"user-agent": IPHONE}, REMOTE_ADDR="203.0.113.7")
    office = Client(headers={"user-agent": WECHAT}, REMOTE_ADDR="198.51.100.7")
    for client in (phone, office):
        assert sign_in(client, user).status_code == 302
    return phone, office


def test_page_lists_this_device_and_others(two):
    phone, _office = two
    page = phone.get("/me/security/")
    assert [(each.device, each.network, each.is_this) for each in page.context["places"]] == [
        ("iPhone · Safari", "203.0.*.*", True),
        ("Android · 微信", "198.51.*.*", False),
    ]
    assert "113.7" not in page.content.decode()


def test_session_that_was_ended_is_out_at_its_next_request(two, user):
    phone, office = two
    other = next(each for each in phone.get("/me/security/").context["places"] if not each.is_this)
    phone.post(f"/accounts/sessions/{other.pk}/end/")
    assert (is_in(phone), is_in(office)) == (True, False)
    assert AuditEntry.objects.filter(verb="sessions_ended", object_id=str(user.pk)).count() == 1


def test_all_others_end_at_once(two, user):
    phone, office = two
    third = Client()
    sign_in(third, user)
    phone.post("/accounts/sessions/end-others/")
    assert [is_in(each) for each in (phone, office, third)] == [True, False, False]


def test_session_of_somebody_else_goes_on(two, client):
    phone, _office = two
    sign_in(client, UserFactory(username="other"))
    for session in UserSession.objects.all():
        client.post(f"/accounts/sessions/{session.pk}/end/")
    assert is_in(phone)
    assert is_in(client)  # nor does one end one's own this way


def test_last_use_is_known_to_five_minutes(two, django_assert_num_queries):
    phone, _office = two
    phone.get("/me/notices/")
    before = UserSession.objects.get(session_key=phone.session.session_key).last_seen_at
    with time_machine.travel(time.time() + 60):
        phone.get("/me/notices/")
    assert UserSession.objects.get(session_key=phone.session.session_key).last_seen_at == before
    with time_machine.travel(time.time() + 400):
        phone.get("/me/notices/")
    assert (UserSession.objects.get(session_key=phone.session.session_key).last_seen_at - before).total_seconds() > 300


def test_page_takes_as_many_queries_for_three_passkeys_as_for_one(client, user, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sign_in(client, user)
    client.get("/me/security/")
    counts = []
    for more in (1, 2):
        for number in range(more):
            with_passkey(user, f"{more} {number}")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/me/security/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_name_is_changed(client, user):
    sign_in(client, user)
    assert client.post("/accounts/name/", {"name": "李经理"}).url == "/me/security/"
    assert User.objects.get(pk=user.pk).name == "李经理"


def change_to(client: Client, phone: str) -> None:
    client.post("/accounts/phone/change/", {"phone": phone})
    client.post("/accounts/phone/change/", {"code": code_sent(f"+86{phone}")})


def test_phone_changes_after_both_ends_are_proved(client, user):
    sign_in(client, user)
    change_to_too_early = client.post("/accounts/phone/change/", {"phone": "13900001111"})
    assert change_to_too_early.status_code == 200
    assert SmsMessage.objects.filter(phone="+8613900001111").count() == 0
    client.post("/accounts/phone/change/", {"action": "send"})
    client.post("/accounts/phone/change/", {"code": code_sent("+8613812345678")})
    change_to(client, "13900001111")
    user.refresh_from_db()
    assert (user.phone, user.phone_verified) == ("+8613900001111", True)
    drain()
    told = SmsMessage.objects.filter(text__contains="已改为 139****1111").values_list("phone", flat=True)
    assert sorted(told) == ["+8613812345678", "+8613900001111"]


def test_code_for_one_end_does_not_prove_the_other(client, user):
    sign_in(client, user)
    client.post("/accounts/phone/change/", {"action": "send"})
    old = code_sent("+8613812345678")
    client.post("/accounts/phone/change/", {"code": old})
    client.post("/accounts/phone/change/", {"phone": "13900001111"})
    client.post("/accounts/phone/change/", {"code": old})
    user.refresh_from_db()
    assert user.phone == "+8613812345678"


def test_phone_that_was_lost_changes_with_the_second_factor(client, user):
    with_totp(user)
    sign_in(client, user)
    client.post("/accounts/2fa/authenticate/", {"code": totp.code(SECRET)})
    change_to(client, "13900001111")
    user.refresh_from_db()
    assert user.phone == "+8613900001111"


def test_phone_of_another_account_is_not_taken(client, user):
    UserFactory(phone="+8613900001111")
    sign_in(client, user)
    client.post("/accounts/phone/change/", {"action": "send"})
    client.post("/accounts/phone/change/", {"code": code_sent("+8613812345678")})
    change_to(client, "13900001111")
    user.refresh_from_db()
    assert user.phone == "+8613812345678"
    assert "另一个账号" in client.get("/accounts/phone/change/").content.decode()


def test_phone_change_asks_who_signed_in_long_ago_again(client, user):
    sign_in(client, user)
    with time_machine.travel(time.time() + 600):
        assert client.get("/accounts/phone/change/").url.startswith("/accounts/reauthenticate/")


def test_new_password_by_code_ends_other_sessions(two, user):
    phone, office = two
    client = Client()
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    client.post("/accounts/login/code/confirm/?next=/accounts/password/new/", {"code": code_sent()})
    client.post("/accounts/password/new/", {"password1": "bamboo and tea"})
    assert [is_in(each) for each in (client, phone, office)] == [True, False, False]
    assert sign_in(Client(), user, PASSWORD).status_code == 200
    assert sign_in(Client(), user, "bamboo and tea").status_code == 302


def test_password_that_is_common_is_refused(client, user):
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    client.post("/accounts/login/code/confirm/", {"code": code_sent()})
    assert client.post("/accounts/password/new/", {"password1": "12345678"}).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_sign_up_offers_a_passkey_then_goes_on(client):
    client.post("/accounts/signup/", {"phone": "13812345679", "name": "王女士", "password1": "tea and bamboo"})
    answer = client.post("/accounts/phone/verify/", {"code": code_sent()})
    assert answer.url == "/accounts/passkey/"
    page = client.get(answer.url).content.decode()
    assert "以后再说" in page
    assert 'data-passkey="create"' in page
    assert 'href="/accounts/start/"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
        "/accounts/name/",
        "/accounts/phone/change/",
        "/accounts/password/change/",
        "/accounts/password/new/",
        "/accounts/email/",
        "/accounts/passkey/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/3rdparty/",
        "/accounts/set-up/",
    ],
)
def test_address_of_one_s_own_account_needs_a_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_mail_that_only_the_account_has_is_shown_and_can_be_confirmed(client):
    from django.core import mail

    user = enterprise_user(email="tea@example.com")
    sign_in(client, user)
    assert "tea@example.com" in client.get("/me/security/").content.decode()
    client.post("/accounts/email/", {"email": "tea@example.com", "action_send": ""})
    assert [each.to for each in mail.outbox] == [["tea@example.com"]]
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    client.post(link[link.index("/accounts/") :])
    assert user.emailaddress_set.get().verified is True
