"""The two posts of the review: the institution's own reviewers, then the supervisor. Nobody decides on own work.

While a draft is under review nobody edits it, so that what is approved is what was read. Who wrote or submitted any part
of the change has no say in either post, and the two posts are two people.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.locks import WorkflowLock
from wagtail.models import Revision, Task, TaskState, WorkflowState

from accounts.models import RoleAssignment
from accounts.roles import Role

from .products import Product

EVER = make_aware(datetime(2000, 1, 1))


def authors(product: Product, revision: Revision) -> set[int]:
    """Who had a hand in what `revision` changes of the version that is public."""
    found = Revision.objects.for_instance(product).filter(created_at__lte=revision.created_at, user__isnull=False)
    if product.live_revision is not None:
        found = found.filter(created_at__gt=product.live_revision.created_at)
    return set(found.values_list("user", flat=True))


def _named(product: Product, revision: Revision) -> set[int]:
    """By the institution of the stored row and by the one that the draft names, should it move."""
    return {product.institution_id, revision.content["institution"]}


def reviewers(product: Product, revision: Revision, submitter: int | None) -> set[int]:
    """Active reviewers of every institution concerned who had no hand in the change."""
    held = RoleAssignment.objects.filter(role=Role.PRODUCT_REVIEWER, user__is_active=True)
    able = [
        set(held.filter(institution=each).values_list("user", flat=True)) for each in sorted(_named(product, revision))
    ]
    return set.intersection(*able) - authors(product, revision) - {submitter}


class ReviewLock(WorkflowLock):
    """While a draft is under review nobody edits it; who may decide finds the way there."""

    def get_message(self, user):
        state = self.object.current_workflow_task_state
        if not self.task.objection(state, user):
            return format_html(
                '{} <a class="button button-small" href="{}">{}</a>',
                gettext("这个产品正等您审核，审核期间不能修改。"),
                reverse("catalogue:desk_review", args=[self.object.pk]),
                gettext("去审核"),
            )
        return gettext("这个产品正在“%s”，审核期间不能修改。要改就先撤回提交，或等退回。") % self.task.name


class ReviewPost(Task):
    """What both posts share. `objection` is the one rule of who may decide, and says why not."""

    lock_class = ReviewLock

    class Meta:
        abstract = True

    def objection(self, state: TaskState, user: Any) -> str:
        """Why `user` may not decide on this; "" when they may."""
        product: Product = state.workflow_state.content_object
        submitter = state.workflow_state.requested_by_id
        if user.pk == submitter or user.pk in authors(product, state.revision):
            return gettext("您写过或提交了这次修改，要由另一个人审核。")
        return self._out_of_post(state, product, user)

    def _out_of_post(self, state: TaskState, product: Product, user: Any) -> str:
        raise NotImplementedError

    def _decides(self, product: Product, user: Any) -> bool:
        state = product.current_workflow_task_state
        return state is not None and state.task_id == self.pk and not self.objection(state, user)

    def user_can_access_editor(self, obj, user) -> bool:
        return self._decides(obj, user)

    def locked_for_user(self, obj, user) -> bool:
        return True

    def get_actions(self, obj, user) -> list[tuple[str, str, bool]]:
        if not self._decides(obj, user):
            return []
        return [
            ("reject", gettext("退回修改"), True),
            ("approve", gettext("通过"), False),
            ("approve", gettext("附意见通过"), True),
        ]

    @transaction.atomic
    def on_action(self, task_state, user, action_name, **kwargs):
        """One decision wins. Raises PermissionDenied with the reason for all others."""
        Product.objects.select_for_update().get(pk=task_state.workflow_state.object_id)
        state = TaskState.objects.select_related("workflow_state", "revision").get(pk=task_state.pk).specific
        if state.status != TaskState.STATUS_IN_PROGRESS:
            raise PermissionDenied(gettext("已经有人处理了。"))
        if objection := self.objection(state, user):
            raise PermissionDenied(objection)
        if not state.revision.is_latest_revision():
            raise PermissionDenied(gettext("提交之后草稿又改过，请退回后重新提交。"))
        super().on_action(state, user, action_name, **kwargs)

    def _waiting(self, user: Any) -> QuerySet[TaskState]:
        """In this post, less those that `user` had a hand in: `objection` for all rows at once."""
        key = OuterRef("workflow_state__object_id")
        published = Product.objects.filter(pk=Cast(key, BigIntegerField())).values("live_revision__created_at")
        own = Revision.objects.filter(
            base_content_type=Product.get_base_content_type(),
            object_id=OuterRef("workflow_state__object_id"),
            user=user,
            created_at__lte=OuterRef("revision__created_at"),
            created_at__gt=OuterRef("since"),
        )
        return (
            TaskState.objects.filter(task_id=self.pk, status=TaskState.STATUS_IN_PROGRESS)
            .exclude(workflow_state__requested_by=user)
            .annotate(since=Coalesce(Subquery(published[:1]), EVER))
            .exclude(Exists(own))
        )


class InstitutionReview(ReviewPost):
    """First post: reviewers of the publishing institution. Where it has no other reviewer, the supervisor sees to it."""

    class Meta:
        verbose_name = verbose_name_plural = _("机构审核")

    @classmethod
    def get_description(cls) -> str:
        return gettext(
            "由发布机构的产品审核人员审核；写过或提交这次修改的人不能审核。没有别的审核人员时直接转主管部门。"
        )

    def start(self, workflow_state, user=None):
        state = super().start(workflow_state, user)
        if not reviewers(workflow_state.content_object, state.revision, workflow_state.requested_by_id):
            self.skip(state)
        return state

    @staticmethod
    def skip(state: TaskState) -> None:
        """Says in the review's own record that nobody of the institution could look at it."""
        state.status, state.finished_at = TaskState.STATUS_SKIPPED, timezone.now()
        state.comment = gettext("本机构没有其他审核人员，直接转主管部门审核。")
        state.save()

    @classmethod
    def hand_up(cls, state: TaskState) -> bool:
        """On to the supervisor when nobody of the institution may decide (any more)."""
        flow = state.workflow_state
        if reviewers(flow.content_object, state.revision, flow.requested_by_id):
            return False
        cls.skip(state)
        flow.current_task_state = state
        flow.update()
        return True

    def _out_of_post(self, state, product, user) -> str:
        reviewed = {each.pk for each in user.institutions_as(Role.PRODUCT_REVIEWER)}
        return "" if _named(product, state.revision) <= reviewed else gettext("这一步由发布机构的审核人员审核。")

    def get_task_states_user_can_moderate(self, user, **kwargs):
        products = Product.objects.filter(institution__in=user.institutions_as(Role.PRODUCT_REVIEWER))
        own = products.annotate(key=Cast("pk", CharField(max_length=255))).values("key")
        return self._waiting(user).filter(workflow_state__object_id__in=own)


class SupervisorReview(ReviewPost):
    """Second post: the supervisor's people; what they pass is public."""

    class Meta:
        verbose_name = verbose_name_plural = _("主管部门审核")

    @classmethod
    def get_description(cls) -> str:
        return gettext("由主管部门审核，通过后对外发布；写过、提交过或在上一步审核过的人不能审核。")

    def _out_of_post(self, state, product, user) -> str:
        if Role.SUPERVISOR not in user.roles:
            return gettext("这一步由主管部门审核。")
        passed = WorkflowState.objects.get(pk=state.workflow_state_id).task_states.filter(
            status=TaskState.STATUS_APPROVED, finished_by=user
        )
        return gettext("上一步是您审核的，这一步要由另一个人审核。") if passed.exists() else ""

    def get_task_states_user_can_moderate(self, user, **kwargs):
        if Role.SUPERVISOR not in user.roles:
            return TaskState.objects.none()
        passed = TaskState.objects.filter(
            workflow_state=OuterRef("workflow_state"), status=TaskState.STATUS_APPROVED, finished_by=user
        )
        return self._waiting(user).exclude(Exists(passed))
