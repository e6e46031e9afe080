"""Reads of the catalogue. `products_visible_to` is the one scope rule of products, for pages, search and matching."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Institution, User
from accounts.roles import INSTITUTION_ROLES, Role

from .models import Outlet, Product


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


def products_editable_by(user: User) -> QuerySet[Product]:
    """In the CMS: one's own institution's; all for supervisors and administrators."""
    if user.roles & {Role.ADMINISTRATOR, Role.SUPERVISOR}:
        return Product.objects.all()
    return Product.objects.filter(institution__in=user.institutions_as(Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER))


def institutions_editable_by(user: User) -> list[Institution]:
    if user.roles & {Role.ADMINISTRATOR, Role.SUPERVISOR}:
        return list(Institution.objects.all())
    return user.institutions_as(*INSTITUTION_ROLES)


def in_order(user: Any, ids: Iterable[int]) -> list[Product]:
    """The visible products of `ids`, in that order, with what a row shows."""
    found = {each.pk: each for each in products_visible_to(user).filter(pk__in=list(ids)).prefetch_related("regions")}
    return [found[pk] for pk in ids if pk in found]


def product_detail(user: Any, slug: str) -> Product | None:
    return (
        products_visible_to(user).prefetch_related("regions", "partners", "rules", "tariffs").filter(slug=slug).first()
    )


def related_products(user: Any, product: Product, limit: int = 3) -> list[Product]:
    """Others for the same purpose or place, same kind first."""
    found = products_visible_to(user).exclude(pk=product.pk).filter(kind=product.kind).prefetch_related("regions")
    places = {region.code for region in product.regions.all()}
    ranked = sorted(
        found[:60],
        key=lambda other: (
            -len(set(other.purposes) & set(product.purposes)),
            -len({region.code for region in other.regions.all()} & places),
            other.name,
        ),
    )
    return ranked[:limit]


def history(product: Product, limit: int = 10) -> list[dict]:
    """When it was published in which words: [{when, fields changed}], newest first."""
    revisions = list(product.revisions.order_by("-created_at")[: limit + 1])
    found = []
    for newer, older in zip(revisions, [*revisions[1:], None], strict=False):
        changed = [] if older is None else _changed(newer.content, older.content)
        if older is None or changed:
            found.append({"when": newer.created_at, "fields": changed, "first": older is None})
    return found[:limit]


def _changed(new: dict, old: dict) -> list[str]:
    ignored = {"live", "has_unpublished_changes", "first_published_at", "last_published_at", "latest_revision",
               "live_revision", "updated_at", "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by"}  # fmt: skip
    names = [name for name in new if name not in ignored and new.get(name) != old.get(name)]
    labels = {field.name: str(field.verbose_name) for field in Product._meta.fields}
    return [labels.get(name, {"rules": "准入条件", "tariffs": "资费"}.get(name, name)) for name in names]


def institutions() -> QuerySet[Institution]:
    return Institution.objects.filter(is_active=True).select_related("region")


def outlets() -> QuerySet[Outlet]:
    return Outlet.objects.filter(institution__is_active=True).select_related("institution", "region")
