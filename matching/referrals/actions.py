"""Every change to a referral: one transaction each, the row locked, the step written to its history."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.models import Consent, Enterprise, Institution, User
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from accounts.wording import money
from accounts.workdays import workdays_between
from catalogue.models import Product
from catalogue.queries import products_visible_to

from ..models import DeclineReason, FailureReason, Need, Rating, Referral, ReferralEvent
from .promises import set_clock
from .states import ENTERPRISE, MACHINE, MANAGER

Kind = ReferralEvent.Kind


class ReferralRefused(Exception):
    """A referral cannot be started, moved or rated as asked. The text is for people."""


@transaction.atomic
def start(
    *,
    need: Need,
    product_ids: Iterable[int],
    consented: Iterable[int],
    by: User,
    client_key: uuid.UUID,
    matches: dict[int, dict[str, Any]] | None = None,
) -> list[Referral]:
    """Starts a referral for each product whose institution (by id) is in `consented`, giving each its own consent.

    The same `client_key` twice gives the same referrals. A product that already has an open referral of this need is
    left as it is. `matches` are the reasons shown, by product id. Raises ReferralRefused.
    """
    # The enterprise before its need, as an erasure takes them: each would wait for the other's else.
    Enterprise.objects.select_for_update().get(pk=need.enterprise_id)
    need = Need.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=need.pk)
    posted = list(Referral.objects.filter(client_key=client_key, need=need).order_by("pk"))
    if posted:
        return posted
    if not need.is_open:
        raise ReferralRefused(_("这个需求已经结束，请重新提交一个。"))
    wanted, consented = list(dict.fromkeys(product_ids)), set(consented)
    products = {each.pk: each for each in products_visible_to(by).filter(pk__in=wanted)}
    if missing := [pk for pk in wanted if pk not in products]:
        raise ReferralRefused(_("选定的产品中有 %(n)s 个已下架，请返回重新选择。") % {"n": len(missing)})
    chosen = [products[pk] for pk in wanted if products[pk].institution_id in consented]
    if not chosen:
        raise ReferralRefused(_("请至少勾选一家您同意授权的机构；没有勾选的机构不会收到您的资料。"))
    running = set(
        need.referrals.filter(product__in=chosen, state__in=Referral.OPEN_STATES).values_list("product_id", flat=True)
    )
    started = []
    for product in chosen:
        if product.pk not in running:
            started.append(_start_one(need, product, by, client_key, (matches or {}).get(product.pk, {})))
    if not started:
        raise ReferralRefused(_("选定的产品都已在对接中，无需再次申请。"))
    return started


def _start_one(need: Need, product: Product, by: User, client_key: uuid.UUID, match: dict[str, Any]) -> Referral:
    consent = accounts.give_consent(enterprise=need.enterprise, institution=product.institution, by=by)
    referral = Referral(
        need=need,
        product=product,
        institution=product.institution,
        consent=consent,
        match=match,
        submitted_at=timezone.now(),
        client_key=client_key,
    )
    set_clock(referral)
    referral.save()
    _write(referral, Kind.SUBMITTED, by, need.enterprise.name, referral.submitted_at)
    text = _("一家企业申请对接“%(product)s”，请在 %(due)s 前受理。") % {
        "product": product.name,
        "due": f"{timezone.localtime(referral.due_at):%m-%d %H:%M}",
    }
    for person in managers_of(product.institution):
        accounts.notify(person, text, referral.get_desk_url())
    return referral


def managers_of(institution: Institution) -> list[User]:
    """The institution's 客户经理; the supervisors where it has none, so that nothing waits unseen."""
    found = list(
        User.objects.filter(
            is_active=True, role_assignments__role=Role.RELATIONSHIP_MANAGER, role_assignments__institution=institution
        )
    )
    return found or list(User.objects.filter(is_active=True, role_assignments__role=Role.SUPERVISOR))


@transaction.atomic
def accept(referral: Referral, *, by: User, note: str = "") -> Referral:
    """Takes it up; `by` becomes its 客户经理. Of two at once the second is told that it is taken."""
    referral, now = _move(referral, "accept", MANAGER)
    referral.manager, referral.accepted_at = by, now
    _finish(referral, Kind.ACCEPT, by, now, note)
    _tell_enterprise(referral, _("%(institution)s 已受理您的申请，客户经理：%(manager)s。") % _names(referral))
    return referral


