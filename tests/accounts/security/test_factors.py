"""Second factors: asked where they must be, never walked around, removed only as the rules say."""

import time
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, SmsMessage
from accounts.roles import Role
from accounts.security import factors, limits
from tests import totp
from tests.accounts.security.people import (
    PASSWORD,
    SECRET,
    code_sent,
    is_in,
    recovery_codes,
    sign_in,
    with_passkey,
    with_totp,
)
from tests.factories import UserFactory, enterprise_user, user_with
from tests.queue import drain

pytestmark = pytest.mark.django_db
FACTOR = "/accounts/2fa/authenticate/"


def test_authenticator_app_is_added_and_asked_for(client):
    user = enterprise_user(username="tea", phone="+8613812345678")
    sign_in(client, user)
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert "<svg" in page.context["totp_svg"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp.code(secret)})
    assert answer.url == "/accounts/2fa/recovery-codes/?next=/me/security/"
    shown = client.get(answer.url).content.decode()
    assert [code in shown for code in recovery_codes(user)] == [True] * 10

    other = Client()
    assert sign_in(other, user).url.startswith(FACTOR)
    assert not is_in(other)
    with time_machine.travel(time.time() + 90):
        assert other.post(FACTOR, {"code": totp.code(secret)}).status_code == 302
        assert is_in(other)


def test_secret_is_not_readable_in_the_table():
    user = with_totp(UserFactory())
    kept = str([each.data for each in Authenticator.objects.filter(user=user)])
    assert SECRET not in kept
    assert [code in kept for code in recovery_codes(user)] == [False] * 10


def test_new_secret_key_takes_over_and_the_old_one_may_go(settings):
    user = with_totp(UserFactory())
    codes, old = recovery_codes(user), settings.SECRET_KEY

    def reads() -> bool:
        app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        return decrypt(app.data["secret"]) == SECRET and recovery_codes(user) == codes

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, []
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("rekey_factors")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert reads()
    out = StringIO()
    call_command("rekey_factors", stdout=out)
    settings.SECRET_KEY_FALLBACKS = []
    assert (out.getvalue(), reads()) == ("2\n", True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.detail) == ("factors_rekeyed", None, {"rows": 2})


def test_sessions_and_links_outlive_a_change_of_the_key(client, settings):
    user = enterprise_user()
    sign_in(client, user)
    assert is_in(client)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [old]
    assert is_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(client)  # its request has signed the session anew
    settings.SECRET_KEY = "m" * 50
    assert not is_in(client)


