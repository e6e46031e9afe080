"""The supervisor's search, one entry and what can be done about it; 谁看过我的资料."""

import csv
import uuid
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts import audit
from accounts.audit import actions, queries, sentences
from accounts.models import AuditEntry
from accounts.people import merging
from accounts.roles import Role
from tests.accounts.audit.test_recording import as_
from tests.factories import (
    EnterpriseFactory,
    EventFactory,
    RegistrationFactory,
    UserFactory,
    enterprise_user,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    return user_with(Role.SUPERVISOR, name="李主管")


@pytest.fixture
def look():
    """王审核 was shown the phone of 遂昌云峰茶业."""
    manager = user_with(Role.RELATIONSHIP_MANAGER, name="王审核", username="wang")
    firm = EnterpriseFactory(name="遂昌云峰茶业")
    with audit.acting(manager):
        return audit.viewed(firm, ["联系电话"], purpose="referral")


def found(supervisor, **asked) -> list[int]:
    return list(queries.search(supervisor, **asked).values_list("pk", flat=True))


def test_entry_reads_as_a_sentence(look):
    assert sentences.sentence(look) == "王审核 查看了 遂昌云峰茶业 的联系电话"
    assert sentences.why(look) == "办理对接"


def test_change_is_told_in_words(supervisor):
    firm = EnterpriseFactory(name="遂昌云峰茶业", employees=12)
    with audit.acting(supervisor):
        firm.employees, firm.size_class = 15, "small"
        firm.save()
    entry = AuditEntry.objects.latest("pk")
    assert sentences.sentence(entry) == "李主管 修改了 遂昌云峰茶业：从业人员（人）、规模"
    assert [(each.field, each.old, each.new) for each in sentences.changes(entry)] == [
        ("从业人员（人）", "12", "15"),
        ("规模", "（空）", "小型"),
    ]


def test_enterprises_person_is_masked_as_actor_and_as_person_concerned(supervisor):
    owner = enterprise_user(name="欧阳小燕")
    with audit.acting(owner):
        entry = audit.record("changed", owner.enterprise)
    assert sentences.actor_name(entry) == "欧阳**"
    with audit.acting(supervisor):
        about = audit.viewed(owner, ["手机号"])
    assert sentences.sentence(about) == "李主管 查看了 欧阳** 的手机号"


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"who": "王审"}, True),
        ({"who": "wang"}, True),
        ({"who": "李主管"}, False),
        ({"whom": "云峰"}, True),
        ({"whom": "云雾"}, False),
        ({"verb": "viewed"}, True),
        ({"verb": "looks"}, True),
        ({"verb": "changed"}, False),
        ({"model": "accounts.enterprise"}, True),
        ({"model": "accounts.user"}, False),
        ({"since": timezone.localdate(), "until": timezone.localdate()}, True),
        ({"until": timezone.localdate() - timedelta(days=1)}, False),
        ({"since": timezone.localdate() + timedelta(days=1)}, False),
    ],
)
def test_filter(supervisor, look, asked, is_found):
    assert (look.pk in found(supervisor, **asked)) == is_found


def test_filters_stand_in_the_address_and_bad_ones_are_said(supervisor, look):
    client = as_(supervisor)
    page = client.get(reverse("accounts:audit"), {"whom": "云峰", "verb": "looks"})
    assert [entry.pk for entry, _sentence, _why in page.context["rows"]] == [look.pk]
    assert "王审核 查看了 遂昌云峰茶业 的联系电话" in page.content.decode()
    page = client.get(reverse("accounts:audit"), {"since": "gestern", "whom": "云峰", "verb": "looks"})
    assert [entry.pk for entry, _sentence, _why in page.context["rows"]] == [look.pk]
    assert list(page.context["form"].errors) == ["since"]


def test_search_page_takes_the_same_queries_for_any_number(supervisor, django_assert_num_queries):
    client, url = as_(supervisor), reverse("accounts:audit")
    client.get(url)
    for number in (1, 3):
        for _each in range(number):
            with audit.acting(user_with(Role.ADVISOR)):
                audit.viewed(EnterpriseFactory(), ["联系电话"])
        with django_assert_num_queries(QUERIES):
            client.get(url)


