"""Erasure: asked for, undone, done; and after it no value is left in any table but those named here."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Consent, Enterprise, ErasureRequest, Invitation, Notice, User
from accounts.privacy import erasure, registry
from events.models import Registration
from matching.models import Referral
from tests.accounts.audit.test_recording import as_
from tests.accounts.privacy.conftest import ADDRESS, CODE, FIRM, MAIL, NAME, PHONE
from tests.factories import (
    EnterpriseFactory,
    EventFactory,
    InstitutionFactory,
    RegistrationFactory,
    UserFactory,
    enterprise_user,
    user_with,
)
from tests.matching.conftest import make_need

pytestmark = pytest.mark.django_db

# Tables that may hold a value afterwards, with why.
NAMED: dict[str, str] = {}


def word_lists(cursor) -> set[str]:
    """FTS5 tables without content: they hold no text but words, which are read from their fts5vocab tables."""
    if connection.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {name for name, sql in cursor.fetchall() if "content=''" in (sql or "")}


def text_columns() -> list[tuple[str, str]]:
    """Every column of every table (the search index's included) that can hold text."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - word_lists(cursor)):
            for column in connection.introspection.get_table_description(cursor, table):
                found.append((table, column.name))
    return found


def places_of(*values: str) -> set[tuple[str, str]]:
    """(table, value) wherever one of `values` stands in any column, however deep in a text or JSON."""
    found = set()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column in text_columns():
            for value in values:
                cursor.execute(
                    f"SELECT 1 FROM {quote(table)} WHERE CAST({quote(column)} AS TEXT) LIKE %s LIMIT 1",
                    [f"%{value}%"],
                )
                if cursor.fetchone():
                    found.add((table, value))
    return found


def escaped(value: str) -> str:
    """As SQLite's JSON columns hold it."""
    return value.encode("unicode_escape").decode()


def forms(*values: str) -> list[str]:
    return [each for value in values for each in {value, escaped(value)}]


def do(request: ErasureRequest) -> None:
    with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
        assert erasure.do_due() == 1


def erase_all(traces) -> None:
    """The enterprise first, then its owner."""
    do(erasure.ask(traces.owner, traces.enterprise))
    do(erasure.ask(User.objects.get(pk=traces.owner.pk)))


def test_values_are_everywhere_before(traces):
    """Negative control: the search finds them, else finding none afterwards would say nothing."""
    tables = {table for table, _value in places_of(*forms(NAME, PHONE, FIRM, CODE, ADDRESS, MAIL))}
    assert tables >= {
        "accounts_user",
        "accounts_enterprise",
        "accounts_consent",
        "accounts_notice",
        "accounts_smsmessage",
        "matching_need",
        "matching_referralevent",
        "advisors_visit",
        "advisors_servicerequest",
        "events_registration",
    }


def test_no_value_is_left_after_erasing_enterprise_and_person(traces, django_capture_on_commit_callbacks):
    as_(traces.owner)  # a session, as there may be
    with django_capture_on_commit_callbacks(execute=True):
        erase_all(traces)
    from search import outbox

    outbox.sweep()
    left = places_of(*forms(NAME, PHONE, FIRM, CODE, ADDRESS, MAIL))
    assert {place for place in left if place[0] not in NAMED} == set()
    assert [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()] == []


def test_what_is_counted_stays(traces):
    erase_all(traces)
    firm, person = Enterprise.objects.get(pk=traces.enterprise.pk), User.objects.get(pk=traces.owner.pk)
    assert (firm.name, firm.uscc, firm.employees, firm.traits) == (
        f"已注销企业 #{firm.pk}",
        f"X{firm.pk:017d}",
        None,
        {},
    )
    assert (person.name, person.phone, person.is_active, person.has_usable_password()) == ("", None, False, False)
    assert Referral.objects.get(pk=traces.referral.pk).state == "withdrawn"
    assert Consent.objects.filter(enterprise=firm, withdrawn_at__isnull=True).count() == 0
    assert Registration.objects.get(pk=traces.registration.pk).state == "confirmed"  # was there: still counted
    assert Registration.objects.get(pk=traces.upcoming.pk).state == "cancelled"  # the place is free again
    assert ErasureRequest.objects.exclude(done_at=None).count() == 2
    assert AuditEntry.objects.filter(verb="erased").count() == 2


def test_person_alone_leaves_the_enterprise(traces):
    colleague = enterprise_user(traces.enterprise, name="周大为", phone="+8613887654321")
    do(erasure.ask(traces.owner))
    left = {table for table, _value in places_of(*forms(NAME, PHONE, MAIL))}
    assert {table for table in left if table not in NAMED} == set()
    firm = Enterprise.objects.get(pk=traces.enterprise.pk)
    assert (firm.name, firm.uscc) == (FIRM, CODE)
    assert Referral.objects.get(pk=traces.referral.pk).is_open is True
    colleague.refresh_from_db()
    assert (colleague.name, colleague.phone) == ("周大为", "+8613887654321")


def test_erased_person_is_out_at_once_and_cannot_sign_in(traces):
    client = as_(traces.owner)
    erase_all(traces)
    assert client.get("/me/").status_code == 302


def test_others_are_left_as_they_were(traces):
    other = enterprise_user(name="周大为", phone="+8613887654321")
    before = (
        User.objects.filter(pk=other.pk).values().get(),
        Enterprise.objects.filter(pk=other.enterprise.pk).values().get(),
    )
    erase_all(traces)
    after = (
        User.objects.filter(pk=other.pk).values().get(),
        Enterprise.objects.filter(pk=other.enterprise.pk).values().get(),
    )
    assert after == before


# Names are what people call themselves: an erasure takes no words out of other people's records


@pytest.fixture
def stranger(traces):
    """Somebody else's notice, need and registration, with ordinary words and the name of a firm that stays."""
    other = enterprise_user(name="周大为", phone="+8613887654321")
    need = make_need(other, text="企业想借 50 万，请银行放款快一点，有限公司，联系周大为")
    Notice.objects.create(user=other, text="有企业认领等您审核：青田石雕有限公司")
    registration = RegistrationFactory(event=EventFactory(), organisation="青田石雕有限公司", uscc="")

    def said() -> tuple[str, str, str]:
        need.refresh_from_db()
        registration.refresh_from_db()
        return need.text, Notice.objects.get(user=other).text, registration.organisation

    return said


def erase_under(traces, *, firm: str = "", person: str = "", address: str = "") -> None:
    Enterprise.objects.filter(pk=traces.enterprise.pk).update(name=firm or FIRM, address=address or ADDRESS)
    User.objects.filter(pk=traces.owner.pk).update(name=person or NAME)
    erase_all(
        replace(
            traces, owner=User.objects.get(pk=traces.owner.pk), enterprise=Enterprise.objects.get(name=firm or FIRM)
        )
    )


@pytest.mark.parametrize(
    "called",
    [
        {"person": "企业"},
        {"person": "银行"},
        {"person": "等您审核"},
        {"person": "周大为"},
        {"firm": "有限公司"},
        {"firm": "周大为"},
        {"address": "企业"},
    ],
    ids=lambda called: " ".join(f"{what} {name}" for what, name in called.items()),
)
def test_name_that_others_bear_or_use_is_left_to_them(traces, stranger, called):
    before = stranger()
    erase_under(traces, **called)
    assert stranger() == before


def test_name_that_others_bear_goes_from_own_records(traces):
    UserFactory(name=NAME)
    do(erasure.ask(traces.owner, traces.enterprise))
    colleague = enterprise_user(EnterpriseFactory(), name="周大为", phone="+8613887654321")
    owner = User.objects.get(pk=traces.owner.pk)
    colleague.enterprise.members.create(user=owner)
    need = make_need(colleague, text=f"找{NAME}联系")
    do(erasure.ask(owner))
    need.refresh_from_db()
    assert need.text == "找（已删除）联系"


def test_unconfirmed_mail_ends_nobody_elses_invitation(traces):
    """Anybody may type any address; only a confirmed one is theirs."""
    bank = InstitutionFactory()
    invitation = Invitation.objects.create(institution=bank, email=MAIL, roles=["advisor"], invited_by=UserFactory())
    erase_all(traces)
    invitation.refresh_from_db()
    assert (invitation.email, invitation.revoked_at) == (MAIL, None)


# Asking, undoing


def test_ask_is_due_in_seven_days_and_once(traces):
    first, again = erasure.ask(traces.owner, traces.enterprise), erasure.ask(traces.owner, traces.enterprise)
    assert (first.pk, first.due_at - first.asked_at) == (again.pk, timedelta(days=7))
    assert Notice.objects.filter(user=traces.owner, url="/me/data/").count() == 1


def test_nothing_happens_before_it_is_due(traces):
    request = erasure.ask(traces.owner, traces.enterprise)
    with time_machine.travel(request.due_at - timedelta(minutes=1), tick=False):
        assert erasure.do_due() == 0
    assert Enterprise.objects.get(pk=traces.enterprise.pk).name == FIRM


def test_undone_wish_is_not_carried_out(traces):
    request = erasure.ask(traces.owner, traces.enterprise)
    erasure.undo(request, by=traces.owner)
    with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
        assert erasure.do_due() == 0
    assert Enterprise.objects.get(pk=traces.enterprise.pk).name == FIRM


def test_done_wish_is_not_undone(traces):
    request = erasure.ask(traces.owner, traces.enterprise)
    do(request)
    with pytest.raises(erasure.ErasureRefused):
        erasure.undo(request, by=traces.owner)


def test_one_part_that_fails_leaves_all_as_it_was(traces, monkeypatch):
    part = registry.erasers["accounts"]

    def fail(firm):
        part.enterprise(firm)
        raise ZeroDivisionError

    monkeypatch.setitem(registry.erasers, "accounts", replace(part, enterprise=fail))
    request = erasure.ask(traces.owner, traces.enterprise)
    with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
        assert erasure.do_due() == 0
    request.refresh_from_db()
    assert (request.is_open, Enterprise.objects.get(pk=traces.enterprise.pk).name) == (True, FIRM)
    assert len(places_of(FIRM)) > 5


def test_only_owner_asks_for_the_enterprise(traces):
    colleague = UserFactory()
    traces.enterprise.members.create(user=colleague, kind="member")
    with pytest.raises(erasure.ErasureRefused, match="负责人"):
        erasure.ask(colleague, traces.enterprise)


def test_last_owner_hands_over_first(traces):
    with pytest.raises(erasure.ErasureRefused, match="唯一的负责人"):
        erasure.ask(traces.owner)
    erasure.ask(traces.owner, traces.enterprise)
    assert erasure.ask(traces.owner).is_open is True


def test_staff_give_up_their_post_first():
    from accounts.roles import Role

    with pytest.raises(erasure.ErasureRefused, match="岗位"):
        erasure.ask(user_with(Role.ADVISOR))


# Pages


def test_page_asks_twice_says_what_is_kept_and_undoes(traces):
    client, url = as_(traces.owner), reverse("accounts:data")
    page = client.get(url).content.decode()
    assert all(str(keeping.what) in page for keeping in erasure.kept())
    post = reverse("accounts:data_erase", args=["enterprise"])
    assert client.post(post).status_code == 422
    assert ErasureRequest.objects.count() == 0
    client.post(post, {"enterprise-sure": "on"})
    request = ErasureRequest.objects.get()
    assert request.enterprise == traces.enterprise
    assert "撤销，不删除" in client.get(url).content.decode()
    client.post(reverse("accounts:data_undo", args=[request.pk]))
    request.refresh_from_db()
    assert request.undone_at <= timezone.now()
