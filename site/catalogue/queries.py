"""Reads of the catalogue. `products_visible_to` is the one scope rule of products, for pages, search and matching."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from accounts.models import Institution, User
from accounts.roles import Role

from .models import InstitutionReview, Product, SupervisorReview
from .models.review import ReviewPost


def is_open() -> Q:
    """Within its validity today."""
    today = timezone.localdate()
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=today)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def products_visible_to(user: Any) -> QuerySet[Product]:
    """Published, valid ones of active institutions; those not to be advertised only for people who have signed in."""
    found = Product.objects.filter(is_open(), live=True, institution__is_active=True)
    if not user.is_authenticated:
        found = found.filter(login_required=False)
    return found.select_related("institution")


WHOLE_PLACE = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
DRAFTING = (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER)
DECIDING = (Role.PRODUCT_REVIEWER,)  # publish, take down, lock


def editable_by(user: User, model: type[Model], *roles: Role) -> QuerySet:
    """In the CMS: what belongs to institutions where `user` holds one of `roles` (draft or review when none is named);
    everything for supervisors and administrators. `model` is Institution or has a foreign key to it."""
    if user.roles & WHOLE_PLACE:
        return model._default_manager.all()
    own = [each.pk for each in user.institutions_as(*(roles or DRAFTING))]
    return model._default_manager.filter(**{"pk__in" if model is Institution else "institution__in": own})


def awaiting_review_by(user: User) -> QuerySet[Product]:
    """Products whose change waits for a decision that `user` may take, in either post."""
    posts: list[ReviewPost] = [
        *InstitutionReview.objects.filter(active=True),
        *SupervisorReview.objects.filter(active=True),
    ]
    waiting = [
        Q(
            pk__in=post.get_task_states_user_can_moderate(user)
            .annotate(key=Cast("workflow_state__object_id", BigIntegerField()))
            .values("key")
        )
        for post in posts
    ]
    if not waiting:
        return Product.objects.none()
    return Product.objects.filter(reduce(or_, waiting)).select_related("institution")


def drafts_of(user: User) -> QuerySet[Product]:
    """Products of the institutions that `user` edits for, with changes that are not public yet, the latest first.

    `review` is the state of the latest review ("in_progress", "needs_changes", …), None where there was none."""
    reviews = WorkflowState.objects.filter(
        content_type=ContentType.objects.get_for_model(Product), object_id=Cast(OuterRef("pk"), CharField())
    ).order_by("-created_at", "-pk")
    return (
        editable_by(user, Product, Role.PRODUCT_EDITOR)
        .filter(Q(live=False, first_published_at__isnull=True) | Q(has_unpublished_changes=True, live=True))
        .annotate(review=Subquery(reviews.values("status")[:1]))
        .order_by("-updated_at", "-pk")
    )


def with_confirmed_day(found: QuerySet[Product]) -> QuerySet[Product]:
    """Each with `last_confirmed`: `Product.confirmed_day`, in the database."""
    day = Coalesce("confirmed_on", TruncDate("last_published_at"), TruncDate("created_at"))
    return found.annotate(last_confirmed=day)


def with_schedule(found: QuerySet[Product]) -> QuerySet[Product]:
    """Each knows without a query whether its publication is scheduled, see `Product.approved_schedule`."""
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Product),
        object_id=Cast(OuterRef("pk"), CharField()),
        approved_go_live_at__isnull=False,
    )
    return found.annotate(is_scheduled=Exists(scheduled))


def products_editable_by(user: User) -> QuerySet[Product]:
    return editable_by(user, Product)


def institutions_editable_by(user: User) -> QuerySet[Institution]:
    return editable_by(user, Institution)


def choosable_by(user: User, model: type[Model]) -> QuerySet:
    """What an editor may refer to: what the public sees, and what is the editor's own."""
    public = {
        Product: Q(live=True, institution__is_active=True),
        Institution: Q(is_active=True),
    }.get(model, Q(institution__is_active=True))
    return model._default_manager.filter(public | Q(pk__in=editable_by(user, model).values("pk")))


ROW = ("regions", "tariffs")  # what a row of a list shows besides the product itself


def in_order(user: Any, ids: Iterable[int]) -> list[Product]:
    """The visible products of `ids`, in that order, with what a row shows."""
    found = {each.pk: each for each in products_visible_to(user).filter(pk__in=list(ids)).prefetch_related(*ROW)}
    return [found[pk] for pk in ids if pk in found]


def visible_product(user: Any, slug: str) -> Product | None:
    return products_visible_to(user).filter(slug=slug).first()


def with_detail(product: Product) -> Product:
    """The same, with what its page shows."""
    prefetch_related_objects([product], "regions", "partners", "rules", "tariffs")
    return product


def related_products(user: Any, product: Product, limit: int = 3) -> list[Product]:
    """Others of the same kind: for the same purposes first, then from institutions of the same place."""
    found = (
        products_visible_to(user)
        .exclude(pk=product.pk)
        .filter(kind=product.kind)
        .only("name", "slug", "purposes", "institution__name", "institution__short_name", "institution__region_id")
    )
    place = product.institution.region_id

    def distance(other: Product) -> tuple[int, bool, str]:
        return -len(set(other.purposes) & set(product.purposes)), other.institution.region_id != place, other.name

    return sorted(found[:60], key=distance)[:limit]


def institutions() -> QuerySet[Institution]:
    return Institution.objects.filter(is_active=True).select_related("region")


def institutions_with_counts(user: User | AnonymousUser, *, kind: str = "", name: str = "") -> QuerySet[Institution]:
    """Each with `product_count`, the number of its products that `user` may see; those with most first."""
    own = products_visible_to(user).filter(institution=OuterRef("pk")).order_by().values("institution")
    count = own.annotate(n=Count("pk")).values("n")
    found = institutions().annotate(product_count=Coalesce(Subquery(count), 0))
    if kind:
        found = found.filter(kind=kind)
    if name:
        found = found.filter(Q(name__icontains=name) | Q(short_name__icontains=name))
    return found.order_by("-product_count", "name", "pk")
