"""From a chosen product to an outcome and its rating: states, consents, clocks, history."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts import actions as accounts
from accounts.append_only import AppendOnlyError
from accounts.models import Consent, HolidayOverride, Notice
from accounts.roles import Role
from matching.models import Promise, Rating, Referral, ReferralEvent
from matching.needs import actions as needs
from matching.referrals import actions, queries
from matching.referrals.states import MACHINE
from tests.factories import EnterpriseFactory, InstitutionFactory, ProductFactory, enterprise_user, user_with

from .conftest import make_need

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHINA)


def kinds(referral: Referral) -> list[str]:
    return list(referral.events.values_list("kind", flat=True))


def granted(referral: Referral, manager) -> Referral:
    actions.accept(referral, by=manager)
    actions.record_contact(referral, by=manager, note="电话联系")
    return actions.record_grant(
        referral, by=manager, amount=Decimal(450_000), rate=Decimal("3.85"), on=date(2026, 1, 5)
    )


def test_start_gives_consent_tells_the_managers_and_starts_the_clock(scene):
    (referral,) = scene.start()
    consent = Consent.objects.get()
    assert (consent.enterprise, consent.institution, consent.withdrawn_at) == (scene.enterprise, scene.bank, None)
    assert referral.consent == consent
    assert (referral.state, referral.clock) == ("submitted", "accept")
    assert referral.due_at > referral.submitted_at
    assert [notice.url for notice in scene.manager.notices.all()] == [referral.get_desk_url()]
    assert kinds(referral) == ["submitted"]


def test_start_only_for_institutions_that_were_ticked(scene):
    other = ProductFactory()
    (referral,) = actions.start(
        need=scene.need,
        product_ids=[scene.product.pk, other.pk],
        consented={scene.bank.pk},
        by=scene.owner,
        client_key=uuid.uuid4(),
    )
    assert referral.product == scene.product
    assert list(Consent.objects.values_list("institution", flat=True)) == [scene.bank.pk]


def test_start_without_any_consent_changes_nothing(scene):
    with pytest.raises(actions.ReferralRefused, match="至少勾选一家"):
        actions.start(
            need=scene.need, product_ids=[scene.product.pk], consented=set(), by=scene.owner, client_key=uuid.uuid4()
        )
    assert (Referral.objects.count(), Consent.objects.count(), Notice.objects.count()) == (0, 0, 0)


def test_start_twice_with_one_key_is_one(scene):
    key = uuid.uuid4()
    assert scene.start(key=key) == scene.start(key=key)
    assert Referral.objects.count() == 1


def test_start_of_a_product_under_way_is_refused(scene):
    scene.start()
    with pytest.raises(actions.ReferralRefused, match="都已在对接中"):
        scene.start()


def test_start_again_after_withdrawal(scene):
    (first,) = scene.start()
    actions.withdraw(first, by=scene.owner)
    (second,) = scene.start()
    assert (Referral.objects.count(), second.state) == (2, "submitted")


def test_database_refuses_a_second_open_referral(scene, referral):
    copy = Referral.objects.get(pk=referral.pk)
    copy.pk, copy.client_key = None, uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_start_with_a_product_taken_down_is_refused(scene):
    scene.product.live = False
    scene.product.save()
    with pytest.raises(actions.ReferralRefused, match="下架"):
        scene.start()


def test_start_for_a_closed_need_is_refused(scene):
    needs.close(scene.need)
    with pytest.raises(actions.ReferralRefused, match="已经结束"):
        scene.start()


def test_supervisors_are_told_where_an_institution_has_no_manager(scene):
    supervisor = user_with(Role.SUPERVISOR)
    scene.start(ProductFactory())
    assert supervisor.notices.count() == 1


def test_the_whole_way_is_in_the_history(scene, referral):
    granted(referral, scene.manager)
    actions.rate(referral, by=scene.owner, level=5, reasons=["fast"], text="很快")
    referral.refresh_from_db()
    assert kinds(referral) == ["submitted", "accept", "contact", "grant", "rated"]
    assert (referral.state, referral.clock, referral.due_at) == ("granted", "", None)
    assert (referral.manager, referral.granted_amount, referral.granted_rate) == (
        scene.manager, Decimal(450_000), Decimal("3.8500"),
    )  # fmt: skip
    assert [event.due_at is not None for event in referral.events.all()] == [False, True, True, True, False]
    assert scene.owner.notices.count() == 3


def test_contact_again_only_adds_to_the_history(scene, referral):
    actions.accept(referral, by=scene.manager)
    first = actions.record_contact(referral, by=scene.manager, note="电话联系")
    second = actions.record_contact(referral, by=scene.manager, note="上门看厂房")
    assert (second.contacted_at, second.due_at) == (first.contacted_at, first.due_at)
    assert kinds(referral) == ["submitted", "accept", "contact", "contact"]
    assert referral.events.last().due_at is None


@pytest.mark.parametrize("reason", ["amount", "conditions"])
def test_decline_has_a_coded_reason_that_the_enterprise_reads(scene, referral, reason):
    referral = actions.decline(referral, by=scene.manager, reason=reason, note="最高 30 万元")
    assert (referral.state, referral.decline_reason, referral.due_at) == ("declined", reason, None)
    assert "最高 30 万元" in referral.events.last().note
    assert scene.owner.notices.count() == 1


def test_decline_for_other_reasons_wants_words(scene, referral):
    with pytest.raises(actions.ReferralRefused, match="写明原因"):
        actions.decline(referral, by=scene.manager, reason="other", note=" ")
    referral.refresh_from_db()
    assert referral.state == "submitted"


def test_failure_has_a_coded_reason(scene, referral):
    actions.accept(referral, by=scene.manager)
    actions.record_contact(referral, by=scene.manager, note="电话")
    assert actions.record_failure(referral, by=scene.manager, reason="terms").failure_reason == "terms"


def test_steps_out_of_turn_are_refused(scene, referral):
    for step in (
        lambda: actions.record_contact(referral, by=scene.manager, note="x"),
        lambda: actions.record_failure(referral, by=scene.manager, reason="terms"),
        lambda: actions.record_grant(referral, by=scene.manager, amount=Decimal(1), rate=None, on=date(2026, 1, 5)),
        lambda: actions.rate(referral, by=scene.owner, level=5),
    ):
        with pytest.raises(actions.ReferralRefused):
            step()
    actions.withdraw(referral, by=scene.owner)
    with pytest.raises(actions.ReferralRefused, match="企业已撤回"):
        actions.accept(referral, by=scene.manager)
    assert kinds(referral) == ["submitted", "withdraw"]


def test_second_acceptance_says_that_it_is_taken(scene, referral):
    actions.accept(referral, by=scene.manager)
    with pytest.raises(actions.ReferralRefused, match="已受理"):
        actions.accept(referral, by=user_with(Role.RELATIONSHIP_MANAGER, scene.bank))


def test_grant_in_the_future_is_refused(scene, referral):
    actions.accept(referral, by=scene.manager)
    actions.record_contact(referral, by=scene.manager, note="电话")
    with pytest.raises(actions.ReferralRefused, match="不能晚于今天"):
        actions.record_grant(referral, by=scene.manager, amount=Decimal(1), rate=None, on=date(2999, 1, 1))


def test_rating_is_given_once(scene, referral):
    granted(referral, scene.manager)
    first = actions.rate(referral, by=scene.owner, level=2, reasons=["slow"])
    assert actions.rate(referral, by=scene.owner, level=5) == first
    assert (Rating.objects.get().level, first.is_bad) == (2, True)
    assert kinds(referral).count("rated") == 1


def test_history_is_only_added_to(referral):
    event = referral.events.get()
    event.note = "改过"
    for change in (
        event.save,
        event.delete,
        ReferralEvent.objects.all().delete,
        lambda: ReferralEvent.objects.update(note=""),
    ):
        with pytest.raises(AppendOnlyError):
            change()
    assert referral.events.get().note == ""


# Consent


def test_withdrawn_consent_hides_at_once_stops_the_work_and_is_told(scene, referral):
    actions.accept(referral, by=scene.manager)
    scene.manager.notices.all().delete()
    accounts.withdraw_consent(Consent.objects.get())
    seen = queries.referrals_for_desk(scene.manager).get()
    assert queries.disclosure(scene.manager, seen).__dict__ == {
        "enterprise": None, "contact_name": "", "contact_phone": "", "why_hidden": "withdrawn",
    }  # fmt: skip
    with pytest.raises(actions.ReferralRefused, match="撤回对本机构的授权"):
        actions.record_contact(referral, by=scene.manager, note="x")
    assert [step.name for step in MACHINE.available(seen, ["manager"])] == ["decline"]
    assert kinds(referral) == ["submitted", "accept", "consent_withdrawn"]
    assert scene.enterprise.name not in scene.manager.notices.get().text
    assert actions.decline(referral, by=scene.manager, reason="consent").state == "declined"


def test_consent_given_again_opens_it_again(scene, referral):
    accounts.withdraw_consent(Consent.objects.get())
    accounts.give_consent(enterprise=scene.enterprise, institution=scene.bank, by=scene.owner)
    seen = queries.referrals_for_desk(scene.manager).get()
    assert queries.disclosure(scene.manager, seen).contact_phone == scene.owner.phone.removeprefix("+86")
    assert kinds(referral) == ["submitted", "consent_withdrawn", "consent_given"]
    assert actions.accept(referral, by=scene.manager).state == "accepted"


def test_withdrawing_with_the_consent(scene, referral):
    actions.withdraw(referral, by=scene.owner, with_consent=True)
    assert Consent.objects.get().withdrawn_at is not None
    assert kinds(referral) == ["submitted", "withdraw"]


def test_supervisor_sees_masked_personal_data(scene, referral):
    supervisor = user_with(Role.SUPERVISOR)
    seen = queries.disclosure(supervisor, queries.referrals_for_desk(supervisor).get())
    assert (seen.enterprise, seen.contact_name, seen.why_hidden) == (scene.enterprise, "张**", "masked")
    assert seen.contact_phone == f"139****{scene.owner.phone[-4:]}"


# Clocks


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        (at(2026, 11, 24, 15), at(2026, 11, 25, 15)),  # Tuesday → Wednesday
        (at(2026, 11, 27, 15), at(2026, 11, 30, 15)),  # Friday → Monday
        (at(2025, 9, 30, 10), at(2025, 10, 9, 10)),  # the day before the National Day holidays of 2025
        (at(2025, 9, 27, 10), at(2025, 9, 28, 10)),  # Saturday → the Sunday worked in exchange
    ],
)
def test_acceptance_is_due_after_one_working_day(scene, submitted, due):
    with time_machine.travel(submitted, tick=False):
        assert scene.start()[0].due_at == due


def test_each_step_has_its_own_promise(scene):
    with time_machine.travel(at(2026, 11, 23, 9), tick=False):
        (referral,) = scene.start()
    with time_machine.travel(at(2026, 11, 24, 8), tick=False):
        assert actions.accept(referral, by=scene.manager).due_at == at(2026, 11, 27, 8)
    with time_machine.travel(at(2026, 11, 30, 8), tick=False):  # three working days were promised, four passed
        contacted = actions.record_contact(referral, by=scene.manager, note="电话")
        assert (contacted.clock, contacted.due_at) == ("outcome", at(2026, 12, 7, 8))
    accepted, late = list(referral.events.all())[1:]
    assert (accepted.was_late, accepted.workdays, late.was_late, late.workdays) == (False, 1, True, 4)


def test_a_promise_is_data(scene):
    Promise.objects.create(step="accept", workdays=2, counted_from="submitted", text="2 个工作日内受理", source="测试")
    with time_machine.travel(at(2026, 11, 23, 9), tick=False):
        assert scene.start()[0].due_at == at(2026, 11, 25, 9)


def test_a_holiday_is_data(scene):
    HolidayOverride.objects.create(day=date(2026, 11, 24), is_workday=False, reason="测试")
    with time_machine.travel(at(2026, 11, 23, 9), tick=False):
        assert scene.start()[0].due_at == at(2026, 11, 25, 9)


def test_overdue_lists_the_longest_first_and_not_what_waits_for_consent(scene):
    other = make_need(scene.owner)
    with time_machine.travel(at(2026, 11, 23, 9), tick=False):
        (first,) = scene.start()
    with time_machine.travel(at(2026, 11, 24, 9), tick=False):
        scene.need = other
        (second,) = scene.start()
        hidden_scene_need = make_need(enterprise_user(EnterpriseFactory()))
        actions.start(
            need=hidden_scene_need, product_ids=[scene.product.pk], consented={scene.bank.pk},
            by=hidden_scene_need.author, client_key=uuid.uuid4(),
        )  # fmt: skip
        accounts.withdraw_consent(Consent.objects.get(enterprise=hidden_scene_need.enterprise))
    with time_machine.travel(at(2026, 11, 24, 9, 1), tick=False):
        assert list(queries.overdue()) == [first]
    with time_machine.travel(at(2026, 11, 26, 9), tick=False):
        assert list(queries.overdue()) == [first, second]
        assert queries.open_by_institution() == [
            {"institution": scene.bank.pk, "name": scene.bank.name, "open": 3, "late": 2}
        ]


# Scope


def test_scope_of_referrals(scene, referral):
    stranger = enterprise_user()
    other_manager = user_with(Role.RELATIONSHIP_MANAGER, InstitutionFactory())
    editor = user_with(Role.PRODUCT_EDITOR, scene.bank)
    visible = {
        name: queries.referrals_visible_to(user).count()
        for name, user in {
            "owner": scene.owner, "manager": scene.manager, "supervisor": user_with(Role.SUPERVISOR),
            "stranger": stranger, "other": other_manager, "editor": editor, "advisor": user_with(Role.ADVISOR),
        }.items()
    }  # fmt: skip
    assert visible == {
        "owner": 1, "manager": 1, "supervisor": 1, "stranger": 0, "other": 0, "editor": 0, "advisor": 0,
    }  # fmt: skip
