"""From plan to log of a visit. The advisor's row is the lock under which times are compared and taken."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import give_consent, notify
from accounts.models import Consent, Enterprise, User
from accounts.wording import clock
from catalogue.models import Product
from matching.models import Need
from matching.needs.actions import NeedTaken, take_by_advisor

from .. import queries
from ..models import (
    ACTIVE_STATES,
    Advisor,
    AdvisorTeam,
    Side,
    Visit,
    VisitEvent,
    VisitLog,
    VisitProduct,
    VisitState,
)
from ..slots import LENGTH, free_slots
from ..states import visit_states
from .errors import AdvisorsError, SlotTaken, VisitOverlaps
from .requests import raise_request

OPEN_BOOKINGS = 3  # visits that one enterprise may have asked for and that are still ahead


@transaction.atomic
def plan_visit(
    *,
    by: User,
    advisor: Advisor,
    enterprise: Enterprise,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str,
    client_key: UUID,
    place: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    need: Need | None = None,
) -> Visit:
    """A visit proposed by the team; the enterprise is asked to confirm. The same `client_key` again gives the same visit.

    `need`: the one that asked for an advisor; it is taken with the visit. Raises PermissionDenied (not one's own week nor
    of a team one leads), AdvisorsError (no such time, need taken by somebody else), VisitOverlaps.
    """
    if not queries.advisors_planned_by(by).filter(pk=advisor.pk).exists():
        raise PermissionDenied
    if timezone.localdate(starts_at) < timezone.localdate():
        raise AdvisorsError(_("%s 已经过去了，请选今天或以后的日期。") % clock(starts_at))
    visit = _place(
        by=by,
        advisor=advisor,
        team=queries.team_for(by, advisor),
        enterprise=enterprise,
        starts_at=starts_at,
        ends_at=ends_at,
        purpose=purpose,
        place=place or enterprise.address or enterprise.region.full_name,
        contact_name=contact_name,
        contact_phone=contact_phone,
        client_key=client_key,
        proposed_by=Side.TEAM,
        need=need,
    )
    if need is not None:
        try:
            take_by_advisor(need, by=advisor.user or by)
        except NeedTaken as error:
            raise AdvisorsError(str(error)) from error
    return visit


def book_visit(
    *,
    by: User,
    advisors: Sequence[Advisor],
    enterprise: Enterprise,
    starts_at: datetime,
    purpose: str,
    client_key: UUID,
    place: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    team: AdvisorTeam | None = None,
) -> Visit:
    """A visit asked for by the enterprise, with whoever of `advisors` is free then and has the fewest visits ahead.

    Raises PermissionDenied (not one's own enterprise), AdvisorsError (too many open bookings), SlotTaken.
    """
    if all(each.enterprise_id != enterprise.pk for each in by.memberships):
        raise PermissionDenied
    if found := Visit.objects.filter(client_key=client_key, enterprise=enterprise).first():
        return found
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        standing = enterprise.visits.filter(state__in=ACTIVE_STATES, ends_at__gt=timezone.now())
        ahead = standing.filter(proposed_by=Side.ENTERPRISE).count()
        if ahead >= OPEN_BOOKINGS:
            raise AdvisorsError(_("您已有 %s 次约见还没有进行，请先完成或取消其中一次。") % ahead)
        if clash := standing.filter(starts_at__lt=starts_at + LENGTH, ends_at__gt=starts_at).first():
            raise AdvisorsError(_("您在 %s 已约了顾问，请换个时间。") % clock(clash.starts_at))
        slot = next((each for each in free_slots(advisors) if each.starts_at == starts_at), None)
        by_id = {advisor.pk: advisor for advisor in advisors}
        for pk in slot.advisors if slot else ():
            try:
                visit = _place(
                    by=by,
                    advisor=by_id[pk],
                    team=team or queries.team_for(None, by_id[pk]),
                    enterprise=enterprise,
                    starts_at=starts_at,
                    ends_at=starts_at + LENGTH,
                    purpose=purpose,
                    place=place,
                    contact_name=contact_name,
                    contact_phone=contact_phone,
                    client_key=client_key,
                    proposed_by=Side.ENTERPRISE,
                )
            except VisitOverlaps:  # somebody else was faster with this advisor; the next one may be free
                continue
            if institution := by_id[pk].institution:
                give_consent(enterprise=enterprise, institution=institution, by=by, purpose=Consent.Purpose.VISIT)
            return visit
        raise SlotTaken


@transaction.atomic
def _place(*, by: User, advisor: Advisor, client_key: UUID, **fields: Any) -> Visit:
    lock_advisor(advisor)
    if found := Visit.objects.filter(client_key=client_key, created_by=by).first():
        return found
    _refuse_overlap(advisor, fields["starts_at"], fields["ends_at"])
    try:
        with transaction.atomic():
            visit = Visit.objects.create(advisor=advisor, created_by=by, client_key=client_key, **fields)
    except IntegrityError as error:
        raise VisitOverlaps(advisor) from error
    label = _("企业约见") if visit.proposed_by == Side.ENTERPRISE else _("计划走访")
    VisitEvent.objects.create(visit=visit, step="plan", label=label, by=by, note=visit.purpose)
    if visit.proposed_by == Side.ENTERPRISE:
        _tell_advisor(visit, by, _("%(enterprise)s 约您 %(when)s 见面，请确认。"))
    else:
        _tell_advisor(visit, by, _("您有一次新的走访：%(when)s，%(enterprise)s。"))
        _tell_enterprise(visit, by, _("金融顾问%(advisor)s 想在 %(when)s 走访贵企业，请确认或改约。"))
    return visit


def lock_advisor(advisor: Advisor) -> None:
    """Visits of one advisor are planned and moved one after another."""
    Advisor.objects.select_for_update().get(pk=advisor.pk)


def _refuse_overlap(advisor: Advisor, starts_at: datetime, ends_at: datetime, *, but: int = 0) -> None:
    found = advisor.visits.filter(state__in=ACTIVE_STATES, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if other := found.exclude(pk=but).select_related("enterprise").first():
        raise VisitOverlaps(advisor, other)


def _locked(visit: Visit) -> Visit:
    Visit.objects.select_for_update().get(pk=visit.pk)
    return Visit.objects.select_related("advisor", "enterprise", "team").get(pk=visit.pk)


def _record(visit: Visit, step: str, by: User, note: str = "") -> None:
    """The new state, saved, with its line in the history. The calendar entry counts it."""
    visit.sequence += 1
    visit.save()
    VisitEvent.objects.create(visit=visit, step=step, label=str(visit_states[step].label), by=by, note=note)


@transaction.atomic
def confirm_visit(visit: Visit, *, by: User) -> Visit:
    """Raises TransitionRefused."""
    visit = _locked(visit)
    visit_states.apply(visit, "confirm", queries.visit_actors(by, visit))
    _record(visit, "confirm", by)
    _tell_both(visit, by, _("%(when)s 的走访已确认：%(advisor)s → %(enterprise)s。"))
    return visit


@transaction.atomic
def move_visit(visit: Visit, *, by: User, starts_at: datetime, ends_at: datetime, reason: str) -> Visit:
    """To another time; the other side is asked to confirm again. Raises TransitionRefused, AdvisorsError, VisitOverlaps."""
    lock_advisor(visit.advisor)
    visit = _locked(visit)
    actors = queries.visit_actors(by, visit)
    before = visit.starts_at
    visit_states.apply(visit, "move", actors)
    if timezone.localdate(starts_at) < timezone.localdate():
        raise AdvisorsError(_("%s 已经过去了，请选今天或以后的日期。") % clock(starts_at))
    _refuse_overlap(visit.advisor, starts_at, ends_at, but=visit.pk)
    visit.starts_at, visit.ends_at = starts_at, ends_at
    visit.proposed_by = Side.TEAM if actors & {"advisor", "lead"} else Side.ENTERPRISE
    note = _("%(before)s → %(after)s：%(reason)s") % {
        "before": clock(before),
        "after": clock(starts_at),
        "reason": reason,
    }
    try:
        with transaction.atomic():
            _record(visit, "move", by, note)
    except IntegrityError as error:
        raise VisitOverlaps(visit.advisor) from error
    _tell_both(visit, by, _("走访改到 %(when)s：%(advisor)s → %(enterprise)s，请确认。"))
    return visit


@transaction.atomic
def pass_visit_on(visit: Visit, *, to: Advisor, by: User) -> Visit:
    """From an advisor who leaves to a colleague, at the same time. Raises VisitOverlaps when that one is not free."""
    lock_advisor(to)
    visit = _locked(visit)
    _refuse_overlap(to, visit.starts_at, visit.ends_at, but=visit.pk)
    before, visit.advisor = visit.advisor, to
    visit.sequence += 1
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        raise VisitOverlaps(to) from error
    VisitEvent.objects.create(
        visit=visit, step="pass_on", label=_("更换顾问"), by=by, note=f"{before.name} → {to.name}"
    )
    _tell_both(visit, by, _("%(when)s 的走访换由%(advisor)s进行：%(enterprise)s。"))
    return visit


@transaction.atomic
def cancel_visit(visit: Visit, *, by: User, reason: str) -> Visit:
    """Raises TransitionRefused."""
    visit = _locked(visit)
    visit_states.apply(visit, "cancel", queries.visit_actors(by, visit))
    _record(visit, "cancel", by, reason)
    _tell_both(visit, by, _("%(when)s 的走访已取消：%(advisor)s → %(enterprise)s。"))
    return visit


@transaction.atomic
def mark_no_show(visit: Visit, *, by: User) -> Visit:
    """Raises TransitionRefused."""
    visit = _locked(visit)
    visit_states.apply(visit, "no_show", queries.visit_actors(by, visit))
    _record(visit, "no_show", by)
    _tell_enterprise(visit, by, _("%(advisor)s 在 %(when)s 没有见到您，请另约时间。"))
    return visit


@transaction.atomic
def log_visit(
    visit: Visit,
    *,
    by: User,
    notes: str,
    client_key: UUID,
    attendees: str = "",
    products: Iterable[Product] = (),
    next_step: str = "",
    next_step_on: date | None = None,
    requests: Sequence[Mapping[str, Any]] = (),
) -> VisitLog:
    """What was said, and the visit is done. `requests`: [{category, text}], each becomes a request of the enterprise.

    The same `client_key` again gives the same log and raises nothing twice. Raises TransitionRefused.
    """
    visit = _locked(visit)
    if found := VisitLog.objects.filter(client_key=client_key, visit=visit).first():
        return found
    visit_states.apply(visit, "log", queries.visit_actors(by, visit))
    _record(visit, "log", by)
    log = _write(
        visit, by, client_key, notes, attendees, products, next_step, next_step_on, requests, is_amendment=False
    )
    _tell_enterprise(visit, by, _("%(advisor)s 已记录 %(when)s 的走访，请您评价。"))
    return log


@transaction.atomic
def amend_log(
    visit: Visit,
    *,
    by: User,
    notes: str,
    client_key: UUID,
    attendees: str = "",
    products: Iterable[Product] = (),
    next_step: str = "",
    next_step_on: date | None = None,
    requests: Sequence[Mapping[str, Any]] = (),
) -> VisitLog:
    """A further log of a visit that is done; what stands is not touched. Raises PermissionDenied, AdvisorsError."""
    visit = _locked(visit)
    if found := VisitLog.objects.filter(client_key=client_key, visit=visit).first():
        return found
    if not queries.visit_actors(by, visit) & {"advisor", "lead"}:
        raise PermissionDenied
    if visit.state != VisitState.DONE:
        raise AdvisorsError(_("还没有走访记录，不能补记。"))
    log = _write(
        visit, by, client_key, notes, attendees, products, next_step, next_step_on, requests, is_amendment=True
    )
    VisitEvent.objects.create(visit=visit, step="amend", label=_("补记"), by=by)
    return log


def _write(
    visit, by, client_key, notes, attendees, products, next_step, next_step_on, requests, *, is_amendment
) -> VisitLog:
    """The log, what was talked about, and a request of the enterprise for each of `requests`."""
    log = VisitLog.objects.create(
        visit=visit,
        author=by,
        notes=notes,
        attendees=attendees,
        next_step=next_step,
        next_step_on=next_step_on,
        is_amendment=is_amendment,
        client_key=client_key,
    )
    discussed = {product.pk: product for product in products}
    VisitProduct.objects.bulk_create([VisitProduct(log=log, product=product) for product in discussed.values()])
    if discussed:
        audit.record("changed", log, changes={"products": [[], list(discussed)]})
    for number, request in enumerate(requests):
        raise_request(
            by=by, enterprise=visit.enterprise, visit=visit, client_key=uuid5(client_key, str(number)), **request
        )
    return log


def _words(visit: Visit, text: str) -> str:
    return text % {"advisor": visit.advisor, "enterprise": visit.enterprise, "when": clock(visit.starts_at)}


def _tell_enterprise(visit: Visit, by: User, text: str) -> None:
    for person in queries.people_of(visit.enterprise).exclude(pk=by.pk):
        notify(person, _words(visit, text), visit.me_url)


def _tell_advisor(visit: Visit, by: User, text: str) -> None:
    if visit.advisor.user is not None and visit.advisor.user_id != by.pk:
        notify(visit.advisor.user, _words(visit, text), visit.get_absolute_url())


def _tell_both(visit: Visit, by: User, text: str) -> None:
    _tell_enterprise(visit, by, text)
    _tell_advisor(visit, by, text)
