"""Reads of advisors, visits and requests. `visits_visible_to` and `requests_visible_to` are the scope rules, for pages,
feeds and exports; `visit_actors` and `request_actors` say what a person is to one record (see `states`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Consent, Enterprise, Institution, Region, User
from accounts.queries import consent_withdrawn
from accounts.roles import SERVING_ROLES, Role
from accounts.workdays import workdays_in
from catalogue.models import Product
from matching.models import Need
from matching.needs.queries import waiting_for_advisor

from .models import (
    Advisor,
    AdvisorTeam,
    CalendarFeed,
    RequestState,
    ServiceRequest,
    Side,
    TeamMember,
    Visit,
    VisitLog,
    VisitState,
)

VISIT_ROLES = (Role.ADVISOR, Role.TEAM_LEAD, Role.SUPERVISOR)
REQUEST_ROLES = (*VISIT_ROLES, *sorted(SERVING_ROLES))
OPEN_REQUESTS = (RequestState.RAISED, RequestState.DISPATCHED, RequestState.REOPENED)
UNFINISHED_REQUESTS = (*OPEN_REQUESTS, RequestState.ANSWERED, RequestState.CONFIRMED)
CALLERS = 100  # needs looked at for one page
FEED_PAST, FEED_AHEAD = timedelta(days=60), timedelta(days=180)


# People and teams


def advisors() -> QuerySet[Advisor]:
    """Those shown to everybody."""
    return Advisor.objects.filter(is_active=True).select_related("institution", "user").prefetch_related("regions")


def advisors_in_order(ids: Iterable[int]) -> list[Advisor]:
    found = {each.pk: each for each in advisors().filter(pk__in=list(ids))}
    return [found[pk] for pk in ids if pk in found]


def teams() -> QuerySet[AdvisorTeam]:
    """Those shown to everybody, with lead and members in order."""
    shown = TeamMember.objects.filter(advisor__is_active=True).select_related("advisor__institution", "advisor__user")
    return (
        AdvisorTeam.objects.filter(is_active=True)
        .select_related("host")
        .prefetch_related("regions", Prefetch("members", shown))
    )


def advisor_of(user: User) -> Advisor | None:
    """The advisor that this person is; read once for each request's user."""
    if "_advisor" not in user.__dict__:
        user.__dict__["_advisor"] = Advisor.objects.filter(user=user).first()
    return user.__dict__["_advisor"]


def memberships_of(user: User) -> list[TeamMember]:
    """This person's places in teams, led ones first; read once for each request's user."""
    if "_team_places" not in user.__dict__:
        found = TeamMember.objects.filter(advisor__user=user).select_related("team").order_by("-is_lead", "pk")
        user.__dict__["_team_places"] = list(found)
    return user.__dict__["_team_places"]


def teams_led_by(user: User) -> list[AdvisorTeam]:
    return [each.team for each in memberships_of(user) if each.is_lead] if Role.TEAM_LEAD in user.roles else []


def advisors_planned_by(user: User) -> QuerySet[Advisor]:
    """For whom this person may plan visits: themselves and the members of the teams that they lead."""
    found = Q(user=user) if user.roles & {Role.ADVISOR, Role.TEAM_LEAD} else Q(pk__in=[])
    led = [team.pk for team in teams_led_by(user)]
    if led:
        found |= Q(pk__in=TeamMember.objects.filter(team__in=led).values("advisor"))
    return Advisor.objects.filter(found)


def team_for(planner: User | None, advisor: Advisor) -> AdvisorTeam | None:
    """The team in whose name `advisor` visits: one that the planner leads, else the advisor's first."""
    places = list(advisor.memberships.select_related("team").order_by("pk"))
    led = {team.pk for team in teams_led_by(planner)} if planner is not None else set()
    return next((each.team for each in places if each.team_id in led), places[0].team if places else None)


