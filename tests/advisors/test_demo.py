"""The demo's teams, weeks and requests: loaded once, however often."""

import re

import pytest
from django.utils import timezone

from accounts import demo as accounts_demo
from accounts.demo import demo_user
from advisors import demo, queries
from advisors.models import AdvisorTeam, RequestEvent, ServiceRequest, Visit, VisitState
from catalogue import demo as catalogue_demo

pytestmark = pytest.mark.django_db


def test_demo_loads_once_and_shows_every_state():
    accounts_demo.load()
    catalogue_demo.load()
    accounts_demo.assign_demo_roles()
    first = demo.load()
    counts = [model.objects.count() for model in (AdvisorTeam, Visit, ServiceRequest, RequestEvent)]
    AdvisorTeam.objects.filter(slug="qujiang-1n").update(summary="有人改过")
    assert demo.load() == first
    assert [model.objects.count() for model in (AdvisorTeam, Visit, ServiceRequest, RequestEvent)] == counts
    assert AdvisorTeam.objects.get(slug="qujiang-1n").summary == "有人改过"
    assert set(ServiceRequest.objects.values_list("state", flat=True)) == {
        "raised", "dispatched", "answered", "confirmed", "reopened", "closed",
    }  # fmt: skip
    assert {"planned", "confirmed", "done", "cancelled"} <= set(Visit.objects.values_list("state", flat=True))
    lead, advisor = demo_user("lead"), demo_user("advisor")
    assert [team.slug for team in queries.teams_led_by(lead)] == ["qujiang-1n"]
    assert queries.visits_visible_to(advisor).filter(state=VisitState.DONE).exists()
    assert RequestEvent.objects.filter(at__gt=timezone.now()).count() == 0


def test_demo_teams_name_their_source_and_say_that_people_are_fictional(client):
    accounts_demo.load()
    catalogue_demo.load()
    accounts_demo.assign_demo_roles()
    demo.load()
    for team in AdvisorTeam.objects.all():
        assert re.search(r"浙里改.*案例 (7|11|12)$", team.source)
        assert team.as_of is not None
        for advisor in team.advisors.all():
            assert advisor.is_demo
            assert "虚构" in client.get(advisor.get_absolute_url()).content.decode()
