"""The register of policies. `content` enters what its pages publish; `catalogue` names the policies that products rest on.

Neither knows the other, so the row both refer to lives here (docs/decisions). `policy_lapsed` is sent, once each time, when
a policy is taken down, published with a last day that has passed, or passes its last day (`sweep`, every hour).
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

from .models import Policy

policy_lapsed = Signal()  # policy: Policy; inside the transaction of the change


@transaction.atomic
def enter(page_key: int, **facts: Any) -> Policy:
    """What a page has published: title, url, number, issuer, region, issued_on, valid_from, valid_to."""
    policy, _made = Policy.objects.update_or_create(page_key=page_key, defaults=facts | {"is_published": True})
    _tell(policy)
    return policy


@transaction.atomic
def withdraw(page_key: int) -> None:
    """Its page is no longer public. Nothing happens to a page that never was."""
    policy = Policy.objects.select_for_update().filter(page_key=page_key).first()
    if policy is not None and policy.is_published:
        policy.is_published = False
        policy.save(update_fields=["is_published"])
        _tell(policy)


@transaction.atomic
def sweep() -> int:
    """Tells of policies whose last day has passed since; how many. Again and again: each lapse is told once."""
    found = list(Policy.objects.select_for_update().lapsed().filter(lapse_told=False))
    for policy in found:
        _tell(policy)
    return len(found)


def _tell(policy: Policy) -> None:
    if policy.is_lapsed == policy.lapse_told:
        return
    policy.lapse_told = policy.is_lapsed
    policy.save(update_fields=["lapse_told"])
    if policy.is_lapsed:
        policy_lapsed.send(Policy, policy=policy)
