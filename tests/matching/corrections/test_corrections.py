"""What people change of what was read: kept masked, merged, decided on, exported, forgotten."""

import csv
import io
import uuid
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.privacy.registry import Section
from accounts.roles import Role
from matching import privacy
from matching.corrections import actions, export
from matching.corrections.difference import rows
from matching.models import CorrectionSource, Need, ParseCorrection
from matching.needs import actions as needs
from tests.factories import enterprise_user, user_with

from ..conftest import make_need

pytestmark = pytest.mark.django_db
TEXT = "想借 50 万元周转收鲜叶，没有抵押物"
READ = {"amount_low": Decimal(500_000), "amount_high": Decimal(500_000), "kinds": ["loan"],
        "purposes": ["working_capital"], "guarantee_kinds": ["credit"]}  # fmt: skip


def say(owner, text: str = TEXT, **fields) -> Need:
    return make_need(owner, text=text, **(READ | fields))


def as_read(owner, text: str = TEXT, **changed) -> Need:
    """As it is kept when nothing is changed."""
    from matching.needs.reading import need_of, read

    found = need_of(read(text, timezone.localdate()), timezone.localdate())
    names = ("kinds", "purposes", "guarantee_kinds", "amount_low", "amount_high", "traits", "term_months", "days",
             "revolving", "rate_ceiling", "region", "needed_by", "matures_on", "renewal_agreed", "marks",
             "details")  # fmt: skip
    return make_need(owner, text=text, **{name: getattr(found, name) for name in names} | changed)


def test_reading_that_was_left_as_it_is_teaches_nothing():
    as_read(enterprise_user())
    assert ParseCorrection.objects.count() == 0


def test_date_that_was_left_as_it_was_read_on_another_day_is_no_correction():
    text = "下个月20号有800万贷款到期，银行同意续贷，差几天过桥资金"
    with time_machine.travel("2026-01-30T10:00:00+08:00", tick=False):
        need = as_read(enterprise_user(), text)
        assert need.matures_on == date(2026, 2, 20)
    Need.objects.filter(pk=need.pk).update(created_at="2026-02-01T10:00:00+08:00")
    needs.correct(need, by=need.author, days=10)
    assert ParseCorrection.objects.count() == 0
    needs.correct(need, by=need.author, matures_on=date(2026, 2, 28))
    assert ParseCorrection.objects.get().corrected["matures_on"] == "2026-02-28"


def test_amount_that_was_changed_is_kept_with_both_values():
    need = as_read(enterprise_user())
    needs.correct(need, by=need.author, amount_high=Decimal(800_000))
    found = ParseCorrection.objects.get()
    assert (found.text, found.parsed["amount_high"], found.corrected["amount_high"]) == (TEXT, "500000", "800000")
    assert (found.count, found.state, [source.need for source in found.sources.all()]) == (1, "pending", [need])


def test_what_was_only_added_says_nothing_against_the_reading():
    need = as_read(enterprise_user())
    needs.correct(need, by=need.author, term_months=12, traits={"sole_trader": True})
    assert ParseCorrection.objects.count() == 0


def test_amount_that_was_added_to_an_unread_number_is_kept():
    for text in ("想借点钱周转，厂子三十来号人，没有抵押物", "想借点钱周转，没有抵押物"):
        as_read(enterprise_user(), text, amount_low=Decimal(500_000), amount_high=Decimal(500_000))
    assert [each.text for each in ParseCorrection.objects.all()] == ["想借点钱周转，厂子三十来号人，没有抵押物"]


def test_trait_that_was_left_to_the_register_is_no_correction_and_a_denied_one_is():
    text = "高新技术企业，想借 50 万元周转，没有抵押物"
    need = as_read(enterprise_user(), text)
    needs.correct(need, by=need.author, traits={})
    assert ParseCorrection.objects.count() == 0
    needs.correct(need, by=need.author, traits={"high_tech": False})
    assert ParseCorrection.objects.get().corrected["traits"] == {"high_tech": False}


def test_the_same_of_two_needs_is_one_row_counted_twice():
    for _time in range(2):
        need = as_read(enterprise_user())
        needs.correct(need, by=need.author, purposes=["equipment"])
    assert (ParseCorrection.objects.get().count, CorrectionSource.objects.count()) == (2, 2)


