"""Keeping a product, and keeping it no longer."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User

from ..models import Favourite, Product


class FavouritesFull(Exception):
    """Its text says what to do."""


AT_MOST = 200


@transaction.atomic
def keep(user: User, product: Product) -> bool:
    """Whether it was not kept before. Twice is once. Raises FavouritesFull at AT_MOST."""
    User.objects.select_for_update().get(pk=user.pk)  # counted and added under one lock
    if Favourite.objects.filter(user=user, product=product).exists():
        return False
    if Favourite.objects.filter(user=user).count() >= AT_MOST:
        raise FavouritesFull(_("最多收藏 %s 个产品。请先取消一些，再收藏新的。") % AT_MOST)
    Favourite.objects.create(user=user, product=product)
    return True


@transaction.atomic
def let_go(user: User, product: Product) -> bool:
    """Whether it was kept. Also of a product that is offered no more."""
    deleted, _by_model = Favourite.objects.filter(user=user, product=product).delete()
    return bool(deleted)