def test_code_of_the_app_is_good_once(client):
    user = with_totp(UserFactory())
    code = totp.code(SECRET)
    sign_in(client, user)
    client.post(FACTOR, {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, user)
    other.post(FACTOR, {"code": code})
    assert not is_in(other)


def test_recovery_code_is_good_once(client):
    user = with_totp(UserFactory())
    code = recovery_codes(user)[0]
    sign_in(client, user)
    assert client.post(FACTOR, {"code": code}).status_code == 302
    assert is_in(client)
    other = Client()
    sign_in(other, user)
    assert "验证没有通过" in other.post(FACTOR, {"code": code}).content.decode()
    assert not is_in(other)


def test_factor_is_guessed_a_few_times_only(client, settings):
    settings.RATE_LIMITS = True
    user = with_totp(UserFactory())
    sign_in(client, user)
    for _turn in range(limits.FACTOR_GUESS.amount):
        assert "验证没有通过" in client.post(FACTOR, {"code": "00000x"}).content.decode()
    assert "请 5 分钟后再试" in client.post(FACTOR, {"code": totp.code(SECRET)}).content.decode()
    assert not is_in(client)


def test_sign_in_by_code_asks_for_the_factor_too(client):
    with_totp(UserFactory(phone="+8613812345678"))
    client.post("/accounts/login/code/", {"phone": "13812345678"})
    assert client.post("/accounts/login/code/confirm/", {"code": code_sent()}).url.startswith(FACTOR)
    assert not is_in(client)


def test_forgotten_password_by_phone_asks_for_the_factor_too(client):
    user = with_totp(UserFactory(phone="+8613812345678"))
    client.post("/accounts/login/code/?next=/accounts/password/new/", {"phone": "13812345678"})
    client.post("/accounts/login/code/confirm/?next=/accounts/password/new/", {"code": code_sent()})
    assert client.get("/accounts/password/new/").status_code == 302
    answer = client.post(FACTOR, {"code": totp.code(SECRET)})
    assert answer.url == "/accounts/password/new/"
    client.post("/accounts/password/new/", {"password1": "bamboo and tea"})
    user.refresh_from_db()
    assert user.check_password("bamboo and tea")


def test_new_password_is_not_set_without_the_code(client):
    user = UserFactory()
    sign_in(client, user)
    assert client.post("/accounts/password/new/", {"password1": "bamboo and tea"}).url == "/accounts/password/change/"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_password_reset_by_mail_does_not_go_around_the_factor(client):
    user = with_totp(UserFactory(email="tea@example.com"))
    EmailAddress.objects.create(user=user, email="tea@example.com", verified=True, primary=True)
    client.post("/accounts/password/reset/", {"email": "tea@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = client.get(link.split("8000")[-1] if "8000" in link else link.replace("http://testserver", ""), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "bamboo and tea", "password2": "bamboo and tea"})
    assert not is_in(client)
    assert sign_in(client, user, "bamboo and tea").url.startswith(FACTOR)
    assert not is_in(client)


def test_password_reset_by_mail_goes_to_confirmed_addresses_only_and_says_the_same(client):
    UserFactory(email="unconfirmed@example.com")
    confirmed = UserFactory(email="confirmed@example.com")
    EmailAddress.objects.create(user=confirmed, email="confirmed@example.com", verified=True, primary=True)
    answers = {}
    for address in ("unconfirmed@example.com", "confirmed@example.com", "unknown@example.com"):
        answer = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        answers[address] = (
            answer.status_code,
            answer.request["PATH_INFO"],
            [str(m) for m in answer.context["messages"]],
        )
    assert len(set(map(str, answers.values()))) == 1
    with_link = [each.to for each in mail.outbox if "/password/reset/key/" in each.body]
    assert with_link == [["confirmed@example.com"]]


def test_passkey_of_an_enterprise_closes_no_other_way(client):
    assert sign_in(client, with_passkey(enterprise_user())).url == "/accounts/start/"


def test_passkey_of_staff_is_their_second_factor(client):
    assert sign_in(client, with_passkey(user_with(Role.ADVISOR))).url.startswith(FACTOR)


class TestStaff:
    """With REQUIRE_STAFF_MFA, as in production."""

    @pytest.fixture(autouse=True)
    def _on(self, settings):
        settings.REQUIRE_STAFF_MFA = True

    @pytest.mark.parametrize("path", ["/desk/", "/desk/notices/", "/cms/", "/admin/", "/door/"])
    def test_without_a_factor_are_led_to_set_it_up(self, client, path):
        client.force_login(user_with(Role.ADMINISTRATOR))
        answer = client.get(path)
        assert answer.url == f"/accounts/set-up/?next={path}"
        page = client.get(answer.url).content.decode()
        assert "添加通行密钥" in page
        assert "添加验证器应用" in page

    @pytest.mark.parametrize("give", [with_totp, with_passkey])
    def test_with_a_factor_go_on(self, client, give):
        client.force_login(give(user_with(Role.ADVISOR)))
        assert client.get("/desk/").status_code == 200

    def test_recovery_codes_alone_are_no_factor(self, client):
        user = with_totp(user_with(Role.ADVISOR))
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        client.force_login(user)
        assert client.get("/desk/").status_code == 302

    def test_without_a_factor_hold_no_role_elsewhere(self, client):
        owner = enterprise_user()
        from django.core.files.base import ContentFile

        owner.enterprise.licence.save("x.png", ContentFile(b"\x89PNG"))
        advisor = user_with(Role.ADVISOR)
        client.force_login(advisor)
        path = f"/me/enterprise/{owner.enterprise.pk}/licence/"
        assert client.get(path).status_code == 404
        with_totp(advisor)
        assert client.get(path).status_code == 200

    def test_without_a_factor_read_public_pages_and_sign_out(self, client):
        client.force_login(user_with(Role.ADVISOR))
        assert client.get("/products/").status_code == 200
        assert client.get("/desk/security/").status_code == 200
        assert client.get("/accounts/start/").url == "/desk/"
        assert client.post("/accounts/logout/").status_code == 302

    def test_enterprise_is_not_asked(self, client):
        client.force_login(enterprise_user())
        assert client.get("/me/").status_code == 200
        assert client.get("/accounts/set-up/").url == "/desk/"

    def test_set_up_leads_back_to_where_they_were_going(self, client):
        user = user_with(Role.ADVISOR)
        sign_in(client, user)
        secret = client.get("/accounts/2fa/totp/activate/?next=/desk/notices/").context["form"].secret
        answer = client.post("/accounts/2fa/totp/activate/?next=/desk/notices/", {"code": totp.code(secret)})
        assert answer.url == "/accounts/2fa/recovery-codes/?next=/desk/notices/"
        assert 'href="/desk/notices/"' in client.get(answer.url).content.decode()
        assert client.get("/desk/notices/").status_code == 200

    def test_last_factor_stays(self, client):
        user = with_totp(user_with(Role.ADVISOR))
        sign_in(client, user)
        client.post(FACTOR, {"code": totp.code(SECRET)})
        assert "至少要保留一种" in client.post("/accounts/2fa/totp/deactivate/").content.decode()
        assert factors.has_second_factor(user)

    def test_what_they_typed_is_kept_through_the_set_up(self, client):
        user = user_with(Role.ADMINISTRATOR)
        sign_in(client, user)
        answer = client.post("/desk/sign-in-help/1/", {"reason": "写到一半的原因"})
        assert answer.url == "/accounts/set-up/?next=/desk/sign-in-help/1/"
        assert "已为您保留" in client.get(answer.url).content.decode()
        assert client.session["kept_draft"]["path"] == "/desk/sign-in-help/1/"


def test_what_was_typed_is_kept_through_sign_in_with_a_factor(client):
    user = with_totp(UserFactory(username="tea"))
    page = "/me/enterprise/new/"
    answer = client.post(page, {"name": "云雾茶坊", "uscc": "9133"})
    back = client.post(answer.url, {"login": "tea", "password": PASSWORD, "next": page})
    assert back.url.startswith(FACTOR)
    assert "已为您保留" in client.get(back.url).content.decode()
    assert client.post(FACTOR, {"code": totp.code(SECRET)}).url == page
    assert 'value="云雾茶坊"' in client.get(page).content.decode()
    assert user.pk


class TestHelp:
    """An administrator resets a colleague's factors."""

    REASON = "本人持工作证到场，手机丢失"

    def test_reset_is_told_recorded_and_ends_all_sessions(self, client):
        colleague = with_totp(user_with(Role.ADVISOR, phone="+8613812345678", email="c@example.com"))
        theirs = Client()
        theirs.force_login(colleague)
        assert is_in(theirs)
        administrator = user_with(Role.ADMINISTRATOR)
        sign_in(client, administrator)
        found = client.get("/desk/sign-in-help/?q=13812345678").content.decode()
        assert f"/desk/sign-in-help/{colleague.pk}/" in found
        assert "138****5678" in found
        client.post(f"/desk/sign-in-help/{colleague.pk}/", {"reason": self.REASON})
        assert Authenticator.objects.filter(user=colleague).count() == 0
        assert not is_in(theirs)
        entry = AuditEntry.objects.get(verb="factors_reset")
        assert (entry.actor_id, entry.object_id, entry.reason) == (administrator.pk, str(colleague.pk), self.REASON)
        drain()
        assert "已重置" in SmsMessage.objects.filter(phone="+8613812345678").first().text
        assert [each.to for each in mail.outbox] == [["c@example.com"]]
        assert "已重置" in colleague.notices.first().text

    def test_needs_a_reason(self, client):
        colleague = with_totp(user_with(Role.ADVISOR))
        sign_in(client, user_with(Role.ADMINISTRATOR))
        assert client.post(f"/desk/sign-in-help/{colleague.pk}/", {"reason": "丢了"}).status_code == 200
        assert factors.has_second_factor(colleague)

    def test_never_of_oneself(self, client):
        administrator = with_totp(user_with(Role.ADMINISTRATOR))
        sign_in(client, administrator)
        client.post(FACTOR, {"code": totp.code(SECRET)})
        page = client.post(f"/desk/sign-in-help/{administrator.pk}/", {"reason": self.REASON}).content.decode()
        assert "不能重置自己" in page
        assert factors.has_second_factor(administrator)

    def test_asks_who_signed_in_long_ago_again(self, client):
        colleague = with_totp(user_with(Role.ADVISOR))
        sign_in(client, user_with(Role.ADMINISTRATOR))
        with time_machine.travel(time.time() + 600):
            answer = client.post(f"/desk/sign-in-help/{colleague.pk}/", {"reason": self.REASON})
        assert answer.url.startswith("/accounts/reauthenticate/")
        assert factors.has_second_factor(colleague)


def test_only_administrator_gets_back_in_by_the_operator(capsys):
    from django.core.management import CommandError, call_command

    user = with_totp(user_with(Role.ADMINISTRATOR, username="only"))
    call_command("reset_factors", "only", reason="唯一的管理员丢了手机")
    assert capsys.readouterr().out == "2 removed from only\n"
    assert not factors.has_second_factor(user)
    assert AuditEntry.objects.get(verb="factors_reset").reason == "唯一的管理员丢了手机"
    with pytest.raises(CommandError, match="nobody"):
        call_command("reset_factors", "nobody", reason="x")
