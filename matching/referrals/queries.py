"""Reads of referrals, each scoped to who asks. What of an enterprise an institution sees hangs on the consent in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Consent, Enterprise, Institution, User
from accounts.roles import Role
from accounts.wording import masked_name, masked_phone, masked_text
from accounts.workdays import workdays_between, workdays_in

from ..models import Referral, ReferralEvent

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class ConsentFlag(TypedDict):
        is_consented: bool

    class Standing(ConsentFlag):
        is_late: bool

    ConsentedReferral = WithAnnotations[Referral, ConsentFlag]
    StandingReferral = WithAnnotations[Referral, Standing]

DETAIL = ("need__enterprise__region", "need__enterprise__industry", "need__author", "product", "institution", "manager")
SUPERVISING = {Role.SUPERVISOR, Role.ADMINISTRATOR}


def _with_consent(found: QuerySet[Referral]) -> "QuerySet[ConsentedReferral]":
    in_force = Consent.objects.filter(
        enterprise_id=OuterRef("need__enterprise_id"),
        institution_id=OuterRef("institution_id"),
        purpose=Consent.Purpose.REFERRAL,
        withdrawn_at__isnull=True,
    )
    return found.annotate(is_consented=Exists(in_force))


def _with_lateness(found: "QuerySet[ConsentedReferral]") -> "QuerySet[StandingReferral]":
    """`is_late`: its clock has run out while the institution could act (consent in force)."""
    late = Q(state__in=Referral.OPEN_STATES, due_at__lt=timezone.now(), is_consented=True)
    return found.annotate(is_late=Case(When(late, then=Value(True)), default=False, output_field=BooleanField()))


def referrals_of(enterprise: Enterprise) -> "QuerySet[StandingReferral]":
    """An enterprise's own, newest first."""
    found = Referral.objects.filter(need__enterprise=enterprise)
    return _with_lateness(_with_consent(found)).select_related(*DETAIL, "rating", "consent")


def referrals_for_desk(user: User) -> "QuerySet[StandingReferral]":
    """Those of the institutions that `user` is 客户经理 of; all for supervisors and administrators."""
    found = Referral.objects.all()
    if not user.roles & SUPERVISING:
        found = found.filter(institution__in=user.institutions_as(Role.RELATIONSHIP_MANAGER))
    return _with_lateness(_with_consent(found)).select_related(*DETAIL, "rating")


def referrals_visible_to(user: Any) -> QuerySet[Referral]:
    """The one scope rule, for search, exports and API: own ones of enterprises, the institution's, or all."""
    if not user.is_authenticated:
        return Referral.objects.none()
    if user.roles & SUPERVISING:
        return Referral.objects.all()
    own = Q(need__enterprise_id__in=[each.enterprise_id for each in user.memberships])
    return Referral.objects.filter(own | Q(institution__in=user.institutions_as(Role.RELATIONSHIP_MANAGER)))


def inbox(user: User, *, show: str = "open", mine: bool = False) -> "QuerySet[StandingReferral]":
    """A 客户经理's queue by the clock: what is due first on top; `show` is open, late or closed."""
    institutions = user.institutions_as(Role.RELATIONSHIP_MANAGER)
    found = referrals_for_desk(user).filter(institution__in=institutions)
    if mine:
        found = found.filter(manager=user)
    if show == "closed":
        return found.exclude(state__in=Referral.OPEN_STATES).order_by("-closed_at", "-pk")
    found = found.filter(state__in=Referral.OPEN_STATES)
    if show == "late":
        found = found.filter(is_late=True)
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")


def inbox_counts(user: User, *, mine: bool = False) -> dict[str, int]:
    """{open, late}: how many the two queues of `inbox` hold."""
    found = inbox(user, mine=mine).order_by()
    return found.aggregate(open=Count("pk"), late=Count("pk", filter=Q(is_late=True)))


def waiting_count(user: User) -> int:
    """How many open ones wait at the institutions that `user` is 客户经理 of."""
    return Referral.objects.filter(
        institution__in=user.institutions_as(Role.RELATIONSHIP_MANAGER), state__in=Referral.OPEN_STATES
    ).count()


