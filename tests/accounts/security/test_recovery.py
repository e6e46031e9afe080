"""Lost device and recovery codes: back in after a waiting period that every contact hears of and can stop."""

import re
import time

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, FactorRecovery, SmsMessage
from accounts.roles import Role
from accounts.security import factors, recovery
from tests import totp
from tests.accounts.security.people import SECRET, code_sent, is_in, sign_in, with_totp
from tests.factories import UserFactory, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db
LOST, FACTOR, HOUR = "/accounts/2fa/lost/", "/accounts/2fa/authenticate/", 3600


@pytest.fixture
def user():
    return with_totp(UserFactory(username="tea", phone="+8613812345678", email="tea@example.com"))


def ask(client: Client, user) -> str:
    """Passes the first factor, proves the phone, and posts; returns the page."""
    sign_in(client, user)
    client.post(LOST, {"action": "send"})
    return client.post(LOST, {"code": code_sent(user.phone)}, follow=True).content.decode()


def test_page_needs_the_first_factor(client):
    assert client.get(LOST).url == "/accounts/login/"
    assert client.post(LOST, {"action": "send"}).url == "/accounts/login/"


def test_request_removes_nothing_yet_and_tells_every_contact(client, user):
    assert "已申请" in ask(client, user)
    assert factors.has_second_factor(user)
    assert not is_in(client)
    drain()
    text = SmsMessage.objects.filter(phone=user.phone).first().text
    assert "72 小时后可生效" in text
    assert "/accounts/2fa/lost/cancel/" in text
    assert [each.to for each in mail.outbox] == [["tea@example.com"]]
    assert "申请移除" in user.notices.first().text


def test_request_twice_is_one(client, user):
    ask(client, user)
    first = FactorRecovery.objects.get()
    recovery.request(user)
    assert FactorRecovery.objects.get() == first


def test_wrong_code_asks_nothing(client, user):
    sign_in(client, user)
    client.post(LOST, {"action": "send"})
    assert "验证码不对" in client.post(LOST, {"code": "00000x"}).content.decode()
    assert FactorRecovery.objects.count() == 0


def test_factors_go_after_the_waiting_period_and_another_code(client, user):
    signed_in_elsewhere = Client()
    signed_in_elsewhere.force_login(user)
    ask(client, user)
    with time_machine.travel(time.time() + 71 * HOUR):
        early = Client()
        ask(early, user)
        assert factors.has_second_factor(user)
    with time_machine.travel(time.time() + 73 * HOUR):
        late = Client()
        assert "等待期已过" in late.get(sign_in(late, user).url.replace(FACTOR, LOST)).content.decode()
        ask(late, user)
        assert not factors.has_second_factor(user)
        assert not is_in(signed_in_elsewhere)
        assert AuditEntry.objects.filter(verb="factors_recovered").count() == 1
        assert sign_in(late, user).url == "/accounts/start/"


def test_stopped_from_the_link_without_signing_in(client, user):
    ask(client, user)
    drain()
    link = re.search(r"/accounts/2fa/lost/cancel/\S+", mail.outbox[0].body)[0]
    visitor = Client()
    assert "取消申请" in visitor.get(link).content.decode()
    assert FactorRecovery.objects.get().outcome == "waiting"  # looking stops nothing
    visitor.post(link)
    assert FactorRecovery.objects.get().outcome == "cancelled"
    with time_machine.travel(time.time() + 73 * HOUR), pytest.raises(recovery.NotYet):
        recovery.carry_out(user)
    assert factors.has_second_factor(user)


def test_link_that_was_tampered_with(client, user):
    recovery.request(user)
    assert client.get("/accounts/2fa/lost/cancel/1:abc:def/").status_code == 404


def test_stopped_by_signing_in_with_the_factor(client, user):
    recovery.request(user)
    sign_in(client, user)
    client.post(FACTOR, {"code": totp.code(SECRET)})
    assert is_in(client)
    assert FactorRecovery.objects.get().outcome == "cancelled"


def test_staff_ask_an_administrator(client):
    user = with_totp(user_with(Role.ADVISOR))
    sign_in(client, user)
    assert "联系系统管理员" in client.get(LOST).content.decode()
    client.post(LOST, {"action": "send"})
    assert SmsMessage.objects.count() == 0
    with pytest.raises(recovery.AskAdministrator):
        recovery.request(user)


def test_who_became_staff_meanwhile_asks_an_administrator(user):
    recovery.request(user)
    user.role_assignments.create(role=Role.ADVISOR)
    with time_machine.travel(time.time() + 73 * HOUR), pytest.raises(recovery.AskAdministrator):
        recovery.carry_out(user)
    assert factors.has_second_factor(user)
