"""What of matching a person of the staff holds: open referrals of a 客户经理, needs that an advisor took up."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institution, User
from accounts.people import handover
from accounts.roles import Role

from .models import Need, Referral
from .needs.actions import pass_on
from .referrals import actions


def register() -> None:
    """Called once, by `AppConfig.ready`."""
    handover.register(
        handover.Holding(
            key="referrals",
            label=gettext_lazy("没办完的对接单"),
            roles=frozenset({Role.RELATIONSHIP_MANAGER}),
            rows=_referrals,
            move=_move_referrals,
            nobody=gettext_lazy("放回本机构，由其他客户经理接手"),
            open=handover.Open(_open_referrals, "manager", "institution"),
        )
    )
    handover.register(
        handover.Holding(
            key="needs",
            label=gettext_lazy("接手的企业求助"),
            roles=frozenset({Role.ADVISOR}),
            rows=_needs,
            move=_move_needs,
            nobody=gettext_lazy("放回待接手"),
            open=handover.Open(_open_needs, "advisor_taken_by"),
            describe=lambda need: _("%s 提出的需求") % f"{need.created_at:%Y-%m-%d}",  # type: ignore[attr-defined]
        )
    )


def _open_referrals(**conditions) -> QuerySet[Referral]:
    return Referral.objects.filter(state__in=Referral.OPEN_STATES, **conditions)


def _referrals(user: User, place: Institution | None) -> QuerySet[Referral]:
    return _open_referrals(manager=user, institution=place).select_related("product").order_by("due_at", "pk")


def _move_referrals(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    for referral in _referrals(user, place):
        actions.hand_over(referral, to=to, by=by)
    return []


def _open_needs(**conditions) -> QuerySet[Need]:
    return Need.objects.filter(status=Need.Status.OPEN, **conditions)


def _needs(user: User, place: Institution | None) -> QuerySet[Need]:
    return _open_needs(advisor_taken_by=user).order_by("pk")


def _move_needs(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    for need in _needs(user, place):
        pass_on(need, to=to)
    return []