@transaction.atomic
def hand_over(referral: Referral, *, to: User | None, by: User) -> Referral:
    """To a colleague, or (None) back to all of them; the clock runs on. Told to the colleague and the enterprise.

    One that was closed a moment ago stays with who closed it.
    """
    referral = _locked(referral)
    if not referral.is_open:
        return referral
    before, referral.manager = referral.manager, to
    note = _("%(before)s → %(after)s") % {"before": before or "—", "after": to or _("待接手")}
    _write(referral, Kind.HAND_OVER, by, str(referral.institution), timezone.now(), note)
    referral.save()
    _tell_managers(referral, _("“%(product)s”对接单转给您办理，请看时限。"))
    if to is not None:
        _tell_enterprise(referral, _("%(institution)s 的“%(product)s”换由客户经理%(manager)s办理。") % _names(referral))
    return referral


@transaction.atomic
def decline(referral: Referral, *, by: User, reason: str, note: str = "") -> Referral:
    """Refuses with a coded reason; a text is required with 其他."""
    reason = DeclineReason(reason)
    _check_words(reason, note)
    referral, now = _move(referral, "decline", MANAGER)
    referral.decline_reason, referral.closed_at = reason, now
    _finish(referral, Kind.DECLINE, by, now, _joined(reason.label, note))
    _tell_enterprise(
        referral,
        _("%(institution)s 暂不能办理“%(product)s”：%(reason)s。可以另选产品。")
        % (_names(referral) | {"reason": reason.label}),
    )
    return referral


@transaction.atomic
def record_contact(referral: Referral, *, by: User, note: str) -> Referral:
    """The enterprise was spoken to. The first time starts the clock of the outcome; later ones only add to the history."""
    first = referral.contacted_at is None
    referral, now = _move(referral, "contact", MANAGER)
    first = referral.contacted_at is None
    if first:
        referral.contacted_at = now
    _finish(referral, Kind.CONTACT, by, now, note, timed=first)
    _tell_enterprise(referral, _("%(institution)s 记录了与您的联系，请查看进度。") % _names(referral))
    return referral


@transaction.atomic
def record_grant(
    referral: Referral, *, by: User, amount: Decimal, rate: Decimal | None, on: date, note: str = ""
) -> Referral:
    """It came about: 元, % a year (None where a rate has no sense), and the day."""
    if on > timezone.localdate():
        raise ReferralRefused(_("放款日期不能晚于今天。"))
    referral, now = _move(referral, "grant", MANAGER)
    referral.granted_amount, referral.granted_rate, referral.granted_on = amount, rate, on
    referral.closed_at = now
    _finish(referral, Kind.GRANT, by, now, _joined(money(amount), note))
    _tell_enterprise(referral, _("%(institution)s 登记“%(product)s”已办成，请核对并评价。") % _names(referral))
    return referral


@transaction.atomic
def record_failure(referral: Referral, *, by: User, reason: str, note: str = "") -> Referral:
    """It came to nothing, for a coded reason."""
    reason = FailureReason(reason)
    _check_words(reason, note)
    referral, now = _move(referral, "fail", MANAGER)
    referral.failure_reason, referral.closed_at = reason, now
    _finish(referral, Kind.FAIL, by, now, _joined(reason.label, note))
    _tell_enterprise(referral, _("%(institution)s 登记“%(product)s”未办成，请查看原因。") % _names(referral))
    return referral


@transaction.atomic
def withdraw(referral: Referral, *, by: User, note: str = "", with_consent: bool = False) -> Referral:
    """The enterprise no longer wants it; `with_consent` also withdraws the consent for this institution."""
    referral, now = _move(referral, "withdraw", ENTERPRISE)
    referral.closed_at = now
    _finish(referral, Kind.WITHDRAW, by, now, note, party=referral.need.enterprise.name, timed=False)
    _tell_managers(referral, _("一家企业撤回了对“%(product)s”的申请。"))
    if with_consent:
        open_consents = Consent.objects.filter(
            enterprise_id=referral.need.enterprise_id,
            institution_id=referral.institution_id,
            purpose=Consent.Purpose.REFERRAL,
            withdrawn_at__isnull=True,
        )
        for consent in open_consents:
            accounts.withdraw_consent(consent)
    return referral


