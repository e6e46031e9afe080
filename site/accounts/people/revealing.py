"""The claimant's whole number, for a reviewer who has to call: with a reason, recorded."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Claim, User
from ..privacy import Masked, Reveal, register_reveal
from ..wording import masked_phone
from . import queries


def _find(user: User, pk: int) -> Claim | None:
    return queries.claims_visible_to(user).filter(pk=pk).first() if user.roles & set(queries.REVIEWERS) else None


def _values(claim: Claim) -> list[Masked]:
    phone = (claim.claimant.phone or "").removeprefix("+86")
    return [Masked(gettext_lazy("手机号"), masked_phone(phone) if phone else "—", phone or "—")]


def register() -> None:
    register_reveal(
        Reveal(
            kind="claim",
            find=_find,
            values=_values,
            title=lambda claim: _("%s 的认领申请人") % claim.enterprise,
            back=lambda claim: claim.desk_url,
            fields=("手机号",),
        )
    )
