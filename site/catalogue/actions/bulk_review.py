"""A decision on hundreds of changes: said once, carried out by the queue some at a time, told when all are done.

Which items are decided next stands in the locked row and moves on in the transaction that decides them, so that a task
may run twice, late or after a crash: nothing is decided twice and nothing is left out."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import notify
from accounts.models import User

from .. import review_notices
from ..models import BulkDecision, Product
from .review import ReviewRefused, approve_many, send_back

log = logging.getLogger(__name__)
CHUNK = 20
AT_MOST = 2000
SILENT = timedelta(minutes=3)  # after that a decision is thought left over by a crash
MOST_ATTEMPTS = 3


@transaction.atomic
def decide_all(*, by: User, do: str, items: Mapping[int, int], client_key: UUID, comment: str = "") -> BulkDecision:
    """`items`: product → revision that was read. The same `client_key` twice is one decision.

    Raises ReviewRefused where a reason is missing or there is nothing to decide."""
    User.objects.select_for_update().get(pk=by.pk)
    known = BulkDecision.objects.filter(client_key=client_key, by=by).first()
    if known is not None:
        return known
    comment = comment.strip()[:500]
    if do == BulkDecision.Do.SEND_BACK and not comment:
        raise ReviewRefused(_("请写明退回的原因，编辑才知道改什么。"))
    if not items:
        raise ReviewRefused(_("没有等您审核的产品。"))
    if len(items) > AT_MOST:
        raise ReviewRefused(_("一次最多处理 %d 个产品，请先按机构筛选。") % AT_MOST)
    decision = BulkDecision.objects.create(
        by=by, do=BulkDecision.Do(do), comment=comment, client_key=client_key, total=len(items),
        items=[list(each) for each in sorted(items.items())],
    )  # fmt: skip
    _enqueue(decision.pk)
    return decision


def go_on_deciding(pk: int) -> None:
    """The next items; the rest is left to the next task."""
    running = BulkDecision.objects.filter(pk=pk, finished_at__isnull=True)
    if not running.update(attempts=F("attempts") + 1, touched_at=timezone.now()):
        return
    with transaction.atomic():
        decision = BulkDecision.objects.select_for_update().get(pk=pk)
        if decision.finished_at is not None:
            return
        user = User.objects.get(pk=decision.by_id)
        with audit.acting(user, note=f"bulk decision {pk}"), review_notices.counted(decision.told):
            for product, revision in decision.items[decision.done : decision.done + CHUNK]:
                _decide(decision, user, product, revision)
                decision.done += 1
        decision.attempts, decision.touched_at = 0, timezone.now()
        if decision.done >= decision.total:
            _finish(decision)
        else:
            _enqueue(pk)
        names = ("done", "refused", "told", "attempts", "touched_at", "finished_at")
        BulkDecision.objects.filter(pk=pk).update(**{name: getattr(decision, name) for name in names})


def _decide(decision: BulkDecision, user: User, key: int, revision: int) -> None:
    product = Product.objects.filter(pk=key).first()
    if product is None:
        decision.refused.append(["", _("已被删除")])
        return
    if not user.is_active:
        decision.refused.append([product.name, _("您的账号已停用。")])
        return
    if decision.attempts > MOST_ATTEMPTS:  # one of these items kills what decides it
        decision.refused.append([product.name, _("几次都没有成功，请单独审核。")])
        return
    read = {key: revision}
    try:
        with transaction.atomic():
            if decision.do == BulkDecision.Do.APPROVE:
                found = approve_many([product], user, decision.comment, read)
            else:
                found = send_back([product], user, decision.comment, read)
    except Exception:  # said to the reviewer and in the log; the others go on
        log.exception("bulk decision %s: product %s", decision.pk, key)
        decision.refused.append([product.name, _("没有成功，请单独审核。")])
    else:
        decision.refused += [[each.name, reason] for each, reason in found.refused]


def _finish(decision: BulkDecision) -> None:
    decision.finished_at = timezone.now()
    review_notices.send_counted(decision.told)
    words = _("通过了 %d 个产品") if decision.do == BulkDecision.Do.APPROVE else _("退回了 %d 个产品")
    text = words % decision.decided
    if decision.refused:
        text = _("%(done)s，%(n)d 个没有处理") % {"done": text, "n": len(decision.refused)}
    notify(decision.by, text, f"/desk/products/review/runs/{decision.pk}/")


def take_up_decisions() -> int:
    """By the clock: decisions that a crash left over; how many."""
    left = BulkDecision.objects.filter(finished_at__isnull=True, touched_at__lt=timezone.now() - SILENT)
    keys = list(left.values_list("pk", flat=True))
    for pk in keys:
        _enqueue(pk)
    return len(keys)


def _enqueue(pk: int) -> None:
    from ..tasks import go_on_deciding as task

    task.enqueue(pk)
