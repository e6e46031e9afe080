"""A draft on its way through the two posts. Who may decide in a post is `models.review.ReviewPost.objection`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from accounts.models import User

from .. import review_notices
from ..models import InstitutionReview, Product


class ReviewRefused(Exception):
    """Its text says why, for the person who tried."""


@dataclass
class Decisions:
    """What became of many: those decided on, and the others each with the reason."""

    done: list[Product] = field(default_factory=list)
    refused: list[tuple[Product, str]] = field(default_factory=list)


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update().get(pk=product.pk)


@transaction.atomic
def submit(product: Product, by: User) -> WorkflowState:
    """Starts the review of the latest draft, from the first post. The same draft twice is one review; a newer draft takes
    the place of the one under review, and one that was sent back begins anew.

    Raises ReviewRefused without anything to review, ValidationError where the draft lacks what publishing needs."""
    found = _locked(product)
    workflow = found.get_workflow()
    if workflow is None:
        raise ReviewRefused(_("没有设置产品的审核流程，请联系系统管理员。"))
    if found.latest_revision is None or found.latest_revision_id == found.live_revision_id:
        raise ReviewRefused(_("没有需要审核的修改。"))
    found.latest_revision.as_object().full_clean()
    running = found.current_workflow_state
    if running is not None:
        state = running.current_task_state
        if state.status == TaskState.STATUS_IN_PROGRESS and state.revision_id == found.latest_revision_id:
            return running
        running.cancel(user=by)
    return workflow.start(found, by)


def submit_many(products: Iterable[Product], by: User) -> Decisions:
    """Each as `submit`, with one notice to each reviewer for all of them."""
    found = Decisions()
    with review_notices.together():
        for product in products:
            try:
                submit(product, by)
            except ReviewRefused as error:
                found.refused.append((product, str(error)))
            else:
                found.done.append(product)
    return found


def approve_many(products: Iterable[Product], by: User, comment: str = "") -> Decisions:
    """Passes the post in which each of them waits, as far as `by` may decide there; each on its own."""
    return _decide(products, by, "approve", comment)


def send_back(products: Iterable[Product], by: User, comment: str) -> Decisions:
    """Back to the editor with a reason. Raises ReviewRefused without one."""
    if not comment.strip():
        raise ReviewRefused(_("请写明退回的原因，编辑才知道改什么。"))
    return _decide(products, by, "reject", comment.strip())


def _decide(products: Iterable[Product], by: User, action: str, comment: str) -> Decisions:
    found = Decisions()
    with review_notices.together():
        for product in products:
            state = Product.objects.get(pk=product.pk).current_workflow_task_state
            if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
                found.refused.append((product, _("现在没有在审核。")))
                continue
            try:
                state.task.specific.on_action(state, by, action, comment=comment)
            except PermissionDenied as error:
                found.refused.append((product, str(error)))
            else:
                found.done.append(product)
    return found


def escalate() -> int:
    """Reviews whose institution has no reviewer left who may decide go to the supervisor; how many did."""
    moved = 0
    waiting = TaskState.objects.filter(
        task__in=InstitutionReview.objects.all(), status=TaskState.STATUS_IN_PROGRESS
    ).select_related("workflow_state")
    for state in waiting:
        with transaction.atomic():
            moved += InstitutionReview.hand_up(state)
    return moved
