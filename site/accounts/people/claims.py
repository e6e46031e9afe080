"""An enterprise claimed by proof, and reviewed by staff.

Approved, the claimant becomes owner and the owners before become 经办人: nobody is thrown out on the strength of a
picture, nobody but the person who proved it decides from now on who stays, and everyone is told at once, so that a wrong
claim is noticed the same day and can be answered with a claim of their own.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Claim, ClaimEvent, EnterpriseMember, User
from ..queries import enterprise_by_uscc
from . import members, queries, states
from .errors import AlreadyMember, NoSuchEnterprise, PeopleError
from .messages import tell

Kind = EnterpriseMember.Kind


def _write(claim: Claim, step: str, by: User, note: str = "", label: str = "") -> None:
    ClaimEvent.objects.create(
        claim=claim, step=step, label=label or str(states.claims[step].label), by=by, note=note[:500]
    )


@transaction.atomic
def submit(
    *, by: User, uscc: str, statement: str, licence: File, letter: File | None = None, client_key: UUID
) -> Claim:
    """Raises NoSuchEnterprise, AlreadyMember (an owner has nothing to claim), ActsForAnother. One open claim each."""
    known = enterprise_by_uscc(uscc)
    if known is None:
        raise NoSuchEnterprise(_("这家企业还没有登记，您可以直接登记。"))
    enterprise = members.locked(known.pk)
    if found := Claim.objects.filter(client_key=client_key, claimant=by).first():
        return found
    if enterprise.members.filter(user=by, is_active=True, kind=Kind.OWNER).exists():
        raise AlreadyMember(_("您已经是这家企业的负责人，不用认领。"))
    members.refuse_second(by, enterprise)
    if waiting := enterprise.claims.filter(claimant=by, state__in=Claim.OPEN_STATES).first():
        return waiting
    claim = Claim.objects.create(
        enterprise=enterprise,
        claimant=by,
        statement=statement,
        licence=licence,
        letter=letter or "",
        client_key=client_key,
    )
    _write(claim, "submit", by, statement, _("提交认领"))
    text = _("有企业认领等您审核：%s") % enterprise.name
    tell(reviewers(), text, claim.desk_url, by=by, by_sms=False)
    return claim


def reviewers():
    return User.objects.filter(is_active=True, role_assignments__role__in=queries.REVIEWERS).distinct()


def actors(user: User, claim: Claim) -> set[str]:
    """Nobody reviews what concerns themselves: neither as claimant nor as one of the enterprise's people."""
    if claim.claimant_id == user.pk:
        return {states.CLAIMANT}
    concerned = any(each.enterprise_id == claim.enterprise_id for each in user.memberships)
    return {states.REVIEWER} if user.roles & set(queries.REVIEWERS) and not concerned else set()


def _locked(pk: int) -> Claim:
    """As it stands; whoever decides about the same one waits."""
    Claim.objects.select_for_update().get(pk=pk)
    return Claim.objects.select_related("enterprise", "claimant").get(pk=pk)


def _moved(claim: Claim, name: str, by: User, note: str = "") -> Claim:
    """The locked row in its new state, unsaved, with its line in the history."""
    if not actors(by, claim):
        raise PermissionDenied
    claim = _locked(claim.pk)
    states.claims.apply(claim, name, actors(by, claim))
    _write(claim, name, by, note)
    return claim


@transaction.atomic
def approve(claim: Claim, *, by: User, note: str = "") -> Claim:
    """Raises TransitionRefused, ActsForAnother."""
    enterprise = members.locked(claim.enterprise_id)
    claim = _moved(claim, "approve", by, note)
    before = list(enterprise.members.filter(is_active=True, kind=Kind.OWNER).select_related("user"))
    for membership in before:
        if membership.user_id != claim.claimant_id:
            membership.kind = Kind.MEMBER
            membership.save(update_fields=["kind"])
    members.admit(enterprise, claim.claimant, Kind.OWNER)
    claim.enterprise = enterprise
    claim.save()
    for request in enterprise.join_requests.filter(user=claim.claimant, state="waiting"):
        states.join_requests.apply(request, "withdraw", [states.APPLICANT])
        request.save()
    tell([claim.claimant], _("“%s”的认领已通过，您现在是负责人。") % enterprise.name, "/me/")
    text = _("“%(enterprise)s”的认领已通过：%(name)s 现在是负责人，您改为经办人。有异议请联系主管部门。") % {
        "enterprise": enterprise.name,
        "name": claim.claimant,
    }
    tell([each.user for each in before], text, reverse("accounts:members"), by=claim.claimant)
    return claim


@transaction.atomic
def refuse(claim: Claim, *, by: User, note: str) -> Claim:
    """Raises TransitionRefused, PeopleError (no reason)."""
    _needs_words(note, _("请写明不通过的原因，申请人会看到。"))
    claim = _moved(claim, "refuse", by, note)
    claim.save()
    text = _("“%(enterprise)s”的认领没有通过：%(note)s") % {"enterprise": claim.enterprise.name, "note": note}
    tell([claim.claimant], text, claim.get_absolute_url())
    return claim


@transaction.atomic
def ask(claim: Claim, *, by: User, note: str) -> Claim:
    """Raises TransitionRefused, PeopleError (nothing said)."""
    _needs_words(note, _("请写明需要补充什么，申请人会看到。"))
    claim = _moved(claim, "ask", by, note)
    claim.save()
    text = _("“%(enterprise)s”的认领请补充材料：%(note)s") % {"enterprise": claim.enterprise.name, "note": note}
    tell([claim.claimant], text, claim.get_absolute_url())
    return claim


@transaction.atomic
def supply(claim: Claim, *, by: User, note: str, licence: File | None = None, letter: File | None = None) -> Claim:
    """Raises TransitionRefused. What is not given anew stays."""
    claim = _moved(claim, "supply", by, note)
    claim.licence = licence or claim.licence
    claim.letter = letter or claim.letter
    claim.save()
    tell(reviewers(), _("企业认领补充了材料：%s") % claim.enterprise.name, claim.desk_url, by=by, by_sms=False)
    return claim


@transaction.atomic
def withdraw(claim: Claim, *, by: User) -> Claim:
    """Raises TransitionRefused."""
    claim = _moved(claim, "withdraw", by)
    claim.save()
    return claim


def _needs_words(note: str, text: str) -> None:
    if not note.strip():
        raise PeopleError(text)