def test_a_need_that_is_corrected_again_teaches_its_last_word_only():
    need = as_read(enterprise_user())
    read = need.purposes
    needs.correct(need, by=need.author, purposes=["equipment"])
    needs.correct(need, by=need.author, purposes=["rnd"])
    assert ParseCorrection.objects.get().corrected["purposes"] == ["rnd"]
    needs.correct(need, by=need.author, purposes=read)
    assert ParseCorrection.objects.count() == 0


def test_a_case_that_was_adopted_stays_when_its_need_is_corrected_again():
    need = as_read(enterprise_user())
    needs.correct(need, by=need.author, purposes=["equipment"])
    adopted = actions.step(ParseCorrection.objects.get(), "adopt", by=user_with(Role.SUPERVISOR))
    needs.correct(need, by=need.author, purposes=["rnd"])
    assert list(ParseCorrection.objects.values_list("pk", "state")) == [(adopted.pk, "adopted")]
    privacy.ERASER.enterprise(need.enterprise)
    assert ParseCorrection.objects.count() == 0


def test_sentence_is_kept_without_who_says_it():
    owner = enterprise_user()
    owner.name = "周明远"
    owner.save()
    firm = owner.enterprise
    text = f"我是{firm.name}的周明远，电话13812345678，邮箱a.b@example.com，证件33010219800101123X，{TEXT}"
    make_need(owner, text=text, **(READ | {"purposes": ["rnd"]}))
    kept = ParseCorrection.objects.get().text
    assert kept == f"我是某企业的周**，电话138****5678，邮箱***，证件***，{TEXT}"


def test_difference_in_words_marks_what_differs():
    found = rows(
        {"amount_high": "500000", "purposes": ["working_capital"], "days": 10},
        {"amount_high": "800000", "purposes": ["working_capital"]},
        {},
    )
    assert [(row.read, row.now, row.differs) for row in found] == [
        ("50 万元", "80 万元", True),
        ("10 天", "—", True),
        (found[2].read, found[2].read, False),
    ]


@pytest.fixture
def pending() -> ParseCorrection:
    return ParseCorrection.objects.create(
        key=uuid.uuid4().hex, text="想借百把万 买设备", parsed={"amount_high": "1000000"},
        corrected={"amount_high": "800000", "kinds": ["loan"]}, count=3, last_at=timezone.now(),
    )  # fmt: skip


class TestDesk:
    def test_supervisor_sees_the_difference_and_adopts_in_one_press(self, pending, sign_in):
        supervisor = user_with(Role.SUPERVISOR)
        client = sign_in(supervisor)
        page = client.get("/desk/corrections/").content.decode()
        assert "<del>100 万元</del>" in page
        assert "<ins>80 万元</ins>" in page
        answer = client.post(f"/desk/corrections/{pending.pk}/adopt/")
        assert answer.url == "/desk/corrections/?show=pending"
        pending.refresh_from_db()
        assert (pending.state, pending.decided_by, pending.decided_at is None) == ("adopted", supervisor, False)
        assert [tab[2] for tab in client.get("/desk/corrections/").context["tabs"]] == [0, 1, 0]

    def test_twice_pressed_is_once_done_and_a_way_that_is_shut_is_told(self, pending, sign_in):
        client = sign_in(user_with(Role.SUPERVISOR))
        client.post(f"/desk/corrections/{pending.pk}/adopt/")
        client.post(f"/desk/corrections/{pending.pk}/adopt/")
        answer = client.post(f"/desk/corrections/{pending.pk}/reject/", follow=True)
        assert "现在是“采纳”，不能再不采纳" in answer.content.decode()
        client.post(f"/desk/corrections/{pending.pk}/reopen/")
        pending.refresh_from_db()
        assert (pending.state, pending.decided_by, pending.decided_at) == ("pending", None, None)

    def test_unknown_step_is_not_there(self, pending, sign_in):
        client = sign_in(user_with(Role.SUPERVISOR))
        assert client.post(f"/desk/corrections/{pending.pk}/burn/").status_code == 404

    def test_empty_list_says_why(self, sign_in, db):
        assert "这里没有更正" in sign_in(user_with(Role.SUPERVISOR)).get("/desk/corrections/").content.decode()

    def test_list_asks_as_often_for_one_as_for_three(self, pending, sign_in, django_assert_num_queries):
        client = sign_in(user_with(Role.SUPERVISOR))
        client.get("/desk/corrections/")
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            client.get("/desk/corrections/")
        for _time in range(2):
            ParseCorrection.objects.create(
                key=uuid.uuid4().hex, text="想借二十万", parsed={}, corrected={"days": 5}, last_at=timezone.now()
            )
        with django_assert_num_queries(len(one)):
            assert len(client.get("/desk/corrections/").context["rows"]) == 3