def team_of_place(region_code: str) -> AdvisorTeam | None:
    """The active team that serves a place, the one with the narrowest area first."""
    found = [
        (-region.level, team.pk, team)
        for team in AdvisorTeam.objects.filter(is_active=True).prefetch_related("regions")
        for region in team.regions.all()
        if region.covers(region_code)
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None


def served_places() -> list[Region]:
    """The areas that active teams and advisors serve, the widest first."""
    found = Region.objects.filter(Q(advisor_teams__is_active=True) | Q(advisors__is_active=True)).distinct()
    return list(found.order_by("code"))


def is_good_at(team: AdvisorTeam, code: str) -> bool:
    """Whether somebody in the team is: `code` of a product kind or purpose, as in the search index."""
    return any(code in speciality_codes(each.advisor) for each in team.members.all())


def speciality_codes(advisor: Advisor) -> list[str]:
    return [*(f"kind-{code}" for code in advisor.kinds), *(f"purpose-{code}" for code in advisor.purposes)]


# Visits


def visits_visible_to(user: User) -> QuerySet[Visit]:
    """Own ones and those of one's teams for advisors, an enterprise's own for its people, all for supervisors."""
    if not user.is_authenticated:
        return Visit.objects.none()
    if Role.SUPERVISOR in user.roles:
        return Visit.objects.all()
    return Visit.objects.filter(_enterprise_part(user) | _advisor_part(user))


def desk_visits(user: User) -> QuerySet[Visit]:
    """The same without those in which the person is the visited one."""
    found = Visit.objects.all() if Role.SUPERVISOR in user.roles else Visit.objects.filter(_advisor_part(user))
    return found.select_related("advisor", "enterprise", "team")


def _enterprise_part(user: User) -> Q:
    return Q(enterprise__in=[each.enterprise_id for each in user.memberships])


def _advisor_part(user: User) -> Q:
    if not user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        return Q(pk__in=[])
    mine = advisor_of(user)
    return Q(advisor=mine.pk if mine else None) | Q(team__in=[each.team_id for each in memberships_of(user)])


def visits_of(enterprise: Enterprise) -> QuerySet[Visit]:
    """Coming ones first, the next on top; then past ones, the last on top."""
    coming = Case(When(starts_at__gte=timezone.now(), then=F("starts_at")))
    found = enterprise.visits.select_related("advisor", "team")
    return found.order_by(coming.asc(nulls_last=True), "-starts_at", "-pk")


def visit_actors(user: User, visit: Visit) -> set[str]:
    """Which of the actors of `states.visit_states` this person is."""
    actors = set()
    if user.roles & {Role.ADVISOR, Role.TEAM_LEAD} and visit.advisor.user_id == user.pk:
        actors.add("advisor")
    if any(team.pk == visit.team_id for team in teams_led_by(user)):
        actors.add("lead")
    if any(each.enterprise_id == visit.enterprise_id for each in user.memberships):
        actors.add("enterprise")
        if visit.proposed_by == Side.TEAM:
            actors.add("invited")
    return actors


def contact_shown(user: User, visit: Visit) -> str:
    """How this person of the desk sees the visit's contact and place: "whole", "masked" or "withdrawn".

    Whole for who goes there. Leads, team mates and supervisors see them masked and may ask with a reason. Once the
    enterprise has taken back its consent for the advisor's institution, nobody but the supervisor sees them at all.
    """
    if Role.SUPERVISOR in user.roles:
        return "masked"
    institution = visit.advisor.institution_id
    if institution and consent_withdrawn(visit.enterprise_id, institution, Consent.Purpose.VISIT):
        return "withdrawn"
    return "whole" if visit.advisor.user_id == user.pk else "masked"


def visit_detail(visits: QuerySet[Visit], pk: int) -> Visit | None:
    """One of `visits` with all that its page shows."""
    logs = VisitLog.objects.select_related("author").prefetch_related("products")
    return (
        visits.select_related("advisor__institution", "enterprise__region", "team", "rating", "need")
        .prefetch_related("events__by", Prefetch("logs", logs), "requests")
        .filter(pk=pk)
        .first()
    )


@dataclass(frozen=True)
class Whose:
    """A choice of whose week is shown. `value` stands in the address."""

    value: str
    label: str
    condition: Q
    is_many: bool


def week_choices(user: User) -> list[Whose]:
    """The teams this person leads (all for supervisors) and each of their members; else the own week, then the team's."""
    mine = advisor_of(user)
    own = [Whose(f"a{mine.pk}", gettext("我的一周"), Q(advisor=mine.pk), is_many=False)] if mine else []
    if Role.SUPERVISOR in user.roles:
        found = list(AdvisorTeam.objects.filter(is_active=True))
        everybody = [Whose("all", gettext("全部服务团"), Q(), is_many=True)]
        return [*everybody, *(_team_choice(team) for team in found)]
    led = teams_led_by(user)
    if not led:
        return [*own, *(_team_choice(each.team) for each in memberships_of(user))]
    members = TeamMember.objects.filter(team__in=led).select_related("advisor").order_by("team", "-is_lead", "pk")
    people = {each.advisor_id: each.advisor for each in members if mine is None or each.advisor_id != mine.pk}
    return [
        *(_team_choice(team) for team in led),
        *own,
        *(Whose(f"a{advisor.pk}", advisor.name, Q(advisor=advisor.pk), is_many=False) for advisor in people.values()),
    ]


def _team_choice(team: AdvisorTeam) -> Whose:
    return Whose(f"t{team.pk}", team.name, Q(team=team.pk), is_many=True)


@dataclass(frozen=True)
class Day:
    date: date
    is_today: bool
    is_workday: bool
    visits: list[Visit]


def week(visits: QuerySet[Visit], day: date) -> list[Day]:
    """Monday to Sunday of the week of `day`, each with its visits in order."""
    monday = day - timedelta(days=day.weekday())
    first = timezone.make_aware(datetime.combine(monday, datetime.min.time()))
    worked = set(workdays_in(monday, monday + timedelta(days=6)))
    found: dict[date, list[Visit]] = {}
    for visit in visits.filter(starts_at__gte=first, starts_at__lt=first + timedelta(days=7)).order_by(
        "starts_at", "pk"
    ):
        found.setdefault(timezone.localdate(visit.starts_at), []).append(visit)
    today = timezone.localdate()
    days = (monday + timedelta(days=n) for n in range(7))
    return [Day(each, each == today, each in worked, found.get(each, [])) for each in days]


def unlogged(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Visits whose time has come and of which nothing is written yet."""
    return visits.filter(state__in=[VisitState.PLANNED, VisitState.CONFIRMED], ends_at__lt=timezone.now())


def feed(token: str) -> CalendarFeed | None:
    return CalendarFeed.objects.select_related("advisor").filter(token=token, revoked_at=None).first()


def feed_visits(advisor: Advisor) -> QuerySet[Visit]:
    """What the advisor's calendar holds: the last two months and the next six."""
    now = timezone.now()
    found = advisor.visits.filter(starts_at__range=(now - FEED_PAST, now + FEED_AHEAD))
    given = Consent.objects.filter(
        enterprise=OuterRef("enterprise"), institution=advisor.institution_id, purpose=Consent.Purpose.VISIT
    )
    hidden = Exists(given) & ~Exists(given.filter(withdrawn_at__isnull=True))  # the consent was taken back
    return found.annotate(is_hidden=hidden).select_related("enterprise", "advisor", "team")


# Requests


def requests_visible_to(user: User) -> QuerySet[ServiceRequest]:
    """Own ones for an enterprise's people; those of one's teams and visits, or to be handled by oneself, for advisors;
    those dispatched to their institution for its staff; those without a team also for leads; all for supervisors."""
    if not user.is_authenticated:
        return ServiceRequest.objects.none()
    if Role.SUPERVISOR in user.roles:
        return ServiceRequest.objects.all()
    return ServiceRequest.objects.filter(_enterprise_part(user) | _desk_part(user))


def desk_requests(user: User) -> QuerySet[ServiceRequest]:
    found = (
        ServiceRequest.objects.all()
        if Role.SUPERVISOR in user.roles
        else ServiceRequest.objects.filter(_desk_part(user))
    )
    return found.select_related("enterprise", "unit", "owner", "team")


def _desk_part(user: User) -> Q:
    found = Q(owner=user) if user.roles & set(REQUEST_ROLES) else Q(pk__in=[])
    if user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        mine = advisor_of(user)
        found |= Q(team__in=[each.team_id for each in memberships_of(user)])
        found |= Q(visit__advisor=mine.pk) if mine else Q()
    if Role.TEAM_LEAD in user.roles:
        found |= Q(team__isnull=True)
    if units := _units(user):
        found |= Q(unit__in=units)
    return found


def _units(user: User) -> list[int]:
    return [each.pk for each in user.institutions_as(*SERVING_ROLES)]


def requests_of(enterprise: Enterprise) -> QuerySet[ServiceRequest]:
    return enterprise.service_requests.select_related("unit", "owner", "team").order_by("-created_at", "-pk")


def member_keys(enterprise: Enterprise) -> set[int]:
    """Keys of all who act or acted for it."""
    return set(enterprise.members.values_list("user_id", flat=True))


def raiser_shown(user: User, request: ServiceRequest) -> bool:
    """Whether this person handles the request, and so sees in whole who raised it."""
    return "handler" in request_actors(user, request)


def request_actors(user: User, request: ServiceRequest) -> set[str]:
    """Which of the actors of `states.request_states` this person is."""
    actors = set()
    if any(each.enterprise_id == request.enterprise_id for each in user.memberships):
        actors.add("enterprise")
    if Role.SUPERVISOR in user.roles or (Role.TEAM_LEAD in user.roles and request.team_id is None):
        actors.add("desk")
    if user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        if any(each.team_id == request.team_id for each in memberships_of(user)):
            actors.add("desk")
        if request.visit_id and request.visit is not None and request.visit.advisor.user_id == user.pk:
            actors.add("desk")
    if user.roles & set(REQUEST_ROLES) and request.owner_id == user.pk:
        actors.add("handler")
    if request.unit_id and request.owner_id is None and request.unit_id in _units(user):
        actors.add("handler")
    return actors


def request_detail(requests: QuerySet[ServiceRequest], pk: int) -> ServiceRequest | None:
    return (
        requests.select_related("enterprise__region", "unit", "owner", "team", "visit__advisor", "raised_by", "rating")
        .prefetch_related("events__by")
        .filter(pk=pk)
        .first()
    )


def queue(user: User, view: str = "") -> QuerySet[ServiceRequest]:
    """The queue by its clock: what is due first stands first. `view`: "" open ones, "waiting" with the enterprise,
    "done" the finished ones, newest first."""
    found = desk_requests(user)
    if view == "waiting":
        return found.filter(state__in=[RequestState.ANSWERED, RequestState.CONFIRMED]).order_by("-updated_at", "-pk")
    if view == "done":
        return found.filter(state=RequestState.CLOSED).order_by("-updated_at", "-pk")
    return found.filter(state__in=OPEN_REQUESTS).order_by(F("due_at").asc(nulls_last=True), "pk")


def open_request_count(user: User) -> int:
    return desk_requests(user).filter(state__in=OPEN_REQUESTS).count()


def callers(user: User) -> list[Need]:
    """待联系: needs that ask for an advisor and that nobody has taken, in the areas of this person's teams (or in nobody's
    area); the longest waiting first."""
    if not user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        return []
    waiting = list(waiting_for_advisor()[:CALLERS])
    if not waiting:
        return []
    mine = {each.team_id for each in memberships_of(user)}
    served = [
        (team.pk, region)
        for team in AdvisorTeam.objects.filter(is_active=True).prefetch_related("regions")
        for region in team.regions.all()
    ]
    found = []
    for need in waiting:
        teams = {pk for pk, region in served if region.covers(need.enterprise.region_id)}
        if not teams or teams & mine:
            found.append(need)
    return found


def answers_waiting(user: User) -> int:
    """Answers on which the person's enterprise has not said yet whether they solved it."""
    return ServiceRequest.objects.filter(_enterprise_part(user), state=RequestState.ANSWERED).count()


def visits_to_confirm(user: User) -> int:
    """Visits that were proposed to the person's enterprise and that it has not answered."""
    return Visit.objects.filter(
        _enterprise_part(user), state=VisitState.PLANNED, proposed_by=Side.TEAM, ends_at__gte=timezone.now()
    ).count()


# What forms choose from


def find_enterprises(user: User, text: str, limit: int = 12) -> list[Enterprise]:
    """For people of the desk, who may visit any enterprise: by part of the name or beginning of the code."""
    if not user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        return []
    matches = Q(name__contains=text) | Q(uscc__startswith=text.upper())
    # The whole code of a record that was merged into another finds that one.
    matches |= Q(pk__in=Enterprise.every.filter(uscc=text.upper(), merged_into__isnull=False).values("merged_into"))
    return list(Enterprise.objects.filter(matches).order_by("name")[:limit])


def find_products(user: User, text: str, limit: int = 12) -> list[Product]:
    from catalogue.queries import products_visible_to

    return list(products_visible_to(user).filter(name__contains=text).order_by("name")[:limit])


def units_to_dispatch_to() -> QuerySet[Institution]:
    return Institution.objects.filter(is_active=True).order_by("name")


def people_to_dispatch_to(user: User) -> QuerySet[User]:
    """Advisors with an account, of the teams that this person belongs to (all for supervisors)."""
    found = User.objects.filter(is_active=True, advisor__isnull=False)
    if Role.SUPERVISOR not in user.roles:
        mine = [each.team_id for each in memberships_of(user)]
        found = found.filter(advisor__memberships__team__in=mine)
    return found.distinct().order_by("name")


def staff_of(unit: Institution) -> QuerySet[User]:
    """Whom a dispatch to this institution is told."""
    return User.objects.filter(
        role_assignments__institution=unit, role_assignments__role=Role.RELATIONSHIP_MANAGER, is_active=True
    ).distinct()


def people_of(enterprise: Enterprise) -> QuerySet[User]:
    return User.objects.filter(
        enterprise_memberships__enterprise=enterprise, enterprise_memberships__is_active=True, is_active=True
    ).distinct()


def leads_of(team: AdvisorTeam | None) -> QuerySet[User]:
    if team is None:
        return User.objects.filter(role_assignments__role=Role.TEAM_LEAD, is_active=True).distinct()
    return User.objects.filter(advisor__memberships__team=team, advisor__memberships__is_lead=True, is_active=True)
