"""The post of a workflow in which an institution's own reviewers look at what its editors drafted."""

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from accounts.roles import Role

from .products import Product


class InstitutionReview(Task):
    """Reviewers of the publishing institution decide, each but the one who submitted. Editors wait meanwhile."""

    class Meta:
        verbose_name = verbose_name_plural = _("机构审核")

    @classmethod
    def get_description(cls) -> str:
        return gettext("由发布机构的产品审核人员审核；提交人不能审核自己的提交。")

    def _decides(self, product: Product, user) -> bool:
        """By the institution of the stored row and by the one that the draft names, should it move."""
        state = product.current_workflow_state
        if state is not None and state.requested_by_id == user.pk:
            return False
        if user.is_superuser:
            return True
        named = {product.institution_id, *self._drafted(state)}
        reviewed = {each.pk for each in user.institutions_as(Role.PRODUCT_REVIEWER)}
        return named <= reviewed and self._products(user).filter(pk=product.pk).exists()

    @staticmethod
    def _drafted(state) -> list[int]:
        """The institution of the revision under review: what approval would publish."""
        under_review = state.current_task_state if state is not None else None
        return [under_review.revision.content["institution"]] if under_review is not None else []

    def _products(self, user):
        return Product.objects.filter(institution__in=user.institutions_as(Role.PRODUCT_REVIEWER))

    def user_can_access_editor(self, obj, user) -> bool:
        return self._decides(obj, user)

    def locked_for_user(self, obj, user) -> bool:
        return not self._decides(obj, user)

    def get_actions(self, obj, user) -> list[tuple[str, str, bool]]:
        if not self._decides(obj, user):
            return []
        return [
            ("reject", gettext("退回修改"), True),
            ("approve", gettext("通过"), False),
            ("approve", gettext("附意见通过"), True),
        ]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        waiting = TaskState.objects.filter(task_id=self.pk, status=TaskState.STATUS_IN_PROGRESS)
        if user.is_superuser:
            return waiting.exclude(workflow_state__requested_by=user)
        own = self._products(user).annotate(key=Cast("pk", CharField(max_length=255))).values("key")
        return waiting.filter(workflow_state__object_id__in=own).exclude(workflow_state__requested_by=user)