@pytest.mark.parametrize(("asked", "more"), [("who", 1), ("whom", 1), ("enterprise", 2)])
def test_narrowed_search_takes_the_same_queries_for_any_number(supervisor, django_assert_num_queries, asked, more):
    """Beside those of the whole list: who is meant; of an enterprise its identities and its name."""
    client, url = as_(supervisor), reverse("accounts:audit")
    firm, person = EnterpriseFactory(name="遂昌云峰茶业"), user_with(Role.ADVISOR, name="王审核")
    words = {"who": "王审核", "whom": "云峰", "enterprise": firm.pk}[asked]
    client.get(url)
    for number in (1, 3):
        with audit.acting(person):
            looks = [audit.viewed(firm, ["联系电话"]) for _each in range(number)]
        with django_assert_num_queries(QUERIES + more):
            page = client.get(url, {asked: words, "verb": "viewed"})
        assert page.context["page"].rows[:number] == looks[::-1]


QUERIES = 11  # session, user, roles, counts beside the navigation, entries with all they name; nobody counts them


def test_entries_about_merged_records_are_found_under_every_name(supervisor):
    kept, first, second = (EnterpriseFactory(name=name) for name in ("遂昌云峰茶业", "遂昌云峰茶叶合作社", "云雾茶坊"))
    with audit.acting(user_with(Role.ADVISOR)):
        looks = [audit.viewed(each, ["联系电话"]).pk for each in (kept, first, second)]
        audit.viewed(EnterpriseFactory(name="别家"), ["联系电话"])
    for source in (first, second):
        merging.merge(target=kept, source=source, by=supervisor, reason="", take=frozenset(), client_key=uuid.uuid4())
    newest_first = looks[::-1]
    for whom in ("云峰茶业", "云峰茶叶", "云雾", kept.uscc, first.uscc, second.uscc.lower()):
        assert found(supervisor, whom=whom, verb="viewed") == newest_first
    for each in (kept, first, second):
        assert found(supervisor, enterprise=each.pk, verb="viewed") == newest_first


def test_pages_go_on_from_the_row_where_the_last_ended(supervisor, monkeypatch):
    monkeypatch.setattr("accounts.audit.views.PER_PAGE", 2)
    with audit.acting(user_with(Role.ADVISOR)):
        entries = [audit.viewed(EnterpriseFactory(), ["联系电话"]).pk for _number in range(5)]
    client, url = as_(supervisor), reverse("accounts:audit")

    def shown(**asked) -> tuple[list[int], int | None, int | None]:
        page = client.get(url, {"verb": "viewed"} | asked).context["page"]
        return [each.pk for each in page.rows], page.older, page.newer

    one, two, three, four, five = entries
    assert shown() == ([five, four], four, None)
    assert shown(before=four) == ([three, two], two, three)
    assert shown(before=two) == ([one], None, one)
    assert shown(before=one) == ([], None, one - 1)
    assert shown(after=one) == ([three, two], two, three)
    assert shown(after=three) == ([five, four], four, None)
    assert shown(before="gestern") == shown()


def test_page_says_whose_entries_it_shows(supervisor, look):
    page = as_(supervisor).get(reverse("accounts:audit"), {"enterprise": look.enterprise_id})
    assert "只看与 <strong>遂昌云峰茶业</strong> 有关的记录。" in page.content.decode()
    assert as_(supervisor).get(reverse("accounts:audit"), {"enterprise": 999}).context["rows"] == []


def test_page_links_keep_the_filters(supervisor, look, monkeypatch):
    monkeypatch.setattr("accounts.audit.views.PER_PAGE", 1)
    with audit.acting(look.actor):
        again = audit.viewed(look.enterprise, ["联系电话"])
    page = as_(supervisor).get(reverse("accounts:audit"), {"whom": "云峰", "verb": "looks"}).content.decode()
    assert f'href="?whom=%E4%BA%91%E5%B3%B0&amp;verb=looks&amp;before={again.pk}"' in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_holds_what_the_search_shows_and_is_an_entry_itself(supervisor, look, kind):
    answer = as_(supervisor).get(reverse("accounts:audit_export"), {"format": kind, "whom": "云峰", "verb": "looks"})
    if kind == "csv":
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(StringIO(text)))
    else:
        rows = [list(row) for row in load_workbook(BytesIO(answer.content)).active.values]
    assert [row[5] for row in rows] == ["内容", "王审核 查看了 遂昌云峰茶业 的联系电话"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.model) == ("exported", supervisor, "accounts.auditentry")
    assert entry.detail == {"format": kind, "filters": {"verb": "looks", "whom": "（已填）"}, "rows": 1}