def overdue() -> "QuerySet[StandingReferral]":
    """Every referral whose clock has run out, the longest first."""
    found = _with_lateness(_with_consent(Referral.objects.filter(due_at__lt=timezone.now())))
    return found.filter(is_late=True).select_related(*DETAIL).order_by("due_at", "pk")


def overdue_count(user: User) -> int:
    return overdue().count()


def open_by_institution() -> list[dict[str, Any]]:
    """[{institution, name, open, late}], most late ones first: for the supervisor."""
    found = _with_lateness(_with_consent(Referral.objects.filter(state__in=Referral.OPEN_STATES)))
    rows = (
        found.values("institution_id", "institution__name")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(is_late=True)))
        .order_by("-late", "-open", "institution__name")
    )
    return [
        {
            "institution": row["institution_id"],
            "name": row["institution__name"],
            "open": row["open"],
            "late": row["late"],
        }
        for row in rows
    ]


def institution_named(pk: str) -> Institution | None:
    return Institution.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None


@dataclass(frozen=True)
class Disclosure:
    """What the reader of a desk page may see of the enterprise. `why_hidden` says what is missing, and why."""

    enterprise: Enterprise | None
    contact_name: str
    contact_phone: str
    why_hidden: str  # "", "withdrawn" or "masked"

    @property
    def name(self) -> str:
        return self.enterprise.name if self.enterprise else ""


def disclosure(user: User, referral: "StandingReferral") -> Disclosure:
    """For a `referrals_for_desk` row: all with consent in force; nothing without; masked for supervisors."""
    author = referral.need.author
    works_there = any(each.pk == referral.institution_id for each in user.institutions_as(Role.RELATIONSHIP_MANAGER))
    if works_there:
        if not referral.is_consented:
            return Disclosure(None, "", "", "withdrawn")
        return Disclosure(referral.need.enterprise, str(author), (author.phone or "").removeprefix("+86"), "")
    return Disclosure(referral.need.enterprise, masked_name(author.name), masked_phone(author.phone), "masked")


# Steps that the enterprise takes: who took them is its personal data.
BY_ENTERPRISE = {
    ReferralEvent.Kind.SUBMITTED,
    ReferralEvent.Kind.WITHDRAW,
    ReferralEvent.Kind.RATED,
    ReferralEvent.Kind.CONSENT_WITHDRAWN,
    ReferralEvent.Kind.CONSENT_GIVEN,
}


def timeline(referral: Referral, seen: Disclosure | None = None) -> list[dict[str, Any]]:
    """Newest first. `seen` is what the reader of a desk page may see; the enterprise itself sees all."""
    hidden = seen.why_hidden if seen else ""
    return [_line(event, hidden) for event in reversed(referral.events.select_related("actor").all())]


def _line(event: ReferralEvent, hidden: str) -> dict[str, Any]:
    who = f"{event.party} · {event.actor}" if event.actor else event.party
    note = event.note
    if hidden and event.kind in BY_ENTERPRISE:
        who = _("企业") if hidden == "withdrawn" else event.party
        note = "" if hidden == "withdrawn" else masked_text(note)
    return {
        "when": event.at,
        "who": who,
        "what": event.get_kind_display(),
        "note": note,
        "workdays": event.workdays,
        "due_at": event.due_at,
        "was_late": event.was_late,
    }


def with_days_late(found: list["StandingReferral"]) -> list[tuple["StandingReferral", int]]:
    """[(referral, working days past due)] of late ones; one query for all of them."""
    due = {each.pk: timezone.localdate(each.due_at) for each in found if each.due_at}
    worked = workdays_in(min(due.values()) + timedelta(days=1), timezone.localdate()) if due else []
    return [(each, sum(day > due[each.pk] for day in worked) if each.pk in due else 0) for each in found]


def late_since(referral: Referral, now: datetime | None = None) -> int:
    """Working days past due; 0 when in time."""
    now = now or timezone.now()
    return workdays_between(referral.due_at, now) if referral.due_at and referral.due_at < now else 0
