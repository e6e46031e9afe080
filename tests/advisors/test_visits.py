"""A visit from plan to log: who may do what when, and nothing twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.append_only import AppendOnlyError
from accounts.models import Consent
from accounts.transitions import TransitionRefused
from advisors import actions, queries
from advisors.database import STANDING
from advisors.models import ACTIVE_STATES, ServiceRequest, Visit, VisitEvent, VisitLog, VisitProduct
from advisors.slots import free_slots
from tests.advisors.conftest import coming
from tests.advisors.factories import AdvisorFactory
from tests.factories import InstitutionFactory, ProductFactory, enterprise_user

pytestmark = pytest.mark.django_db


def test_plan_by_lead_asks_enterprise_and_tells_advisor(people, plan):
    visit = plan()
    assert (visit.state, visit.team, visit.place) == ("planned", people.team, "定海区示例路 1 号")
    assert [notice.url for notice in people.owner.notices.all()] == [visit.me_url]
    assert [notice.url for notice in people.advisor.user.notices.all()] == [visit.get_absolute_url()]
    assert people.lead.notices.count() == 0


def test_plan_for_somebody_of_another_team_is_refused(people, plan):
    with pytest.raises(PermissionDenied):
        plan(advisor=people.stranger)
    with pytest.raises(PermissionDenied):  # a member plans only for themselves
        plan(by=people.colleague.user)
    assert plan(by=people.advisor.user).advisor == people.advisor


def test_plan_for_yesterday_is_refused(plan):
    with pytest.raises(actions.AdvisorsError, match="已经过去"):
        plan(starts_at=timezone.now() - timedelta(days=1))


def test_plan_twice_with_one_key_gives_one_visit(plan):
    key = uuid4()
    assert plan(client_key=key).pk == plan(client_key=key).pk
    assert Visit.objects.count() == VisitEvent.objects.count() == 1


@pytest.mark.parametrize("minutes", [-59, -30, 0, 30, 59])
def test_overlapping_plan_is_refused_and_names_the_other_visit(people, plan, minutes):
    plan()
    with pytest.raises(actions.VisitOverlaps, match=people.enterprise.name):
        plan(starts_at=coming() + timedelta(minutes=minutes))
    assert Visit.objects.count() == 1


def test_visits_back_to_back_or_of_two_advisors_stand(people, plan):
    plan()
    plan(starts_at=coming() + timedelta(hours=1))
    plan(starts_at=coming() - timedelta(hours=1))
    plan(advisor=people.colleague)
    assert Visit.objects.count() == 4


def test_overlap_is_refused_by_the_database(people, plan):
    first = plan()
    fields = {
        "advisor": people.advisor,
        "enterprise": people.enterprise,
        "created_by": people.lead,
        "purpose": "绕过动作",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(starts_at=first.starts_at, ends_at=first.ends_at, **fields)
    later = Visit.objects.create(starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1), **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=later.pk).update(starts_at=first.starts_at)
    Visit.objects.filter(pk=first.pk).update(state="cancelled")
    Visit.objects.filter(pk=later.pk).update(starts_at=first.starts_at)
    with pytest.raises(IntegrityError), transaction.atomic():  # a cancelled one cannot come back into a taken hour
        Visit.objects.filter(pk=first.pk).update(state="planned")


def test_database_rule_names_the_standing_states():
    assert "({})".format(", ".join(f"'{state.value}'" for state in ACTIVE_STATES)) == STANDING


def test_confirm_is_for_the_side_that_was_asked(people, plan):
    visit = plan()
    assert actions.confirm_visit(visit, by=people.owner).state == "confirmed"
    with pytest.raises(TransitionRefused, match="现在是“已确认”"):
        actions.confirm_visit(visit, by=people.owner)
    slot = free_slots([people.colleague])[-1]
    booked = actions.book_visit(
        by=people.owner,
        advisors=[people.colleague],
        enterprise=people.enterprise,
        starts_at=slot.starts_at,
        purpose="聊聊",
        client_key=uuid4(),
    )
    with pytest.raises(TransitionRefused, match="没有权限"):
        actions.confirm_visit(booked, by=people.owner)
    with pytest.raises(TransitionRefused, match="没有权限"):
        actions.confirm_visit(booked, by=people.stranger.user)
    assert actions.confirm_visit(booked, by=people.colleague.user).state == "confirmed"


def test_move_asks_the_other_side_again(people, plan):
    visit = actions.confirm_visit(plan(), by=people.owner)
    moved = actions.move_visit(visit, by=people.lead, starts_at=coming(2), ends_at=coming(2, 10), reason="顾问临时有会")
    assert (moved.state, moved.sequence, moved.starts_at) == ("planned", 2, coming(2))
    assert moved.events.last().note.endswith("顾问临时有会")
    assert "请确认" in people.owner.notices.first().text


def test_move_into_a_taken_hour_is_refused(people, plan):
    plan()
    other = plan(starts_at=coming(2))
    with pytest.raises(actions.VisitOverlaps):
        actions.move_visit(other, by=people.lead, starts_at=coming(), ends_at=coming(1, 10), reason="x")
    actions.move_visit(other, by=people.lead, starts_at=coming(2, 9), ends_at=coming(2, 11), reason="要久一点")


def test_cancelled_visit_frees_its_hour_and_takes_no_log(people, plan):
    visit = actions.cancel_visit(plan(today=True), by=people.owner, reason="外出参展")
    plan(today=True)
    with pytest.raises(TransitionRefused, match="已取消"):
        actions.log_visit(visit, by=people.advisor.user, notes="谈了", client_key=uuid4())
    assert VisitLog.objects.count() == 0
    assert visit.events.last().note == "外出参展"


def test_log_before_the_day_is_refused(people, plan):
    with pytest.raises(TransitionRefused, match="还没有到"):
        actions.log_visit(plan(starts_at=coming(3)), by=people.advisor.user, notes="谈了", client_key=uuid4())


def test_log_writes_everything_once(people, plan):
    visit, product, key = plan(today=True), ProductFactory(), uuid4()
    asked = {
        "by": people.advisor.user,
        "notes": "缺周转",
        "products": [product, product],
        "requests": [{"category": "tax", "text": "发票怎么开"}, {"category": "legal", "text": "欠款怎么追"}],
        "client_key": key,
    }
    assert actions.log_visit(visit, **asked).pk == actions.log_visit(visit, **asked).pk
    assert Visit.objects.get().state == "done"
    assert [each.product for each in VisitProduct.objects.all()] == [product]
    raised = ServiceRequest.objects.order_by("pk")
    assert [(each.text, each.team, each.enterprise) for each in raised] == [
        ("发票怎么开", people.team, people.enterprise),
        ("欠款怎么追", people.team, people.enterprise),
    ]


def test_log_by_another_advisor_is_refused(people, plan):
    for other in (people.colleague.user, people.stranger.user, people.owner):
        with pytest.raises(TransitionRefused, match="没有权限"):
            actions.log_visit(
                plan(today=True) if not Visit.objects.exists() else Visit.objects.get(),
                by=other,
                notes="x",
                client_key=uuid4(),
            )


def test_amendment_adds_and_changes_nothing(people, plan):
    visit = plan(today=True)
    with pytest.raises(actions.AdvisorsError):
        actions.amend_log(visit, by=people.advisor.user, notes="补", client_key=uuid4())
    first = actions.log_visit(visit, by=people.advisor.user, notes="第一次", client_key=uuid4())
    actions.amend_log(visit, by=people.advisor.user, notes="补充一句", client_key=uuid4())
    assert [(log.notes, log.is_amendment) for log in visit.logs.all()] == [("第一次", False), ("补充一句", True)]
    first.notes = "改写"
    for change in (
        first.save,
        first.delete,
        lambda: VisitLog.objects.update(notes="改写"),
        lambda: visit.logs.all().delete(),
        lambda: VisitEvent.objects.all().delete(),
    ):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(PermissionDenied):
        actions.amend_log(visit, by=people.stranger.user, notes="乱写", client_key=uuid4())


def test_no_show_only_after_the_hour(people, plan):
    with pytest.raises(TransitionRefused, match="还没有开始"):
        actions.mark_no_show(plan(), by=people.advisor.user)
    assert actions.mark_no_show(plan(today=True), by=people.advisor.user).state == "no_show"


def test_booking_takes_the_member_with_fewest_visits(people, plan):
    plan(starts_at=coming(3))
    pair = [people.advisor, people.colleague]
    slot = next(each for each in free_slots(pair) if each.starts_at == coming(1))
    assert slot.advisors == (people.colleague.pk, people.advisor.pk)
    asked = {"by": people.owner, "advisors": pair, "enterprise": people.enterprise, "purpose": "聊聊"}
    visit = actions.book_visit(starts_at=coming(1), client_key=uuid4(), **asked)
    assert (visit.advisor, visit.proposed_by, visit.team) == (people.colleague, "enterprise", people.team)
    with pytest.raises(actions.AdvisorsError, match="已约了顾问"):
        actions.book_visit(starts_at=coming(1), client_key=uuid4(), **asked)


def test_booking_of_a_taken_or_impossible_time_is_refused(people, plan):
    plan()
    asked = {"by": people.owner, "advisors": [people.advisor], "enterprise": people.enterprise, "purpose": "聊聊"}
    for start in (coming(1, 10) + timedelta(minutes=7), coming(1, 22), coming(15)):
        with pytest.raises(actions.SlotTaken):
            actions.book_visit(starts_at=start, client_key=uuid4(), **asked)
    with pytest.raises(PermissionDenied):
        actions.book_visit(starts_at=coming(2), client_key=uuid4(), **asked | {"by": enterprise_user()})


def test_booking_has_a_limit_and_gives_consent_to_the_advisors_institution(people):
    bank = InstitutionFactory()
    advisor = AdvisorFactory(institution=bank)
    asked = {"by": people.owner, "advisors": [advisor], "enterprise": people.enterprise, "purpose": "聊聊"}
    for hour in (9, 10, 11):
        actions.book_visit(starts_at=coming(1, hour), client_key=uuid4(), **asked)
    with pytest.raises(actions.AdvisorsError, match="已有 3 次"):
        actions.book_visit(starts_at=coming(2), client_key=uuid4(), **asked)
    consent = Consent.objects.get()
    assert (consent.institution, consent.purpose) == (bank, "visit")
    assert "走访" in consent.wording


def test_visible_visits_are_ones_own_ones_teams_and_ones_enterprises(people, plan):
    visit = plan()
    seen = {
        name: queries.visits_visible_to(user).filter(pk=visit.pk).exists()
        for name, user in {
            "lead": people.lead,
            "advisor": people.advisor.user,
            "colleague": people.colleague.user,
            "owner": people.owner,
            "stranger": people.stranger.user,
            "other enterprise": enterprise_user(),
        }.items()
    }
    assert seen == {
        "lead": True,
        "advisor": True,
        "colleague": True,
        "owner": True,
        "stranger": False,
        "other enterprise": False,
    }


def test_visits_of_an_enterprise_begin_with_the_next_one(people, plan):
    later, next_one = plan(starts_at=coming(3)), plan(starts_at=coming(2))
    yesterday, earlier = plan(starts_at=coming(4)), plan(starts_at=coming(5))
    for visit, days in ((yesterday, 1), (earlier, 9)):
        start = timezone.now() - timedelta(days=days)
        Visit.objects.filter(pk=visit.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    assert list(queries.visits_of(people.enterprise)) == [next_one, later, yesterday, earlier]


def test_rating_comes_once_and_only_after_the_visit(people, plan):
    visit = plan(today=True)
    with pytest.raises(actions.AdvisorsError):
        actions.rate_visit(visit, by=people.owner, mark=5)
    actions.log_visit(visit, by=people.advisor.user, notes="谈了", client_key=uuid4())
    with pytest.raises(PermissionDenied):
        actions.rate_visit(visit, by=people.advisor.user, mark=5)
    before = people.lead.notices.count()
    assert actions.rate_visit(visit, by=people.owner, mark=1, comment="没说清").mark == 1
    assert actions.rate_visit(visit, by=people.owner, mark=5).mark == 1
    assert people.lead.notices.count() == before + 1  # a bad mark is told at once
