"""Tells reviewers what waits for them, and editors what became of what they submitted.

Wagtail's own e-mails are left out for products: one for each of 300, sent while the product is locked, half of it English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import signal_handlers as mails
from wagtail.admin.mail import Notifier
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import published, task_approved, task_rejected, task_submitted

from accounts.actions import notify
from accounts.models import User
from accounts.roles import Role

from .models import InstitutionReview, Product, SupervisorReview
from .models.review import reviewers

Gathered = dict[
    str, list[int]
]  # "person what" → [of how many products, the first of them]; plain, so that it can be kept
_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)

WAITING, PASSED, RETURNED, ON = "waiting", "passed", "returned", "on"


@contextmanager
def together() -> Iterator[None]:
    """One notice a person for all that happens inside, when it is more than one product."""
    if _gathered.get() is not None:  # somebody gathers already
        yield
        return
    found: Gathered = {}
    try:
        with counted(found):
            yield
    finally:
        send_counted(found)


@contextmanager
def counted(found: Gathered) -> Iterator[None]:
    """Sends nothing, counts in `found`: `send_counted` says it when all is done, perhaps in another task."""
    token = _gathered.set(found)
    try:
        yield
    finally:
        _gathered.reset(token)


def send_counted(found: Gathered) -> None:
    products = Product.objects.in_bulk({first for _number, first in found.values()})
    for key, (number, first) in found.items():
        person, what = key.split()
        if number > 1 or first in products:
            _send(User(pk=int(person)), what, number, products.get(first))
    found.clear()


def _tell(user: User, what: str, product: Product) -> None:
    held = _gathered.get()
    if held is None:
        _send(user, what, 1, product)
    else:
        number, first = held.get(f"{user.pk} {what}", (0, product.pk))
        held[f"{user.pk} {what}"] = [number + 1, first]


def _send(user: User, what: str, number: int, product: Product | None) -> None:
    if number == 1 and product is not None:
        one = {
            WAITING: _("产品“%s”等您审核"),
            ON: _("产品“%s”已通过机构审核，转主管部门审核"),
            PASSED: _("产品“%s”已通过审核"),
            RETURNED: _("产品“%s”被退回，请看审核意见"),
        }
        notify(user, one[what] % product.name, _address(what, product))
        return
    many = {
        WAITING: _("%d 个产品等您审核"),
        ON: _("%d 个产品已通过机构审核，转主管部门审核"),
        PASSED: _("%d 个产品已通过审核"),
        RETURNED: _("%d 个产品被退回，请看审核意见"),
    }
    notify(user, many[what] % number, _address(what, None))


def _address(what: str, product: Product | None) -> str:
    if what == WAITING:
        one, many = "catalogue:desk_review", "catalogue:desk_reviews"
    else:
        one, many = "wagtailsnippets_catalogue_product:edit", "catalogue:desk_products"
    return reverse(one, args=[product.pk]) if product is not None else reverse(many)


def _product(state: TaskState) -> Product | None:
    found = state.workflow_state.content_object
    return found if isinstance(found, Product) else None


@receiver(task_submitted, dispatch_uid="catalogue-submitted")
def tell_reviewers(sender, instance, user, **kwargs) -> None:
    product, task = _product(instance), instance.task.specific
    if product is None:
        return
    if isinstance(task, InstitutionReview):
        people = reviewers(product, instance.revision, instance.workflow_state.requested_by_id)
    elif isinstance(task, SupervisorReview):
        held = User.objects.filter(is_active=True, role_assignments__role=Role.SUPERVISOR)
        people = set(held.exclude(pk=instance.workflow_state.requested_by_id).values_list("pk", flat=True))
    else:
        return
    for person in sorted(people):
        _tell(User(pk=person), WAITING, product)


@receiver([task_approved, task_rejected], dispatch_uid="catalogue-decided")
def tell_submitter(sender, instance, user, signal, **kwargs) -> None:
    product, submitter = _product(instance), instance.workflow_state.requested_by
    if product is None or submitter is None or submitter == user:
        return
    if signal is task_rejected:
        what = RETURNED
    else:
        what = ON if isinstance(instance.task.specific, InstitutionReview) else PASSED
    _tell(submitter, what, product)


@receiver(published, sender=Product, dispatch_uid="catalogue-published")
def confirm(sender, instance, **kwargs) -> None:
    """What is published has just been read by two people: it counts as confirmed that day."""
    if instance.live:
        instance.confirmed_on = timezone.localdate()
        instance.save(update_fields=["confirmed_on"])


def leave_out_mails() -> None:
    """Called once, when the apps are ready. Mails about pages stay."""
    for notifier in (
        mails.workflow_submission_email_notifier,
        mails.workflow_approval_email_notifier,
        mails.workflow_rejection_email_notifier,
    ):
        _leave_out(notifier)


def _leave_out(notifier: Notifier) -> None:
    of_any = notifier.can_handle

    def of_pages(instance: WorkflowState, **kwargs) -> bool:
        return not isinstance(instance.content_object, Product) and of_any(instance, **kwargs)

    notifier.can_handle = of_pages


def tell_of_glass(product: Product, by: User, reason: str) -> None:
    """The institution's keepers and the supervisors, that an administrator published past the review."""
    keepers = Q(role_assignments__role__in=[Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER]) & Q(
        role_assignments__institution=product.institution_id
    )
    concerned = User.objects.filter(keepers | Q(role_assignments__role=Role.SUPERVISOR), is_active=True)
    for each in concerned.exclude(pk=by.pk).distinct().order_by("pk"):
        notify(each, _("系统管理员未经审核发布了产品“%s”：%s") % (product.name, reason), product.get_absolute_url())
