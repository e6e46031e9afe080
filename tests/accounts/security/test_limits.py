"""Guesses and messages are counted by account, number and address; the answer says how long to wait and nothing more."""

import time

import pytest
import time_machine
from django.test import Client

from accounts.models import Attempts, SmsMessage
from accounts.security import limits
from accounts.security.limits import Limit, TooMany
from tests.accounts.security.people import PASSWORD, code_sent, is_in, sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
THREE = Limit("test", 3, 60)
WRONG = "账号或密码不对"
TOO_MANY = "密码试的次数太多了"


@pytest.fixture(autouse=True)
def _on(settings):
    settings.RATE_LIMITS = True


def test_limit_lets_so_many_through_and_tells_the_wait():
    with time_machine.travel("2026-11-25 10:00:00+08:00", tick=False) as clock:
        for _turn in range(3):
            limits.take((THREE, "a"))
        with pytest.raises(TooMany) as refused:
            limits.take((THREE, "a"))
        assert str(refused.value) == "试的次数太多了，请 60 秒后再试。"
        limits.take((THREE, "b"))
        clock.shift(61)
        limits.take((THREE, "a"))


def test_limit_refused_counts_for_none_of_its_claims():
    for _turn in range(3):
        limits.take((THREE, "full"))
    with pytest.raises(TooMany):
        limits.take((THREE, "other"), (THREE, "full"))
    assert sorted(Attempts.objects.values_list("count", flat=True)) == [3]


def test_limit_gives_back_what_was_right():
    for _turn in range(10):
        limits.give_back(limits.take((THREE, "a")))
    assert Attempts.objects.get().count == 0


def test_limits_off_count_nothing(settings):
    settings.RATE_LIMITS = False
    for _turn in range(10):
        limits.take((THREE, "a"))
    assert Attempts.objects.count() == 0


def test_counter_tells_neither_phone_nor_address():
    limits.take((THREE, "+8613812345678"))
    assert "138" not in Attempts.objects.get().key[:3]
    assert len(Attempts.objects.get().key) == 64


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 秒"), (60, "60 秒"), (61, "2 分钟"), (300, "5 分钟"), (7200, "2 小时")]
)
def test_wait_in_words(seconds, words):
    assert limits.wait_in_words(seconds) == words


def test_prune_forgets_only_what_has_run_out():
    limits.take((THREE, "old"))
    with time_machine.travel(time.time() + 61):
        limits.take((THREE, "new"))
        limits.prune()
        assert Attempts.objects.count() == 1


def test_account_is_locked_after_guesses_however_its_name_is_written(client):
    user = UserFactory(username="tea", phone="+8613812345678", email="tea@example.com")
    for login in ("tea", "13812345678", "tea@example.com", "+86 138 1234 5678", "TEA"):
        assert WRONG in client.post("/accounts/login/", {"login": login, "password": "no"}).content.decode()
    page = sign_in(client, user).content.decode()  # the right password, too late
    assert TOO_MANY in page
    assert "5 分钟后再试，或改用短信验证码、通行密钥登录" in page
    assert not is_in(client)
    with time_machine.travel(time.time() + 301):
        assert sign_in(client, user).status_code == 302
        assert is_in(client)


def test_lock_stands_alone_and_asks_to_mend_no_field(client):
    for _each in range(limits.PASSWORD_ACCOUNT.amount + 1):
        page = client.post("/accounts/login/", {"login": "mei", "password": "no"}).content.decode()
    assert [TOO_MANY in page, "还差一点" in page] == [True, False]
    page = client.post("/accounts/login/", {"login": "", "password": ""}).content.decode()
    assert "还差一点" in page


def test_unknown_account_is_locked_the_same_way(client):
    answers = {}
    UserFactory(username="tea")
    for login in ("tea", "nobody"):
        pages = [client.post("/accounts/login/", {"login": login, "password": "no"}).content.decode() for _ in range(6)]
        answers[login] = [(WRONG in page, TOO_MANY in page) for page in pages]
    assert answers["tea"] == answers["nobody"] == [(True, False)] * 5 + [(False, True)]


def test_address_is_locked_after_guesses_at_many_accounts(client):
    for number in range(limits.PASSWORD_ADDRESS.amount):
        assert WRONG in client.post("/accounts/login/", {"login": f"user{number}", "password": "no"}).content.decode()
    user = UserFactory(username="tea")
    assert TOO_MANY in sign_in(client, user).content.decode()
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), user).status_code == 302


def test_right_passwords_are_not_counted(client):
    user = UserFactory()
    for _turn in range(12):
        assert sign_in(client, user).status_code == 302
        client.post("/accounts/logout/")


