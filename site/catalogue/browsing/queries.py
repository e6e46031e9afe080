"""Reads of what the public lists, compares and keeps; the scope is `catalogue.queries.products_visible_to`."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Institution, User

from ..models import Favourite, Product
from ..queries import ROW, products_visible_to
from .rows import Row

FEED = 50


def by_slug(user: User | AnonymousUser, slugs: list[str], *, whole: bool = False) -> list[Product]:
    """The visible products of `slugs`, in that order; with what a comparison shows when `whole`, else just themselves."""
    found = products_visible_to(user).filter(slug__in=slugs)
    if whole:
        found = found.prefetch_related(*ROW, "rules")
    return sorted(found, key=lambda each: slugs.index(each.slug))


def of_institution(user: User | AnonymousUser, institution: Institution) -> QuerySet[Product]:
    """Its own products, then those of others that it takes part in (`is_own` tells them apart)."""
    takes_part = Product.partners.through.objects.filter(product=OuterRef("pk"), institution=institution)
    return (
        products_visible_to(user)
        .filter(Q(institution=institution) | Exists(takes_part))
        .annotate(is_own=Q(institution=institution))
        .order_by("-is_own", "name", "pk")
        .prefetch_related(*ROW)
    )


def changed_lately(limit: int = FEED) -> list[Product]:
    """What everybody may read, the latest published first; `is_new` when this is its first version."""
    return list(
        products_visible_to(AnonymousUser())
        .filter(last_published_at__isnull=False)
        .annotate(is_new=Q(last_published_at=F("first_published_at")))
        .order_by("-last_published_at", "-pk")[:limit]
    )


def kept_ids(user: Any, rows: list[Row]) -> frozenset[int]:
    """Which products of `rows` this person keeps. No query for visitors."""
    if not user.is_authenticated or not rows:
        return frozenset()
    found = Favourite.objects.filter(user=user, product__in=[each.pk for each in rows])
    return frozenset(found.values_list("product_id", flat=True))


def kept_by(user: User) -> QuerySet[Product]:
    """What this person keeps and may still see, the latest kept first."""
    return (
        products_visible_to(user)
        .filter(favourites__user=user)
        .order_by("-favourites__created_at", "-favourites__pk")
        .prefetch_related(*ROW)
    )


def kept_but_gone(user: User) -> list[Favourite]:
    """What this person kept and nobody offers any more: names to take leave of."""
    offered = products_visible_to(user).values("pk")
    return list(Favourite.objects.filter(user=user).exclude(product__in=offered).select_related("product__institution"))
