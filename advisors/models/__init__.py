"""Tables of advisors: people and teams, visits and their logs, requests, ratings."""

from .people import Advisor, AdvisorTeam, CalendarFeed, TeamMember, WorkingHours
from .ratings import Mark, Rating
from .requests import RequestCategory, RequestEvent, RequestState, ServiceRequest
from .visits import ACTIVE_STATES, Side, Visit, VisitEvent, VisitLog, VisitProduct, VisitState

__all__ = [
    "ACTIVE_STATES",
    "Advisor",
    "AdvisorTeam",
    "CalendarFeed",
    "Mark",
    "Rating",
    "RequestCategory",
    "RequestEvent",
    "RequestState",
    "ServiceRequest",
    "Side",
    "TeamMember",
    "Visit",
    "VisitEvent",
    "VisitLog",
    "VisitProduct",
    "VisitState",
    "WorkingHours",
]
