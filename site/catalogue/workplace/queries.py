"""What the work place shows of products: own ones with their state, and reviews with all that a decision needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from accounts.models import Institution, User

from .. import policies, queries, versions
from ..models import Product

SHOWS = ("", "stale", "review", "returned", "draft")


def products_of(user: User, *, show: str = "", text: str = "") -> QuerySet[Product]:
    """Those that `user` may edit (all of them for the supervisor), 待复核 first: not confirmed for long, or resting on a
    policy that no longer holds (`on_lapsed`). Each with `last_confirmed`, `post` (the name of the task it waits in) and
    `review` (the state of its latest review), "" or None where there is none."""
    states = WorkflowState.objects.filter(
        content_type=ContentType.objects.get_for_model(Product), object_id=Cast(OuterRef("pk"), CharField())
    )
    running = states.filter(status=WorkflowState.STATUS_IN_PROGRESS)
    stale = Q(live=True, last_confirmed__lt=timezone.localdate() - timedelta(days=settings.PRODUCT_CONFIRM_DAYS))
    found = queries.with_schedule(queries.with_confirmed_day(queries.editable_by(user, Product))).annotate(
        post=Subquery(running.values("current_task_state__task__name")[:1]),
        review=Subquery(states.order_by("-created_at", "-pk").values("status")[:1]),
        on_lapsed=Case(When(policies.resting_on_lapsed(), live=True, then=Value(True)), default=Value(False)),
        rank=Case(When(stale | Q(on_lapsed=True), then=Value(0)), default=Value(1)),
    )
    if show == "stale":
        found = found.filter(stale | Q(on_lapsed=True))
    elif show == "review":
        found = found.filter(post__isnull=False)
    elif show == "returned":
        found = found.filter(review=WorkflowState.STATUS_NEEDS_CHANGES)
    elif show == "draft":
        found = found.filter(post__isnull=True, has_unpublished_changes=True)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(institution__name__icontains=text))
    return found.select_related("institution").order_by("rank", "last_confirmed", "name", "pk")


def state_of(product: Any) -> tuple[str, str]:
    """(words, tone of the pill) of a row of `products_of`."""
    if product.post:
        return _("已提交，等%s") % product.post, "warn"
    if product.review == WorkflowState.STATUS_NEEDS_CHANGES:
        return _("被退回，请看审核意见"), "late"
    if product.is_scheduled:
        return _("已审核，定时发布"), "ok"
    if product.live and product.has_unpublished_changes:
        return _("已发布，有没提交的修改"), "warn"
    if product.live:
        return _("已发布"), "ok"
    if product.first_published_at:
        return _("已撤下"), "quiet"
    return _("草稿，还没有提交审核"), "quiet"


@dataclass(frozen=True)
class Review:
    """One change that waits for a decision."""

    product: Product
    state: TaskState
    differences: list[versions.Difference]
    earlier: list[TaskState]  # the posts it went through, and former rounds that were sent back

    @property
    def submitter(self) -> str:
        return str(self.state.workflow_state.requested_by or "")

    @property
    def is_new(self) -> bool:
        return not self.product.live


def waiting_for(user: User, *, institution: str = "", text: str = "") -> QuerySet[Product]:
    """As `queries.awaiting_review_by`, the longest waiting first."""
    since = TaskState.objects.filter(
        workflow_state__content_type=ContentType.objects.get_for_model(Product),
        workflow_state__object_id=Cast(OuterRef("pk"), CharField()),
        status=TaskState.STATUS_IN_PROGRESS,
    ).values("started_at")
    found = queries.awaiting_review_by(user).annotate(
        waiting_since=Subquery(since[:1], output_field=DateTimeField(null=True))
    )
    if institution.isdecimal():
        found = found.filter(institution=int(institution[:12]))
    if text:
        found = found.filter(name__icontains=text)
    return found.order_by("waiting_since", "pk")


def institutions_waiting(user: User) -> list[Institution]:
    keys = queries.awaiting_review_by(user).order_by().values("institution")
    return list(Institution.objects.filter(pk__in=keys).order_by("name"))


def reviews(products: Iterable[Product]) -> list[Review]:
    """Each with what it changes of the public version and what was said before. As many queries for one as for many."""
    products = list(products)
    by_key = {str(each.pk): each for each in products}
    kind = ContentType.objects.get_for_model(Product)
    states = list(
        TaskState.objects.filter(workflow_state__content_type=kind, workflow_state__object_id__in=by_key)
        .select_related("task", "revision", "finished_by", "workflow_state__requested_by")
        .order_by("started_at", "pk")
    )
    live = Product.objects.filter(pk__in=[each.pk for each in products]).select_related("live_revision")
    public = {each.pk: versions.content_of(each) if each.live else {} for each in live}
    waiting = {
        state.workflow_state.object_id: state for state in states if state.status == TaskState.STATUS_IN_PROGRESS
    }
    drafts = [state.revision.content for state in waiting.values()]
    comparison = versions.Comparison([*public.values(), *drafts])
    found = []
    for key, product in by_key.items():
        if (state := waiting.get(key)) is None:
            continue
        earlier = [
            each
            for each in states
            if each.workflow_state.object_id == key and each.pk != state.pk and _since(each, product.last_published_at)
        ]
        changes = comparison.between(public[product.pk], state.revision.content)
        found.append(Review(product, state, changes, earlier))
    return found


def _since(state: TaskState, published: datetime | None) -> bool:
    """Of this change, not of one that has been published since; and decided, not cancelled."""
    if state.status == TaskState.STATUS_CANCELLED or state.finished_at is None:
        return False
    return published is None or state.finished_at > published


@dataclass(frozen=True)
class Line:
    """One change in the table of all that wait: what a reviewer wants to see at a glance."""

    product: Product
    revision: int
    submitter: str
    draft: Product  # the draft's own values, without its rows
    labels: list[str]  # what changes of the public version; of a new product nothing, all of it is new

    @property
    def is_new(self) -> bool:
        return not self.product.live


SAID = (
    "name",
    "kind",
    "summary",
    "amount_min",
    "amount_max",
    "rate_min",
    "rate_max",
    "rate_note",
    "term_min",
    "term_max",
)


def overview(products: Iterable[Product]) -> list[Line]:
    """As many queries for one as for many."""
    waiting = list(products)
    kind = ContentType.objects.get_for_model(Product)
    states = {
        state.workflow_state.object_id: state
        for state in TaskState.objects.filter(
            workflow_state__content_type=kind,
            workflow_state__object_id__in=[str(each.pk) for each in waiting],
            status=TaskState.STATUS_IN_PROGRESS,
        ).select_related("revision", "workflow_state__requested_by")
    }
    waiting = [each for each in waiting if str(each.pk) in states]  # decided by somebody else in this moment: gone
    live = Product.objects.filter(pk__in=[each.pk for each in waiting if each.live]).select_related("live_revision")
    public = {each.pk: versions.content_of(each) for each in live}
    comparison = versions.Comparison([*public.values(), *(states[str(pk)].revision.content for pk in public)])
    found = []
    for product in waiting:
        state = states[str(product.pk)]
        content = state.revision.content
        own = {name: Product._meta.get_field(name).to_python(content.get(name)) for name in SAID}
        old = public.get(product.pk)
        labels = [each.label for each in comparison.between(old, content)] if old is not None else []
        submitter = str(state.workflow_state.requested_by or "")
        found.append(Line(product, state.revision_id, submitter, Product(**own), labels))
    return found
