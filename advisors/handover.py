"""What an advisor, a lead or somebody of an institution holds: visits ahead, requests in hand, teams led."""

from functools import partial

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import notify
from accounts.models import Institution, User
from accounts.people import handover
from accounts.roles import SERVING_ROLES, Role
from accounts.wording import clock

from . import queries
from .actions import VisitOverlaps
from .actions.feeds import revoke_feed
from .actions.requests import pass_request_on
from .actions.visits import pass_visit_on
from .models import Advisor, AdvisorTeam, ServiceRequest, TeamMember, Visit, VisitState

STANDING = (VisitState.PLANNED, VisitState.CONFIRMED)


def register() -> None:
    """Called once, by `AppConfig.ready`."""
    advising = frozenset({Role.ADVISOR})
    handover.register(
        handover.Holding(
            key="visits",
            label=gettext_lazy("没走访的约定"),
            roles=advising,
            rows=_visits,
            move=_move_visits,
            nobody=gettext_lazy("先不动，由首席专员另行安排"),
            open=handover.Open(_ahead, "advisor__user"),
            describe=lambda visit: clock(visit.starts_at),  # type: ignore[attr-defined]
        )
    )
    handover.register(
        handover.Holding(
            key="teams",
            label=gettext_lazy("带的服务团"),
            roles=frozenset({Role.TEAM_LEAD}),
            rows=_teams,
            move=_move_teams,
            nobody=gettext_lazy("暂缺首席专员"),
            open=handover.Open(_leading, "advisor__user"),
        )
    )
    for key, roles, found in (
        ("requests", advising | {Role.TEAM_LEAD}, handover.Open(partial(_unfinished, unit=None), "owner")),
        ("unit_requests", SERVING_ROLES, handover.Open(partial(_unfinished, unit__isnull=False), "owner", "unit")),
    ):
        handover.register(
            handover.Holding(
                key=key,
                label=gettext_lazy("没办完的诉求"),
                roles=frozenset(roles),
                rows=_requests,
                move=_move_requests,
                nobody=gettext_lazy("放回待承办"),
                open=found,
                describe=lambda each: f"{each.get_category_display()} · {each.get_state_display()}",  # type: ignore[attr-defined]
            )
        )
    handover.register_leaving("advisor", _leave)
    handover.register_overseer(handover.Overseer(Role.TEAM_LEAD, advising, _team_of))


def _team_of(lead: User) -> QuerySet[User]:
    led = [team.pk for team in queries.teams_led_by(lead)]
    return User.objects.filter(advisor__memberships__team__in=led).exclude(pk=lead.pk)


def _ahead(**conditions) -> QuerySet[Visit]:
    return Visit.objects.filter(state__in=STANDING, ends_at__gt=timezone.now(), **conditions)


def _visits(user: User, place: Institution | None) -> QuerySet[Visit]:
    return _ahead(advisor__user=user).order_by("starts_at", "pk")


def _move_visits(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    """One by one; what the colleague has no time for stays, and the lead of the team is told."""
    heir = Advisor.objects.filter(user=to).first() if to is not None else None
    left = []
    for visit in _visits(user, place).select_related("team", "enterprise", "advisor"):
        try:
            if heir is None:
                raise VisitOverlaps(visit.advisor)
            pass_visit_on(visit, to=heir, by=by)
        except VisitOverlaps:
            left.append(visit)
            text = _("%(when)s 的走访没有顾问，请另行安排。") % {"when": clock(visit.starts_at)}
            for lead in queries.leads_of(visit.team).exclude(pk=user.pk):
                notify(lead, text, visit.get_absolute_url())
    return [_("%s 的走访没有交接，已请首席专员另行安排。") % clock(visit.starts_at) for visit in left]


def _leading() -> QuerySet[TeamMember]:
    """One row for each team and its lead."""
    return TeamMember.objects.filter(is_lead=True)


def _teams(user: User, place: Institution | None) -> QuerySet[AdvisorTeam]:
    return AdvisorTeam.objects.filter(members__advisor__user=user, members__is_lead=True).order_by("pk")


def _move_teams(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    heir = Advisor.objects.filter(user=to).first() if to is not None else None
    left = []
    for team in _teams(user, place):
        for member in team.members.filter(is_lead=True):
            member.is_lead = False
            member.save(update_fields=["is_lead"])
        if heir is None:
            left.append(_("“%s”现在没有首席专员。") % team.name)
            continue
        member, _made = TeamMember.objects.get_or_create(team=team, advisor=heir)
        member.is_lead = True
        member.save(update_fields=["is_lead"])
        if to is not None:
            notify(to, _("您现在是“%s”的首席专员。") % team.name, team.get_absolute_url())
    return left


def _unfinished(**conditions) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(state__in=queries.UNFINISHED_REQUESTS, **conditions)


def _requests(user: User, place: Institution | None) -> QuerySet[ServiceRequest]:
    """Those in hand as one of the institution's people, or as one of the whole place."""
    return _unfinished(owner=user, unit=place).order_by(F("due_at").asc(nulls_last=True), "pk")


def _move_requests(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    for request in _requests(user, place):
        pass_request_on(request, to=to, by=by)
    return []


def _leave(user: User, place: Institution | None, lost: frozenset[Role]) -> None:
    """No longer offered for visits, and the secret address of the calendar stops working."""
    advisor = Advisor.objects.filter(user=user).first()
    if Role.ADVISOR not in lost or advisor is None:
        return
    revoke_feed(advisor)
    advisor.is_active = False
    advisor.save(update_fields=["is_active", "updated_at"])
