"""Needs of the fictional enterprises and their referrals, made by the same actions that people use, then dated back."""

import tomllib
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.demo import demo_user
from accounts.models import Consent, Enterprise, EnterpriseMember, Institution, Notice, RoleAssignment, User
from accounts.privacy.text import plainly
from accounts.roles import Role
from accounts.workdays import workdays_between
from catalogue.models import Product

from .matcher import match, need_facts
from .models import JudgedNeed, MatchRun, Need, Rating, Referral, ReferralEvent
from .needs import actions as needs
from .needs.reading import need_of, read
from .referrals import actions
from .referrals.promises import set_clock
from .weights import judged

DATA = Path(__file__).parent / "demo" / "needs.toml"
JUDGED = DATA.with_name("judged.tsv")
NAMESPACE = uuid.UUID("5b0e7f0e-7d0c-4a53-9c53-2f0a4c1d2b60")
FIELDS = (
    "text", "marks", "kinds", "purposes", "guarantee_kinds", "amount_low", "amount_high", "term_months", "days",
    "revolving", "rate_ceiling", "region", "traits", "needed_by", "matures_on", "renewal_agreed", "details",
)  # fmt: skip


def load() -> dict[str, int]:
    """Makes what is missing; needs that are there already stay as people left them."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for row in data["manager"]:
        _manager(row)
    rows = data["need"]
    for row in rows:
        if not Need.objects.filter(client_key=_key(row)).exists():
            _need(row)
    if not JudgedNeed.objects.exists():  # what people corrected stays corrected
        judged.load(judged.read(JUDGED))
    return {
        "needs": len(rows),
        "referrals": sum(len(row.get("referral", ())) for row in rows),
        "judged": JudgedNeed.objects.count(),
    }


def _key(row: dict[str, Any]) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, row["key"])


def _need(row: dict[str, Any]) -> None:
    enterprise = Enterprise.objects.get(uscc=row["uscc"])
    by = _speaker(enterprise, row.get("contact"))
    begun = timezone.now() - timedelta(days=row["days_ago"])
    told = Notice.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    said = need_of(read(row["text"], begun.date()), timezone.localtime(begun).date())
    need = needs.submit(
        enterprise=enterprise, by=by, client_key=_key(row), **{name: getattr(said, name) for name in FIELDS}
    )
    if row.get("wants_advisor"):
        needs.ask_advisor(need)
        Need.objects.filter(pk=need.pk).update(wants_advisor_at=begun)
    Need.objects.filter(pk=need.pk).update(created_at=begun)
    MatchRun.objects.filter(need=need).update(created_at=begun)
    for wanted in row.get("referral", ()):
        _referral(need, by, begun, wanted)
    Notice.objects.filter(pk__gt=told).update(created_at=begun)


def _speaker(enterprise: Enterprise, contact: dict[str, str] | None) -> User:
    if contact is None:
        return demo_user("enterprise")
    user, made = _person(contact)
    if made:
        EnterpriseMember.objects.get_or_create(
            enterprise=enterprise, user=user, defaults={"kind": EnterpriseMember.Kind.OWNER}
        )
    return user


def _manager(row: dict[str, str]) -> None:
    """A 客户经理 who signs in by code only, so that institutions with demo referrals have one."""
    user, made = _person(row)
    if made:
        institution = Institution.objects.get(slug=row["institution"])
        RoleAssignment.objects.create(user=user, role=Role.RELATIONSHIP_MANAGER, institution=institution)


def _person(row: dict[str, str]) -> tuple[User, bool]:
    """A demo person, and whether it was made just now."""
    user, made = User.objects.get_or_create(
        username=f"demo-{row['key']}",
        defaults={"name": row["name"], "phone": f"+86{row['phone']}", "phone_verified": True, "is_demo": True},
    )
    if made:
        user.set_unusable_password()
        user.save()
    return user, made


def _referral(need: Need, by: User, begun: datetime, wanted: dict[str, Any]) -> None:
    product = Product.objects.filter(slug=wanted["product"], live=True).first()
    if product is None:  # somebody took the product down
        return
    referral = actions.start(
        need=need,
        product_ids=[product.pk],
        consented={product.institution_id},
        by=by,
        client_key=uuid.uuid4(),
        matches={product.pk: match(by, need_facts(need, need.enterprise)).of(product.pk)},
    )[0]
    _date(referral, ReferralEvent.Kind.SUBMITTED, begun, "submitted_at")
    Consent.objects.filter(pk=referral.consent_id).update(given_at=begun)
    manager = actions.managers_of(product.institution)[0]
    for step in wanted["steps"]:
        _step(referral, manager, by, step, begun + timedelta(days=step["after_days"]))


def _step(referral: Referral, manager: User, by: User, step: dict[str, Any], when: datetime) -> None:
    note, what = step.get("note", ""), step["do"]
    if what == "accept":
        actions.accept(referral, by=manager, note=note)
        _date(referral, "accept", when, "accepted_at")
    elif what == "contact":
        first = not referral.events.filter(kind="contact").exists()
        actions.record_contact(referral, by=manager, note=note)
        _date(referral, "contact", when, "contacted_at" if first else "")
    elif what == "grant":
        on = timezone.localtime(when).date()
        actions.record_grant(referral, by=manager, amount=Decimal(step["amount"]), rate=None, on=on, note=note)
        _date(referral, "grant", when, "closed_at")
    elif what == "fail":
        actions.record_failure(referral, by=manager, reason=step["reason"], note=note)
        _date(referral, "fail", when, "closed_at")
    elif what == "decline":
        actions.decline(referral, by=manager, reason=step["reason"], note=note)
        _date(referral, "decline", when, "closed_at")
    else:
        actions.rate(referral, by=by, level=step["level"], reasons=step["reasons"], text=note)
        _date(referral, "rated", when, "")
        Rating.objects.filter(referral=referral).update(created_at=when)


def _date(referral: Referral, kind: str, when: datetime, field: str) -> None:
    """Dates the newest step of `kind` back and sets the clock as it would have run. Only the demo does this."""
    when = min(when, timezone.now())
    events = plainly(ReferralEvent).filter(referral=referral, kind=kind)
    event = events.latest("pk")
    due_at = referral.due_at if event.due_at is not None else None
    events.filter(pk=event.pk).update(at=when, due_at=due_at, workdays=_workdays(referral, kind, when))
    referral.refresh_from_db()
    if field:
        setattr(referral, field, when)
    set_clock(referral)
    referral.save()


def _workdays(referral: Referral, kind: str, when: datetime) -> int | None:
    begun = {
        "accept": referral.submitted_at,
        "decline": referral.submitted_at,
        "contact": None if referral.contacted_at else referral.accepted_at,
        "grant": referral.contacted_at,
        "fail": referral.contacted_at,
    }.get(kind)
    return workdays_between(begun, when) if begun else None