class TestExport:
    def test_columns_are_those_of_the_judged_needs(self):
        judged = Path(__file__).parents[2] / "relevance/needs.tsv"
        assert "\t".join(export.COLUMNS) == judged.read_text(encoding="utf-8").splitlines()[0]

    def test_only_what_was_adopted_goes_out(self, pending, tmp_path):
        ParseCorrection.objects.create(key="x", text="不导出", last_at=timezone.now())
        actions.step(pending, "adopt", by=user_with(Role.SUPERVISOR))
        call_command("needs", "export-cases", str(tmp_path / "cases.tsv"))
        written = (tmp_path / "cases.tsv").read_text(encoding="utf-8")
        (case,) = csv.DictReader(io.StringIO(written), delimiter="\t")
        assert {name: value for name, value in case.items() if value} == {
            "id": f"c{pending.pk}", "family": "loan", "status": "matched", "amount_low": "800000",
            "amount_high": "800000", "text": "想借百把万 买设备",
        }  # fmt: skip

    def test_quotes_and_line_ends_do_not_break_a_row(self, pending):
        ParseCorrection.objects.filter(pk=pending.pk).update(text='要"快"\n想借\t百万')
        pending.refresh_from_db()
        actions.step(pending, "adopt", by=user_with(Role.SUPERVISOR))
        file = io.StringIO()
        assert export.write(file) == 1
        assert file.getvalue().splitlines()[1].split("\t")[-1] == '要"快" 想借 百万'


class TestPrivacy:
    def test_erased_enterprise_takes_its_sentences_along(self):
        one, other = as_read(enterprise_user()), as_read(enterprise_user())
        needs.correct(one, by=one.author, purposes=["equipment"])
        needs.correct(other, by=other.author, purposes=["equipment"])
        privacy.ERASER.enterprise(one.enterprise)
        assert (ParseCorrection.objects.get().count, CorrectionSource.objects.get().need) == (1, other)
        privacy.ERASER.enterprise(other.enterprise)
        assert ParseCorrection.objects.count() == 0

    def test_export_shows_what_is_kept_of_a_sentence(self):
        need = as_read(enterprise_user())
        needs.correct(need, by=need.author, purposes=["equipment"])
        sections = privacy.export(need.author, need.enterprise)
        (section,) = (each for each in sections if isinstance(each, Section) and "更正" in str(each.title))
        assert [row[2:] for row in section.rows] == [(TEXT, "待审")]

    def test_what_nobody_adopted_is_forgotten_after_a_year(self, pending):
        kept = ParseCorrection.objects.create(
            key="x", text="采纳的", state="adopted", decided_at=timezone.now(), last_at=timezone.now()
        )
        ParseCorrection.objects.update(last_at=timezone.now() - timedelta(days=366))
        assert actions.forget_old() == 1
        assert list(ParseCorrection.objects.all()) == [kept]


def test_what_was_said_besides_and_unticked_is_a_correction_in_words():
    owner = enterprise_user()
    text = "想借 50 万元周转，年营业收入两千万，没有抵押物"
    need = as_read(owner, text, details={})
    found = ParseCorrection.objects.get()
    assert found.sources.get().need == need
    said = [(row.label, row.read, row.now) for row in rows(found.parsed, found.corrected, {}) if row.differs]
    assert ("年营业收入", "2000 万元", "—") in said


def test_name_of_a_colleague_is_struck_in_the_firms_own_sentences():
    owner, namesake = enterprise_user(), enterprise_user()
    colleague = enterprise_user(owner.enterprise)
    for each in (colleague, namesake):
        each.name = "周明远"
        each.save()
    as_read(owner, f"请找周明远，{TEXT}", purposes=["rnd"])
    as_read(enterprise_user(), f"请找周明远，{TEXT}", purposes=["rnd"], details={})
    privacy.ERASER.person(colleague)
    assert sorted("周明远" in each.text for each in ParseCorrection.objects.all()) == [False, True]
