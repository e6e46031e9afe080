"""Tells reviewers what waits for them, and editors what became of what they submitted."""

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import TaskState
from wagtail.signals import task_approved, task_rejected, task_submitted

from accounts.actions import notify
from accounts.models import RoleAssignment
from accounts.roles import Role

from .models import Product


def _product(state: TaskState) -> Product | None:
    found = state.workflow_state.content_object
    return found if isinstance(found, Product) else None


def _address(product: Product) -> str:
    return reverse("wagtailsnippets_catalogue_product:edit", args=[product.pk])


@receiver(task_submitted, dispatch_uid="catalogue-submitted")
def tell_reviewers(sender, instance, user, **kwargs) -> None:
    if (product := _product(instance)) is None:
        return
    reviewers = RoleAssignment.objects.filter(
        role=Role.PRODUCT_REVIEWER, institution=product.institution_id, user__is_active=True
    ).select_related("user")
    for each in reviewers:
        if user is None or each.user_id != user.pk:
            notify(each.user, _("产品“%s”等您审核") % product.name, _address(product))


@receiver([task_approved, task_rejected], dispatch_uid="catalogue-decided")
def tell_submitter(sender, instance, user, signal, **kwargs) -> None:
    product, submitter = _product(instance), instance.workflow_state.requested_by
    if product is None or submitter is None or submitter == user:
        return
    words = _("产品“%s”已通过审核") if signal is task_approved else _("产品“%s”被退回，请看审核意见")
    notify(submitter, words % product.name, _address(product))
