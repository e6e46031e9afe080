"""Every change to a need: one transaction each."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.models import Enterprise, User
from accounts.privacy import erasure
from accounts.roles import Role

from ..corrections import actions as corrections
from ..gazetteer import unheard
from ..matcher import Matches, match, need_facts
from ..models import MatchRun, Need
from .reading import marks_that_hold, need_of, read


class NeedClosed(Exception):
    """The need is over; the text says what to do."""


class NeedTaken(Exception):
    """Another advisor was faster."""


@transaction.atomic
def submit(*, enterprise: Enterprise, by: User, client_key: uuid.UUID, **fields: Any) -> Need:
    """A new need with what is found for it now. The same `client_key` from the same enterprise again gives the same need.
    Raises accounts.privacy.erasure.Erased."""
    try:
        with transaction.atomic():
            erasure.hold(enterprise)
            need = Need.objects.create(enterprise=enterprise, author=by, client_key=client_key, **fields)
    except IntegrityError:
        found = Need.objects.filter(client_key=client_key, enterprise=enterprise).first()
        if found is None:
            raise
        return found
    keep_run(need, match(by, need_facts(need, enterprise)), MatchRun.Occasion.SUBMITTED)
    _learn(need)
    unheard.note(need.text, enterprise.region)
    return need


@transaction.atomic
def correct(need: Need, *, by: User, **fields: Any) -> Need:
    """Other facts, while it is open; what is found now is kept beside what was found before."""
    need = _open(need)
    need.marks = marks_that_hold(need, fields)
    for name, value in fields.items():
        setattr(need, name, value)
    need.save()
    keep_run(need, match(by, need_facts(need, need.enterprise)), MatchRun.Occasion.CORRECTED)
    _learn(need)
    return need


@transaction.atomic
def close(need: Need) -> Need:
    """Nothing more is sought. Referrals that run go on; closing twice keeps the first time."""
    need = Need.objects.select_for_update().get(pk=need.pk)
    if need.is_open:
        need.status, need.closed_at = Need.Status.CLOSED, timezone.now()
        need.save(update_fields=["status", "closed_at", "updated_at"])
    return need


@transaction.atomic
def tell_of_new(need: Need, *, yes: bool) -> Need:
    """Whether its author is told of new products that fit, while it is open."""
    need = _open(need)
    if need.tells_new != yes:
        need.tells_new = yes
        need.save(update_fields=["tells_new", "updated_at"])
    return need


@transaction.atomic
def ask_advisor(need: Need) -> Need:
    """都不合适？请顾问联系我. Asking twice keeps the first time."""
    need = _open(need)
    if need.wants_advisor_at is None:
        need.wants_advisor_at = timezone.now()
        need.save(update_fields=["wants_advisor_at", "updated_at"])
        leads = User.objects.filter(is_active=True, role_assignments__role=Role.TEAM_LEAD).distinct()
        for person in leads:
            text = _("%(name)s 请顾问联系：%(need)s") % {"name": need.enterprise.name, "need": need.summary}
            accounts.notify(person, text, need.get_absolute_url())
    return need


@transaction.atomic
def take_by_advisor(need: Need, *, by: User) -> Need:
    """An advisor takes the hand-over; the enterprise is told whom to expect. Raises NeedTaken for the second."""
    need = Need.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=need.pk)
    if need.advisor_taken_by_id not in (None, by.pk):
        raise NeedTaken(_("已由 %(name)s 接手。") % {"name": need.advisor_taken_by})
    if need.advisor_taken_at is None:
        need.advisor_taken_at, need.advisor_taken_by = timezone.now(), by
        need.save(update_fields=["advisor_taken_at", "advisor_taken_by", "updated_at"])
        accounts.notify(need.author, _("金融顾问 %(name)s 会联系您。") % {"name": by}, need.get_absolute_url())
    return need


@transaction.atomic
def pass_on(need: Need, *, to: User | None) -> Need:
    """From the advisor who took it to another, or (None) back to those who wait to be called."""
    need = Need.objects.select_for_update(of=("self",)).select_related("enterprise", "author").get(pk=need.pk)
    need.advisor_taken_by = to
    need.advisor_taken_at = need.advisor_taken_at if to is not None else None
    need.save(update_fields=["advisor_taken_by", "advisor_taken_at", "updated_at"])
    if to is not None:
        accounts.notify(to, _("一家企业的求助转给您：%s") % need.summary, need.get_absolute_url())
        accounts.notify(need.author, _("金融顾问换成 %(name)s，会联系您。") % {"name": to}, need.get_absolute_url())
    return need


def keep_run(need: Need, matches: Matches, occasion: str) -> MatchRun:
    """Keeps what was shown."""
    results, nearly = matches.kept()
    return MatchRun.objects.create(
        need=need, occasion=occasion, weights_version=matches.weights_version, results=results, nearly=nearly
    )


def _learn(need: Need) -> None:
    """What its people changed of what was read is kept for review."""
    if need.text:
        on = timezone.localtime(need.created_at).date()
        corrections.note(need, need_of(read(need.text, on), on))


def _open(need: Need) -> Need:
    need = Need.objects.select_for_update().get(pk=need.pk)
    if not need.is_open:
        raise NeedClosed(_("这个需求已经结束，请重新提交一个。"))
    return need
