"""Reads of people and parties, scoped to who asks."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from .models import Consent, Enterprise, Industry, Notice, Region, User
from .roles import Role

# They may visit, supervise or look after any enterprise.
ENTERPRISE_READERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.ADVISOR, Role.TEAM_LEAD})


def enterprises_visible_to(user: User) -> QuerySet[Enterprise]:
    """The one scope rule. Own ones for members; all for supervisors, administrators, advisors and team leads (who visit them)."""
    if not user.is_authenticated:
        return Enterprise.objects.none()
    if user.roles & ENTERPRISE_READERS:
        return Enterprise.objects.all()
    return Enterprise.objects.filter(members__user=user, members__is_active=True)


def standing(enterprise: Enterprise) -> Enterprise:
    """The record itself, or the one that it was merged into."""
    while enterprise.merged_into_id is not None:
        enterprise = Enterprise.every.get(pk=enterprise.merged_into_id)
    return enterprise


def enterprise_by_uscc(uscc: str) -> Enterprise | None:
    """Who is known by this code now: old codes of merged records lead on."""
    found = Enterprise.every.filter(uscc=uscc).first()
    return standing(found) if found is not None else None


def identities(enterprise: Enterprise) -> list[int]:
    """The keys under which histories that are never rewritten name this firm: its own and of what was merged into it."""
    return list(identities_of(Enterprise.every.filter(pk=enterprise.pk)))


def identities_of(firms: QuerySet[Enterprise]) -> QuerySet[Enterprise, int]:
    """The keys of each of `firms`, of the record it was merged into and of all that were merged into that one."""
    standing_ones = firms.order_by().values(key=Coalesce("merged_into", "pk"))
    found = Enterprise.every.filter(Q(pk__in=standing_ones) | Q(merged_into__in=standing_ones))
    return found.order_by("pk").values_list("pk", flat=True)


def has_consent(enterprise_id: int, institution_id: int, purpose: str = Consent.Purpose.REFERRAL) -> bool:
    """Whether the enterprise's consent for this institution and purpose is in force now."""
    return Consent.objects.filter(
        enterprise_id=enterprise_id, institution_id=institution_id, purpose=purpose, withdrawn_at__isnull=True
    ).exists()


def consent_withdrawn(enterprise_id: int, institution_id: int, purpose: str) -> bool:
    """Whether a consent was given and taken back. Where none was ever given the institution has asked in another way."""
    given = Consent.objects.filter(enterprise_id=enterprise_id, institution_id=institution_id, purpose=purpose)
    return given.exists() and not given.filter(withdrawn_at__isnull=True).exists()


def consents_of(enterprise: Enterprise) -> QuerySet[Consent]:
    return enterprise.consents.select_related("institution", "given_by")


def notices_of(user: User) -> QuerySet[Notice]:
    return user.notices.all()


def unread_count(user: User) -> int:
    return user.notices.filter(read_at__isnull=True).count()


def find_regions(text: str, limit: int = 12) -> list[Region]:
    """Current places whose full name or code holds `text`, shortest names first."""
    found = Region.objects.filter(is_current=True)
    found = found.filter(code__startswith=text) if text.isdigit() else found.filter(full_name__contains=text)
    return sorted(found[:200], key=lambda region: (len(region.full_name), region.code))[:limit]


def find_industries(text: str, limit: int = 12) -> list[Industry]:
    """Classes and groups whose name or code holds `text`; classes first."""
    found = (
        Industry.objects.filter(code__startswith=text)
        if text.isdigit()
        else Industry.objects.filter(name__contains=text)
    )
    return sorted(found[:200], key=lambda industry: (-industry.level, len(industry.name), industry.code))[:limit]
