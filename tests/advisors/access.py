"""Addresses of advisors: who may enter, and who may open whose visits and requests."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.roles import SERVING_ROLES
from advisors import actions
from advisors.models import Advisor, AdvisorTeam, ServiceRequest, TeamMember, Visit
from tests.access import FORBIDDEN, LOGIN, MISSING, OK, VISITORS, AccessCase, World, only, public
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.factories import EnterpriseFactory, enterprise_user

VISIT_DESK = ("advisor", "team_lead", "supervisor")
WRITERS = ("advisor", "team_lead")
INSTITUTION = tuple(sorted(role.value for role in SERVING_ROLES))
REQUEST_DESK = (*VISIT_DESK, *INSTITUTION)
NOT_ENTERPRISE = [visitor for visitor in VISITORS if visitor not in {"anonymous", "enterprise"}]


def _as_advisor(world: World) -> Advisor:
    """The visitor as an advisor of a team; the lead leads it."""
    team = TeamFactory()
    found = Advisor.objects.filter(user=world.user).first() or AdvisorFactory(user=world.user)
    TeamMember.objects.get_or_create(team=team, advisor=found, defaults={"is_lead": world.visitor == "team_lead"})
    return found


def _visit(advisor: Advisor, enterprise) -> Visit:
    start = timezone.now() + timedelta(days=30 + Visit.objects.count())
    return Visit.objects.create(
        advisor=advisor,
        team=advisor.teams.first(),
        enterprise=enterprise,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        purpose="一对一融资服务",
        created_by=enterprise_user(),
        client_key=uuid4(),
    )


def own_visit(world: World, **more) -> dict:
    if world.visitor == "enterprise":
        visit = _visit(AdvisorFactory(team=TeamFactory()), world.user.enterprise)
    elif world.visitor in WRITERS:
        visit = _visit(_as_advisor(world), EnterpriseFactory())
    else:
        visit = _visit(AdvisorFactory(team=TeamFactory()), EnterpriseFactory())
    return {"pk": visit.pk, **more}


def foreign_visit(world: World, **more) -> dict:
    if world.visitor in WRITERS:
        _as_advisor(world)
    return {"pk": _visit(AdvisorFactory(team=TeamFactory()), EnterpriseFactory()).pk, **more}


def _request(enterprise, team: AdvisorTeam | None, **more) -> ServiceRequest:
    return ServiceRequest.objects.create(
        enterprise=enterprise,
        team=team,
        category="financing",
        text="续贷要准备什么？",
        raised_by=enterprise_user(),
        client_key=uuid4(),
        attachment=ContentFile(b"%PDF-1.4", name="a.pdf"),
        **more,
    )


def own_request(world: World, **more) -> dict:
    if world.visitor == "enterprise":
        found = _request(world.user.enterprise, TeamFactory())
    elif world.visitor in WRITERS:
        found = _request(EnterpriseFactory(), _as_advisor(world).teams.first())
    elif world.visitor in INSTITUTION:
        found = _request(EnterpriseFactory(), TeamFactory(), unit=world.user.institutions_as()[0], state="dispatched")
    else:
        found = _request(EnterpriseFactory(), TeamFactory())
    return {"pk": found.pk, **more}


def foreign_request(world: World, **more) -> dict:
    if world.visitor in WRITERS:
        _as_advisor(world)
    return {"pk": _request(EnterpriseFactory(), TeamFactory()).pk, **more}


def as_advisor(world: World) -> dict:
    if world.visitor in WRITERS:
        _as_advisor(world)
    return {}


def bookable(world: World) -> dict:
    return {"slug": AdvisorFactory(team=TeamFactory()).slug}


def a_feed(world: World) -> dict:
    team = TeamFactory()
    lead_user(team)
    return {"token": actions.new_feed(team.advisors.get()).token}


def desk(url_name: str, *visitors: str, **more) -> AccessCase:
    """A record of the desk: a supervisor may open anybody's."""
    if "supervisor" in visitors:
        more["expected_foreign"] = {"supervisor": OK}
    return only(*visitors, url_name=url_name, **more)


def mine(url_name: str, own, foreign) -> AccessCase:
    """An enterprise's own; people without one are sent to register theirs, which counts as OK."""
    return AccessCase(
        url_name,
        own=own,
        foreign=foreign,
        expected={"anonymous": LOGIN, "enterprise": OK} | dict.fromkeys(NOT_ENTERPRISE, OK),
        expected_foreign={"anonymous": LOGIN, "enterprise": MISSING} | dict.fromkeys(NOT_ENTERPRISE, OK),
    )


def open_to(url_name: str, own, foreign, *visitors: str) -> AccessCase:
    """From a search result: who may read it, and nobody else knows of it."""
    return AccessCase(
        url_name,
        own=own,
        foreign=foreign,
        default=MISSING,
        expected={"anonymous": LOGIN} | dict.fromkeys(visitors, OK),
        expected_foreign={"anonymous": LOGIN, "supervisor": OK},
    )


def signed_in_member(url_name: str, **more) -> AccessCase:
    return AccessCase(url_name, default=OK, expected={"anonymous": LOGIN}, **more)


CASES = [
    public("advisors:list"),
    public("advisors:detail", own=bookable),
    public("advisors:feed", own=a_feed),
    AccessCase("advisors:feed", own=lambda world: {"token": "unknown"}, default=MISSING, query="?unknown"),
    signed_in_member("advisors:book", own=bookable),
    only(*VISIT_DESK, url_name="advisors:week"),
    only(*WRITERS, url_name="advisors:plan"),
    AccessCase(
        "advisors:manage_feed",
        own=as_advisor,
        default=FORBIDDEN,
        expected={"anonymous": LOGIN} | dict.fromkeys(WRITERS, OK),
        method="post",
    ),
    only(*WRITERS, url_name="advisors:options", own=lambda world: {"table": "enterprises"}),
    desk("advisors:visit", *VISIT_DESK, own=own_visit, foreign=foreign_visit),
    desk("advisors:visit_ics", *VISIT_DESK, own=own_visit, foreign=foreign_visit),
    desk("advisors:log", *WRITERS, own=own_visit, foreign=foreign_visit),
    desk(
        "advisors:visit_step",
        *WRITERS,
        own=partial(own_visit, step="move"),
        foreign=partial(foreign_visit, step="move"),
    ),
    only(*REQUEST_DESK, url_name="advisors:requests"),
    desk("advisors:request", *REQUEST_DESK, own=own_request, foreign=foreign_request),
    desk("advisors:request_attachment", *REQUEST_DESK, own=own_request, foreign=foreign_request),
    desk(
        "advisors:request_step",
        *REQUEST_DESK,
        own=partial(own_request, step="answer"),
        foreign=partial(foreign_request, step="answer"),
    ),
    open_to("advisors:open_visit", own_visit, foreign_visit, "enterprise", *VISIT_DESK),
    open_to("advisors:open_request", own_request, foreign_request, "enterprise", *REQUEST_DESK),
    signed_in_member("advisors:my_visits"),
    signed_in_member("advisors:my_requests"),
    signed_in_member("advisors:my_request_new"),
    mine("advisors:my_visit", own_visit, foreign_visit),
    mine("advisors:my_visit_ics", own_visit, foreign_visit),
    mine("advisors:my_visit_step", partial(own_visit, step="cancel"), partial(foreign_visit, step="cancel")),
    mine("advisors:my_request", own_request, foreign_request),
    mine("advisors:my_request_attachment", own_request, foreign_request),
    mine("advisors:my_request_step", partial(own_request, step="reopen"), partial(foreign_request, step="reopen")),
]
