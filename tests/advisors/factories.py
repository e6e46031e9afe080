"""Advisors and teams for tests."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import Role
from advisors.models import Advisor, AdvisorTeam, TeamMember
from matching.models import Need
from tests.factories import EnterpriseFactory, RegionFactory, enterprise_user, user_with


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = AdvisorTeam
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"第{n}服务团")
    slug = factory.Sequence(lambda n: f"team-{n}")

    @factory.post_generation
    def regions(self, create, codes, **kwargs):
        self.regions.set([RegionFactory(code=code) for code in codes or []])


class AdvisorFactory(DjangoModelFactory):
    """`team=` makes the advisor a member, `lead=True` its lead."""

    class Meta:
        model = Advisor
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"顾问{n}")
    slug = factory.Sequence(lambda n: f"advisor-{n}")

    @factory.post_generation
    def team(self, create, team, **kwargs):
        if team is not None:
            TeamMember.objects.create(team=team, advisor=self, is_lead=kwargs.get("lead", False))


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = Need

    enterprise = factory.SubFactory(EnterpriseFactory)
    author = factory.LazyAttribute(lambda need: enterprise_user(need.enterprise))
    text = "想借 50 万收鲜叶"


def lead_user(team: AdvisorTeam, **fields) -> User:
    """A user with the roles of a lead, who leads `team`."""
    user = user_with(Role.ADVISOR, **fields)
    user.role_assignments.create(role=Role.TEAM_LEAD)
    AdvisorFactory(user=user, team=team, team__lead=True)
    return user