def test_export_in_an_unknown_format_is_missing(supervisor):
    assert as_(supervisor).get(reverse("accounts:audit_export"), {"format": "pdf"}).status_code == 404


def test_formula_in_a_reason_is_no_formula_in_the_export(supervisor):
    audit.record("checked", reason="=1+1")
    text = b"".join(as_(supervisor).get(reverse("accounts:audit_export")).streaming_content).decode()
    assert ",'=1+1," in text


# Suspending


def test_suspended_staff_are_out_at_their_next_request(supervisor, look):
    person = look.actor
    theirs = as_(person)
    assert theirs.get("/desk/").status_code == 200
    url = reverse("accounts:audit_suspend", args=[person.pk])
    answer = as_(supervisor).post(url, {"reason": "越权查看企业资料", "entry": look.pk})
    assert answer.url == reverse("accounts:audit_entry", args=[look.pk])
    assert theirs.get("/desk/").status_code == 302
    login = Client().post(reverse("account_login"), {"login": person.phone, "password": "correct horse"})
    assert "_auth_user_id" not in login.client.session
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.person_id, entry.reason) == (
        "suspended",
        supervisor,
        person.pk,
        "越权查看企业资料",
    )


def test_reinstated_staff_sign_in_anew(supervisor, look):
    person = look.actor
    theirs = as_(person)
    actions.suspend(person, by=supervisor, reason="越权查看")
    actions.reinstate(person, by=supervisor, reason="已核实")
    assert theirs.get("/desk/").status_code == 302  # the session of before stays ended
    person.refresh_from_db()
    assert as_(person).get("/desk/").status_code == 200


def test_suspending_twice_is_once(supervisor, look):
    for _turn in range(2):
        actions.suspend(look.actor, by=supervisor, reason="越权查看")
    assert AuditEntry.objects.filter(verb="suspended").count() == 1


def test_no_reason_no_suspension(supervisor, look):
    url = reverse("accounts:audit_suspend", args=[look.actor_id])
    answer = as_(supervisor).post(url, {"reason": " ", "entry": look.pk})
    assert answer.status_code == 422
    look.actor.refresh_from_db()
    assert look.actor.is_active is True


@pytest.mark.parametrize("who", ["self", "enterprise", "administrator", "other supervisor"])
def test_supervisor_may_not_suspend(supervisor, who):
    target = {
        "self": lambda: supervisor,
        "enterprise": enterprise_user,
        "administrator": lambda: user_with(Role.ADMINISTRATOR),
        "other supervisor": lambda: user_with(Role.SUPERVISOR),
    }[who]()
    with pytest.raises(actions.NotYours):
        actions.suspend(target, by=supervisor, reason="x")
    target.refresh_from_db()
    assert target.is_active is True


# 谁看过我的资料


def test_enterprise_reads_who_looked_from_where_what_when_and_why(look):
    owner = enterprise_user(look.enterprise)
    page = as_(owner).get(reverse("accounts:looked"))
    (row,) = page.context["rows"]
    assert (row["who"], row["verb"], row["what"], row["why"]) == ("王审核", "查看", "联系电话", "办理对接")
    assert row["roles"] == f"客户经理（{look.actor.institutions_as()[0]}）"


def test_enterprise_reads_of_looks_at_its_people_and_at_lists_that_hold_them(supervisor):
    owner, stranger = enterprise_user(), enterprise_user()
    event = EventFactory()
    RegistrationFactory(event=event, phone=owner.phone)
    with audit.acting(supervisor):
        audit.viewed(owner, ["手机号"])
        audit.viewed(event, ["姓名"], purpose="event")
        audit.viewed(stranger.enterprise, ["联系电话"])
    assert [each.model for each in queries.looks_at(owner)] == ["events.event", "accounts.user"]


def test_own_people_and_others_enterprises_are_not_listed(look):
    owner = enterprise_user(look.enterprise)
    with audit.acting(owner):
        assert audit.viewed(look.enterprise, ["联系电话"]) is None
    assert list(queries.looks_at(owner)) == [look]
    assert list(queries.looks_at(enterprise_user())) == []
    assert list(queries.looks_at(UserFactory())) == []