@transaction.atomic
def rate(referral: Referral, *, by: User, level: int, reasons: Iterable[str] = (), text: str = "") -> Rating:
    """The enterprise's judgement, once; posting again returns the first."""
    referral = _locked(referral)
    if not referral.is_judged:
        raise ReferralRefused(_("机构答复之后才能评价。"))
    found, made = Rating.objects.get_or_create(
        referral=referral, defaults={"level": level, "reasons": list(reasons), "text": text, "by": by}
    )
    if made:
        note = _joined(found.get_level_display(), "、".join(found.reason_names), text)
        _write(referral, Kind.RATED, by, referral.need.enterprise.name, timezone.now(), note)
        _tell_managers(referral, _("企业评价了“%(product)s”的对接。"))
    return found


def note_consent(consent: Consent, *, given: bool) -> None:
    """Writes a consent's withdrawal, or its being given again, into the open referrals it concerns, and tells the manager."""
    kind = Kind.CONSENT_GIVEN if given else Kind.CONSENT_WITHDRAWN
    concerned = Referral.objects.filter(
        need__enterprise_id=consent.enterprise_id,
        institution_id=consent.institution_id,
        state__in=Referral.OPEN_STATES,
    ).select_related("need__enterprise", "product", "institution", "manager")
    for referral in concerned:
        _write(referral, kind, None, consent.enterprise.name, timezone.now())
        if given:
            _tell_managers(referral, _("一家企业已重新授权，可以继续办理“%(product)s”。"))
        else:
            _tell_managers(referral, _("一家企业撤回了对本机构的授权，“%(product)s”对接单的资料已隐藏。"))


def _locked(referral: Referral) -> Referral:
    locked = Referral.objects.select_for_update().get(pk=referral.pk)
    return Referral.objects.select_related("need__enterprise", "need__author", "product", "institution", "manager").get(
        pk=locked.pk
    )


def _move(referral: Referral, name: str, actor: str) -> tuple[Referral, datetime]:
    """The locked row in its new state (unsaved), and the moment of the step. Raises ReferralRefused."""
    referral = _locked(referral)
    try:
        MACHINE.apply(referral, name, [actor])
    except TransitionRefused as error:
        raise ReferralRefused(str(error)) from None
    return referral, timezone.now()


def _finish(
    referral: Referral, kind: str, by: User, now: datetime, note: str = "", *, party: str = "", timed: bool = True
) -> None:
    """Writes the step with what was promised for it, then sets the next clock and saves."""
    due_at = referral.due_at if timed else None
    since = referral.contacted_at if kind != Kind.CONTACT else None
    begun = since or (referral.accepted_at if kind != Kind.ACCEPT else None) or referral.submitted_at
    _write(referral, kind, by, party or str(referral.institution), now, note, due_at, begun if timed else None)
    set_clock(referral)
    referral.save()


def _write(
    referral: Referral,
    kind: str,
    by: User | None,
    party: str,
    at: datetime,
    note: str = "",
    due_at: datetime | None = None,
    begun: datetime | None = None,
) -> None:
    ReferralEvent.objects.create(
        referral=referral,
        kind=kind,
        actor=by,
        party=party,
        at=at,
        note=note[:500],
        due_at=due_at,
        workdays=None if begun is None else workdays_between(begun, at),
    )


def _names(referral: Referral) -> dict[str, str]:
    return {
        "institution": str(referral.institution),
        "product": referral.product.name,
        "manager": str(referral.manager or ""),
    }


def _tell_enterprise(referral: Referral, text: str) -> None:
    for member in referral.need.enterprise.members.filter(is_active=True).select_related("user"):
        accounts.notify(member.user, text, referral.get_absolute_url())


def _tell_managers(referral: Referral, text: str) -> None:
    # Names no enterprise: a notice stays readable after the consent is withdrawn.
    people = [referral.manager] if referral.manager else managers_of(referral.institution)
    for person in people:
        accounts.notify(person, text % _names(referral), referral.get_desk_url())


def _check_words(reason: DeclineReason | FailureReason, note: str) -> None:
    """其他 says nothing without a text. Raises ReferralRefused."""
    if reason in {DeclineReason.OTHER, FailureReason.OTHER} and not note.strip():
        raise ReferralRefused(_("选择“其他”时，请写明原因，企业会看到。"))


def _joined(*parts: Any) -> str:
    return "；".join(str(part).strip() for part in parts if str(part).strip())