def test_code_is_sent_to_a_number_once_a_minute(client):
    UserFactory(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    first = code_sent()
    page = Client().post("/accounts/login/code/", {"phone": "13812345678"}).content.decode()
    assert "试的次数太多了，请 60 秒后再试。" in page
    assert SmsMessage.objects.count() == 1
    assert client.post("/accounts/login/code/confirm/", {"code": first}).status_code == 302
    assert is_in(client)


def test_sending_again_too_soon_keeps_the_code_that_was_sent(client):
    UserFactory(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    page = client.post("/accounts/login/code/confirm/", {"action": "resend"}, follow=True).content.decode()
    assert "验证码发送得太频繁了" in page
    assert SmsMessage.objects.count() == 1
    assert client.post("/accounts/login/code/confirm/", {"code": code_sent()}).status_code == 302
    assert is_in(client)


def answers_to(phone: str, *posts: tuple[str, dict]) -> list[tuple[int, str, list[str]]]:
    """(status, address, messages on the page) of posts by a visitor of their own."""
    client, seen = Client(REMOTE_ADDR=f"198.51.100.{int(phone[-2:])}"), []
    for url, data in posts:
        answer = client.post(url, {key: value or phone for key, value in data.items()}, follow=True)
        told = [str(each) for each in answer.context["messages"]] if answer.context else []
        seen.append((answer.status_code, answer.request["PATH_INFO"], told))
    return seen


@pytest.mark.parametrize("wait", [0, 61])
def test_code_answers_are_the_same_for_known_and_unknown_numbers(wait):
    UserFactory(phone="+8613812345611")
    asking, again = ("/accounts/login/code/", {"phone": ""}), ("/accounts/login/code/confirm/", {"action": "resend"})
    wrong = ("/accounts/login/code/confirm/", {"code": "12345x"})
    posts = [asking, again, wrong, again, wrong, wrong]
    if not wait:
        assert answers_to("13812345611", *posts) == answers_to("13812345622", *posts)
        return
    seen = []
    for phone in ("13812345611", "13812345622"):
        client = Client()
        client.post("/accounts/login/code/", {"phone": phone})
        with time_machine.travel(time.time() + wait):
            answer = client.post("/accounts/login/code/confirm/", {"action": "resend"}, follow=True)
            seen.append(
                (answer.status_code, answer.request["PATH_INFO"], [str(each) for each in answer.context["messages"]])
            )
    assert seen[0] == seen[1]
    assert seen[0][2][-1] == "验证码已发送，请查看短信。"


def test_sign_up_answers_are_the_same_for_known_and_unknown_numbers():
    UserFactory(phone="+8613812345611")
    posts = [
        ("/accounts/signup/", {"phone": "", "name": "王女士", "password1": "tea and bamboo"}),
        ("/accounts/phone/verify/", {"code": "12345x"}),
    ]
    assert answers_to("13812345611", *posts) == answers_to("13812345622", *posts)
    assert [
        "已注册过" in each for each in SmsMessage.objects.filter(phone="+8613812345611").values_list("text", flat=True)
    ] == [True]


def test_number_is_not_bombed_from_many_addresses():
    UserFactory(phone="+8613812345678")
    with time_machine.travel(time.time(), tick=False) as clock:
        for number in range(40):
            Client(REMOTE_ADDR=f"203.0.113.{number}").post("/accounts/login/code/", {"phone": "13812345678"})
            Client(REMOTE_ADDR=f"203.0.113.{number}").post(
                "/accounts/signup/", {"phone": "13812345678", "name": "x", "password1": "tea and bamboo"}
            )
            clock.shift(61)
    assert SmsMessage.objects.count() == limits.CODE_PHONE_HOUR.amount


def test_address_sends_codes_to_so_many_numbers_only():
    for number in range(40):
        Client().post(
            "/accounts/signup/", {"phone": f"138000001{number:02d}", "name": "x", "password1": "tea and bamboo"}
        )
    assert SmsMessage.objects.count() == limits.CODE_ADDRESS.amount


def test_code_is_guessed_a_few_times_only(client):
    UserFactory(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    right = code_sent()
    for _turn in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "00000x"})
    client.post("/accounts/login/code/confirm/", {"code": right})
    assert not is_in(client)


class Slow:
    """A provider that takes its time."""

    waits_for_a_provider = True

    def check_ready(self) -> None: ...

    def send(self, phone, template, parameters) -> None:
        time.sleep(1)


def test_slow_provider_does_not_tell_known_from_unknown_numbers(settings, client):
    settings.SMS_BACKEND = f"{__name__}.Slow"
    UserFactory(phone="+8613812345678")
    times = []
    for phone in ("13812345678", "13812345679"):
        started = time.monotonic()
        client.post("/accounts/login/code/", {"phone": phone})
        times.append(time.monotonic() - started)
    assert max(times) < 0.7


def test_no_sender_is_told_to_known_and_unknown_numbers_alike(settings):
    settings.SMS_BACKEND = "accounts.sms.backends.DisabledBackend"
    UserFactory(phone="+8613812345611")
    posts = [("/accounts/login/code/", {"phone": ""})]
    assert answers_to("13812345611", *posts) == answers_to("13812345622", *posts)
    assert "尚未开通" in answers_to("13812345633", *posts)[0][2][0]


def test_password_is_hashed_once_whoever_is_asked_for(client, monkeypatch):
    """Comparable time: the same work for a known phone, e-mail and user name as for an unknown one."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    UserFactory(username="tea", phone="+8613812345678", email="tea@example.com")
    hashed = []
    whole = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or whole(self, password, salt)
    )
    counts = {}
    for login in ("tea", "13812345678", "tea@example.com", "nobody", "13900001111", "x@example.com"):
        hashed.clear()
        client.post("/accounts/login/", {"login": login, "password": "no"})
        counts[login] = len(hashed)
    assert set(counts.values()) == {1}, counts


def test_sign_up_that_was_never_proved_gives_its_password_to_nobody(client):
    """Somebody signs up with another's number; when its owner comes by code, that password opens nothing."""
    stranger = Client()
    stranger.post(
        "/accounts/signup/",
        {"phone": "13812345678", "name": "x", "password1": "evil horse 9", "email": "e@example.com"},
    )
    with time_machine.travel(time.time() + 61):
        client.post("/accounts/login/code/", {"phone": "13812345678"})
        client.post("/accounts/login/code/confirm/", {"code": code_sent()})
        assert is_in(client)
        stranger = Client()
        for login in ("13812345678", "e@example.com"):
            stranger.post("/accounts/login/", {"login": login, "password": "evil horse 9"})
        assert not is_in(stranger)


def test_password_of_the_owner_stays(client):
    user = UserFactory(phone="+8613812345678")
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    client.post("/accounts/login/code/confirm/", {"code": code_sent()})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
