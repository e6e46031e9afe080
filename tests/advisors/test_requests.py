"""A request from its first word until the enterprise says that it is solved."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import Role
from accounts.transitions import TransitionRefused
from accounts.workdays import add_workdays
from advisors import actions, queries
from advisors.models import ServiceRequest
from tests.advisors.factories import TeamFactory, lead_user
from tests.factories import InstitutionFactory, RegionFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db


def near(moment, wanted) -> bool:
    return abs(moment - wanted) < timedelta(minutes=1)


def test_request_goes_to_the_team_of_the_place_with_a_clock(people, raised):
    request = raised()
    assert (request.state, request.team) == ("raised", people.team)
    assert near(request.due_at, add_workdays(timezone.now(), 1))
    assert [notice.url for notice in people.lead.notices.all()] == [request.get_absolute_url()]


def test_team_with_the_narrowest_area_is_chosen(people):
    city = TeamFactory()
    city.regions.add(RegionFactory(code="330900", name="舟山市", full_name="浙江省舟山市", level=2))
    assert queries.team_of_place("330902") == people.team
    assert queries.team_of_place("330903") == city
    assert queries.team_of_place("330102") is None


def test_request_posted_twice_is_one(raised):
    key = uuid4()
    assert raised(client_key=key).pk == raised(client_key=key).pk
    assert ServiceRequest.objects.count() == 1


def test_request_in_the_name_of_another_enterprise_is_refused(people):
    with pytest.raises(PermissionDenied):
        actions.raise_request(
            by=enterprise_user(), enterprise=people.enterprise, category="tax", text="x", client_key=uuid4()
        )


def test_request_walks_through_unit_answer_reopening_to_its_end(people, raised):
    bank = InstitutionFactory()
    clerk = user_with(Role.RELATIONSHIP_MANAGER, bank)
    request = actions.dispatch_request(raised(), by=people.lead, unit=bank, note="请尽快")
    assert near(request.due_at, add_workdays(timezone.now(), 3))
    assert clerk.notices.count() == 1
    with pytest.raises(TransitionRefused):
        actions.answer_request(request, by=people.lead, text="越俎代庖")
    request = actions.answer_request(request, by=clerk, text="带身份证来")
    assert (request.state, request.due_at) == ("answered", None)
    with pytest.raises(TransitionRefused):
        actions.confirm_request(request, by=clerk)
    request = actions.reopen_request(request, by=people.owner, reason="没说在哪个窗口")
    assert near(request.due_at, add_workdays(timezone.now(), 1))
    request = actions.answer_request(request, by=clerk, text="3 号窗口")
    with pytest.raises(actions.AdvisorsError):
        actions.rate_request(request, by=people.owner, mark=5)
    request = actions.confirm_request(request, by=people.owner)
    actions.rate_request(request, by=people.owner, mark=4)
    request = actions.close_request(request, by=people.lead)
    assert [event.step for event in request.events.all()] == [
        "raise", "dispatch", "answer", "reopen", "answer", "confirm", "close",
    ]  # fmt: skip
    with pytest.raises(TransitionRefused, match="已办结"):
        actions.reopen_request(request, by=people.owner, reason="还是不行")


def test_taken_request_is_answered_by_its_owner_only(people, raised):
    request = actions.take_request(raised(), by=people.advisor.user)
    assert request.owner == people.advisor.user
    with pytest.raises(TransitionRefused, match="不能再受理"):
        actions.take_request(request, by=people.lead)
    with pytest.raises(TransitionRefused, match="没有权限"):
        actions.answer_request(request, by=people.colleague.user, text="我来答")
    assert actions.answer_request(request, by=people.advisor.user, text="可以").state == "answered"


def test_dispatch_needs_somebody(people, raised):
    with pytest.raises(actions.AdvisorsError, match="承办单位或承办人"):
        actions.dispatch_request(raised(), by=people.lead)


def test_withdrawn_request_is_closed_without_a_rating(people, raised):
    request = actions.withdraw_request(raised(), by=people.owner)
    assert (request.state, request.due_at) == ("closed", None)


def test_visible_requests_by_person(people, raised):
    bank = InstitutionFactory()
    request = actions.dispatch_request(raised(), by=people.lead, unit=bank)
    people_ = {
        "lead": people.lead,
        "advisor": people.advisor.user,
        "stranger": people.stranger.user,
        "other lead": lead_user(TeamFactory()),
        "owner": people.owner,
        "other enterprise": enterprise_user(),
        "clerk": user_with(Role.RELATIONSHIP_MANAGER, bank),
        "other clerk": user_with(Role.RELATIONSHIP_MANAGER),
        "supervisor": user_with(Role.SUPERVISOR),
        "organiser": user_with(Role.ORGANISER),
    }
    seen = {name for name, user in people_.items() if queries.requests_visible_to(user).filter(pk=request.pk).exists()}
    assert seen == {"lead", "advisor", "owner", "clerk", "supervisor"}


def test_queue_is_sorted_by_clock(people, raised):
    late, next_, later = raised("一"), raised("二"), raised("三")
    for request, hours in ((late, -1), (next_, 1), (later, 30)):
        ServiceRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() + timedelta(hours=hours))
    assert [each.text for each in queries.queue(people.lead)] == ["一", "二", "三"]
    assert [each.is_late for each in queries.queue(people.lead)] == [True, False, False]
    assert queries.open_request_count(people.lead) == 3
