"""A draft on its way through the two posts. Who may decide in a post is `models.review.ReviewPost.objection`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import TaskState, WorkflowState

from accounts import audit
from accounts.models import User
from accounts.roles import Role

from .. import review_notices
from ..models import InstitutionReview, Product

REASON_AT_LEAST = 5  # characters


class ReviewRefused(Exception):
    """Its text says why, for the person who tried."""


class Unfinished(ReviewRefused):
    """The draft lacks what publishing needs; the text names each field and what is wrong with it."""

    def __init__(self, error: ValidationError) -> None:
        told = [
            message
            if name == NON_FIELD_ERRORS
            else _("%(field)s：%(message)s") % {"field": _label(name), "message": message}
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        super().__init__(_("还不能提交。%s") % "；".join(told))


def _label(name: str) -> str:
    return str(Product._meta.get_field(name).verbose_name)


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

    Raises ReviewRefused without anything to review, Unfinished where the draft lacks what publishing needs."""
    found = _locked(product)
    workflow = found.get_workflow()
    if workflow is None:
        raise ReviewRefused(_("没有设置产品的审核流程，请联系系统管理员。"))
    if found.latest_revision is None or found.latest_revision_id == found.live_revision_id:
        raise ReviewRefused(_("没有需要审核的修改。"))
    try:
        found.latest_revision.as_object().full_clean()
    except ValidationError as error:
        raise Unfinished(error) from error
    running = found.current_workflow_state
    if running is not None:
        state = running.current_task_state
        if state.status == TaskState.STATUS_IN_PROGRESS and state.revision_id == found.latest_revision_id:
            return running
        running.cancel(user=by)
    return workflow.start(found, by)


def approve_many(
    products: Iterable[Product], by: User, comment: str = "", read: Mapping[int, int] | None = None
) -> Decisions:
    """Passes the post in which each of them waits, as far as `by` may decide there; each on its own.

    `read`: which revision of each product `by` has read; another one under review by now is refused."""
    return _decide(products, by, "approve", comment.strip(), read or {})


def send_back(products: Iterable[Product], by: User, comment: str, read: Mapping[int, int] | None = None) -> Decisions:
    """Back to the editor with a reason. Raises ReviewRefused without one."""
    if not comment.strip():
        raise ReviewRefused(_("请写明退回的原因，编辑才知道改什么。"))
    return _decide(products, by, "reject", comment.strip(), read or {})


def _decide(products: Iterable[Product], by: User, action: str, comment: str, read: Mapping[int, int]) -> Decisions:
    found = Decisions()
    with review_notices.together():
        for product in products:
            state = Product.objects.get(pk=product.pk).current_workflow_task_state
            if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
                found.refused.append((product, _("现在没有在审核。")))
                continue
            if read.get(product.pk, state.revision_id) != state.revision_id:
                found.refused.append((product, _("您看过之后草稿换了，请再看一遍。")))
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
    waiting = TaskState.objects.filter(task__in=InstitutionReview.objects.all(), status=TaskState.STATUS_IN_PROGRESS)
    for pk, product in waiting.values_list("pk", "workflow_state__object_id"):
        with transaction.atomic():
            Product.objects.select_for_update().get(pk=product)  # whoever decides on it meanwhile has decided by now
            state = waiting.select_related("workflow_state").filter(pk=pk).first()
            moved += state is not None and InstitutionReview.hand_up(state)
    return moved


@transaction.atomic
def publish_at_once(product: Product, by: User, reason: str) -> None:
    """Breaks the glass: an administrator publishes the latest draft past both posts, and everybody concerned is told why.

    Raises PermissionDenied for others, ReviewRefused without a reason or a draft, ValidationError for an unfinished draft."""
    if Role.ADMINISTRATOR not in by.roles:
        raise PermissionDenied
    if len(reason.strip()) < REASON_AT_LEAST:
        raise ReviewRefused(_("请写清为什么不能等审核（至少 %d 个字），这句话会记入日志并通知各方。") % REASON_AT_LEAST)
    found = _locked(product)
    draft = found.latest_revision
    if draft is None or draft.pk == found.live_revision_id:
        raise ReviewRefused(_("没有需要发布的修改。"))
    draft.as_object().full_clean()
    draft.publish(user=by, skip_permission_checks=True)
    found.refresh_from_db()
    log(instance=found, action="catalogue.break_glass", user=by, data={"reason": reason.strip()}, revision=draft)
    audit.record("break_glass", found, actor=by, detail={"revision": draft.pk}, reason=reason.strip())
    review_notices.tell_of_glass(found, by, reason.strip())
