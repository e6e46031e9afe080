"""A team with a lead and two advisors, and an enterprise, as most tests of advisors need them."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.roles import Role
from accounts.workdays import workdays_in
from advisors import actions
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.factories import EnterpriseFactory, enterprise_user, user_with


def coming(days: int = 1, hour: int = 9) -> datetime:
    """`hour` o'clock on the `days`-th working day after today."""
    today = timezone.localdate()
    day = workdays_in(today + timedelta(days=1), today + timedelta(days=40))[days - 1]
    return timezone.make_aware(datetime.combine(day, time(hour)))


@pytest.fixture
def people(db):
    """lead, advisor, colleague (users), their Advisor rows, team, enterprise and its owner."""
    team = TeamFactory(regions=["330902"])
    lead = lead_user(team)
    advisor = AdvisorFactory(user=user_with(Role.ADVISOR), team=team)
    colleague = AdvisorFactory(user=user_with(Role.ADVISOR), team=team)
    enterprise = EnterpriseFactory(address="定海区示例路 1 号")
    return SimpleNamespace(
        team=team,
        lead=lead,
        advisor=advisor,
        colleague=colleague,
        enterprise=enterprise,
        owner=enterprise_user(enterprise),
        stranger=AdvisorFactory(user=user_with(Role.ADVISOR), team=TeamFactory()),
    )


@pytest.fixture
def plan(people):
    """Plans a visit of `people.advisor`; `today=True` for one that can be logged."""

    def make(*, today: bool = False, by=None, **more):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        start = max(midnight, timezone.now() - timedelta(minutes=5)) if today else coming()
        asked = {
            "advisor": people.advisor,
            "enterprise": people.enterprise,
            "starts_at": start,
            "purpose": "一对一融资服务",
            "client_key": uuid4(),
        } | more
        asked.setdefault("ends_at", asked["starts_at"] + timedelta(hours=1))
        return actions.plan_visit(by=by or people.lead, **asked)

    return make


@pytest.fixture
def raised(people):
    """A request of the enterprise."""

    def make(text: str = "续贷要准备什么？", **more):
        asked = {"category": "financing", "text": text, "client_key": uuid4()} | more
        return actions.raise_request(by=people.owner, enterprise=people.enterprise, **asked)

    return make
