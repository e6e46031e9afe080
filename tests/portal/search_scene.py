"""Own and other people's rows of every kind that can be searched, and everybody who may ask for them."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Enterprise, EnterpriseMember, Institution
from accounts.queries import enterprises_visible_to
from accounts.roles import Role
from advisors import actions as advising
from advisors import queries as advisory
from advisors.models import AdvisorTeam, Visit
from catalogue.models import Outlet, ServiceItem
from catalogue.queries import products_visible_to
from content.models import ArticlePage, CaseIndexPage, CasePage, PolicyPage
from events.models import Event
from events.queries import public_events
from matching.needs import actions as needs
from matching.needs.queries import needs_visible_to
from tests.advisors.conftest import coming
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.content.pages import article, policy
from tests.factories import (
    EnterpriseFactory,
    EventFactory,
    InstitutionFactory,
    OutletFactory,
    ProductFactory,
    RegionFactory,
    UserFactory,
    enterprise_user,
    user_with,
)

WORD = "云雾"  # stands in every row

# What a visitor may open of each kind, by the rule of its own model.
SCOPES = {
    "product": products_visible_to,
    "institution": lambda user: Institution.objects.filter(is_active=True),
    "outlet": lambda user: Outlet.objects.filter(institution__is_active=True),
    "service": lambda user: ServiceItem.objects.filter(institution__is_active=True),
    "article": lambda user: ArticlePage.objects.live().public(),
    "policy": lambda user: PolicyPage.objects.live().public(),
    "case": lambda user: CasePage.objects.live().public(),
    "event": lambda user: public_events(),
    "advisor": lambda user: advisory.advisors(),
    "team": lambda user: advisory.teams(),
    "enterprise": enterprises_visible_to,
    "need": needs_visible_to,
    "visit": advisory.visits_visible_to,
    "request": advisory.requests_visible_to,
}
PRIVATE = ("enterprise", "need", "visit", "request")


@dataclass
class Scene:
    visitors: dict[str, Any]
    enterprise: Enterprise
    other: Enterprise
    team: AdvisorTeam
    visit: Visit
    bank: Institution

    def openable(self, kind: str, visitor: str) -> set[int]:
        return set(SCOPES[kind](self.visitors[visitor]).values_list("pk", flat=True))


def case() -> CasePage:
    page = CasePage(
        title="云雾案例", slug="yunwu-case", number=1, region=RegionFactory(), summary="示例", source="测试",
        as_of=date(2026, 1, 1), figures=json.dumps([]), body=json.dumps([]),
    )  # fmt: skip
    CaseIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


def public_rows(bank: Institution) -> None:
    closed = InstitutionFactory(name="云雾旧银行", is_active=False)
    for house, name in ((bank, "云雾"), (closed, "云雾旧")):
        ProductFactory(institution=house, name=f"{name}贷")
        outlet = OutletFactory(institution=house, name=f"{name}支行")
        item = ServiceItem.objects.create(institution=house, name=f"{name}开户", group="basic")
        outlet.services.add(item)
    ProductFactory(institution=bank, name="云雾会员贷", login_required=True)
    ProductFactory(institution=bank, name="云雾草稿贷", live=False)
    article(title="云雾转贷", slug="a1")
    article(title="云雾草稿", slug="a2").unpublish()
    policy(title="云雾贴息", slug="p1")
    case()
    EventFactory(title="云雾对接会")
    EventFactory(title="云雾内部会", state=Event.State.DRAFT)
    AdvisorFactory(name="云雾已离任", is_active=False)


def make_scene() -> Scene:
    bank = InstitutionFactory(name="云雾银行")
    public_rows(bank)
    team = TeamFactory(name="云雾一团", regions=["330902"])
    far = TeamFactory(name="云雾二团")
    lead, far_lead = lead_user(team), lead_user(far)
    for number, person in enumerate((lead, far_lead)):
        person.advisor.name = f"云雾专员{number}"
        person.advisor.save()
    advisor = AdvisorFactory(name="云雾顾问甲", user=user_with(Role.ADVISOR), team=team)
    mate = AdvisorFactory(name="云雾顾问乙", user=user_with(Role.ADVISOR), team=team)
    stranger = AdvisorFactory(name="云雾顾问丙", user=user_with(Role.ADVISOR), team=far)
    alone = AdvisorFactory(name="云雾顾问丁", user=user_with(Role.ADVISOR))
    one, other = EnterpriseFactory(name="云雾茶业"), EnterpriseFactory(name="云雾渔业")
    gone = EnterpriseFactory(name="云雾旧档", merged_into=one)
    owner, other_owner = enterprise_user(one), enterprise_user(other)
    left = enterprise_user(gone)
    EnterpriseMember.objects.create(user=left, enterprise=one, is_active=False)
    manager = user_with(Role.RELATIONSHIP_MANAGER, bank)
    keeper = user_with(Role.INSTITUTION_ADMINISTRATOR, bank)
    was_advisor = UserFactory()

    for person in (owner, other_owner):
        for asks in (False, True):
            need = needs.submit(enterprise=person.enterprise, by=person, client_key=uuid.uuid4(), text="想借 50 万收茶")
            if asks:
                needs.ask_advisor(need)
    visits = [
        advising.plan_visit(
            by=by, advisor=who, enterprise=firm, starts_at=coming(day), ends_at=coming(day) + timedelta(hours=1),
            purpose="一对一服务", place="示例路 1 号", contact_name="王小燕", contact_phone="13712345678",
            client_key=uuid.uuid4(),
        )
        for day, (by, who, firm) in enumerate([(lead, advisor, one), (far_lead, stranger, other), (lead, mate, other)], 1)
    ]  # fmt: skip
    Visit.objects.filter(pk=visits[2].pk).update(team=None)

    def raised(person, **fields):
        made = advising.raise_request(
            by=person, enterprise=person.enterprise, category="financing", text="想问贴息", client_key=uuid.uuid4()
        )
        for name, value in fields.items():
            setattr(made, name, value)
        made.save()

    raised(owner, team=team)
    raised(owner, team=far, unit=bank)
    raised(other_owner, team=None)
    raised(other_owner, team=far, owner=alone.user)
    raised(other_owner, team=far, owner=was_advisor)
    raised(other_owner, team=far, visit=visits[0])
    visitors = {
        "anonymous": AnonymousUser(),
        "nobody": UserFactory(),
        "owner": owner,
        "other owner": other_owner,
        "left": left,
        "lead": lead,
        "other lead": far_lead,
        "advisor": advisor.user,
        "mate": mate.user,
        "stranger": stranger.user,
        "alone": alone.user,
        "was advisor": was_advisor,
        "manager": manager,
        "keeper": keeper,
        "other manager": user_with(Role.RELATIONSHIP_MANAGER, InstitutionFactory(name="云雾信用社")),
        **{
            role.value: user_with(role, bank)
            for role in (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.ORGANISER, Role.DOOR_STAFF, Role.SUPERVISOR,
                         Role.EDITOR, Role.ADMINISTRATOR)
        },
    }  # fmt: skip
    assert timezone.now() < visits[0].starts_at
    return Scene(visitors, one, other, team, visits[0], bank)
