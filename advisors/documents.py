"""What of advisors can be searched: teams and advisors by everybody, visits and requests by those who may open them.

A visit's contact and place are not in the index: its page hides them from some who may open it. What was said there is found
and never shown beside a result, since who reads it is written down. Numbers and names that people type themselves are masked.
"""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Region, User
from accounts.roles import Role
from accounts.wording import masked_text
from catalogue.models import ProductKind, Purpose
from search.registry import DocumentType, Facet, register, register_visibility

from .models import (
    Advisor,
    AdvisorTeam,
    RequestCategory,
    RequestState,
    ServiceRequest,
    TeamMember,
    Visit,
    VisitLog,
    VisitState,
)
from .queries import REQUEST_ROLES, advisor_of, memberships_of, speciality_codes

SPECIALITIES = [
    *((f"kind-{value}", label) for value, label in ProductKind.choices),
    *((f"purpose-{value}", label) for value, label in Purpose.choices),
]


def _regions(codes) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "full_name"))


@register_visibility
def tokens(user: User) -> Iterator[str]:
    """`team:3` for each team that this person is in; `advisor:5` for the advisor that they are; `handler:7` for who may
    handle requests."""
    if user.roles & set(REQUEST_ROLES):
        yield f"handler:{user.pk}"
    if user.roles & {Role.ADVISOR, Role.TEAM_LEAD}:
        yield from (f"team:{each.team_id}" for each in memberships_of(user))
        if (advisor := advisor_of(user)) is not None:
            yield f"advisor:{advisor.pk}"


def _visit_tokens(visit: Visit) -> list[str]:
    """Those of `queries.visits_visible_to`."""
    tokens = ["role:supervisor", f"enterprise:{visit.enterprise_id}", f"advisor:{visit.advisor_id}"]
    return [*tokens, f"team:{visit.team_id}"] if visit.team_id else tokens


def _request_tokens(request: ServiceRequest) -> list[str]:
    """Those of `queries.requests_visible_to`."""
    tokens = ["role:supervisor", f"enterprise:{request.enterprise_id}"]
    tokens.append(f"team:{request.team_id}" if request.team_id else "role:team_lead")
    if request.owner_id:
        tokens.append(f"handler:{request.owner_id}")
    if request.unit_id:
        tokens.append(f"institution:{request.unit_id}")
    if request.visit is not None:
        tokens.append(f"advisor:{request.visit.advisor_id}")
    return tokens


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True))


register(
    DocumentType(
        kind="advisor",
        label=_("金融顾问"),
        model=Advisor,
        queryset=lambda: (
            Advisor.objects.filter(is_active=True)
            .select_related("institution")
            .prefetch_related("regions", "memberships__team")
        ),
        title=lambda advisor: advisor.name,
        summary=lambda advisor: advisor.title,
        keywords=lambda advisor: [
            *(str(name) for name in advisor.speciality_names),
            *([advisor.institution.name] if advisor.institution else []),
            *(region.full_name for region in advisor.regions.all()),
            *(each.team.name for each in advisor.memberships.all()),
            advisor.languages,
        ],
        body=lambda advisor: [advisor.introduction],
        facets={
            "region": Facet(_("地区"), lambda advisor: [each.code for each in advisor.regions.all()], choices=_regions),
            "speciality": Facet(_("擅长"), speciality_codes, choices=SPECIALITIES),
        },
        related={TeamMember: lambda member: [member.advisor_id]},
        suggest=True,
        priority=30,
    )
)
register(
    DocumentType(
        kind="team",
        label=_("服务团"),
        model=AdvisorTeam,
        queryset=lambda: (
            AdvisorTeam.objects.filter(is_active=True)
            .select_related("host")
            .prefetch_related("regions", "members__advisor")
        ),
        title=lambda team: team.name,
        summary=lambda team: team.summary,
        keywords=lambda team: [
            *([team.host.name] if team.host else []),
            *(region.full_name for region in team.regions.all()),
        ],
        body=lambda team: [team.introduction],
        facets={"region": Facet(_("地区"), lambda team: [each.code for each in team.regions.all()], choices=_regions)},
        suggest=True,
        priority=31,
    )
)
register(
    DocumentType(
        kind="visit",
        label=_("走访"),
        model=Visit,
        queryset=lambda: Visit.objects.select_related("advisor", "enterprise").prefetch_related("logs"),
        title=lambda visit: visit.enterprise.name,
        url=lambda visit: reverse("advisors:open_visit", args=[visit.pk]),
        summary=lambda visit: masked_text(visit.purpose, visit.contact_name),
        keywords=lambda visit: [
            visit.advisor.name,
            *(masked_text(log.notes, visit.contact_name) for log in visit.logs.all()),
        ],
        meta=lambda visit: [
            f"{timezone.localtime(visit.starts_at):%Y-%m-%d %H:%M}",
            visit.advisor.name,
            visit.get_state_display(),
        ],
        facets={"state": Facet(_("状态"), lambda visit: [visit.state], choices=VisitState.choices)},
        visibility=_visit_tokens,
        date=lambda visit: visit.starts_at,
        related={
            VisitLog: lambda log: [log.visit_id],
            Enterprise: lambda enterprise: _keys(enterprise.visits),
            Advisor: lambda advisor: _keys(advisor.visits),
        },
        priority=82,
    )
)
register(
    DocumentType(
        kind="request",
        label=_("诉求"),
        model=ServiceRequest,
        queryset=lambda: ServiceRequest.objects.select_related("enterprise", "raised_by", "visit"),
        title=lambda request: request.enterprise.name,
        url=lambda request: reverse("advisors:open_request", args=[request.pk]),
        summary=lambda request: masked_text(request.text, request.raised_by.name),
        keywords=lambda request: [request.get_category_display()],
        meta=lambda request: [
            request.get_category_display(),
            request.get_state_display(),
            f"{timezone.localtime(request.created_at):%Y-%m-%d}",
        ],
        facets={
            "state": Facet(_("状态"), lambda request: [request.state], choices=RequestState.choices),
            "category": Facet(_("类别"), lambda request: [request.category], choices=RequestCategory.choices),
        },
        visibility=_request_tokens,
        date=lambda request: request.created_at,
        related={
            Visit: lambda visit: _keys(visit.requests),
            Enterprise: lambda enterprise: _keys(enterprise.service_requests),
            User: lambda user: _keys(ServiceRequest.objects.filter(raised_by=user)),
        },
        priority=83,
    )
)
