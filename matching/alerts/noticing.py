"""Hears that a product was published, in the transaction of the publishing."""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone

from catalogue.models import Product

from ..models import FreshProduct, Need

# A save of these alone changes nothing that a need is held against.
BESIDE = frozenset(
    {"has_unpublished_changes", "latest_revision", "live_revision", "last_confirmed_at", "go_live_at", "expire_at",
     "updated_at", "locked", "locked_at", "locked_by"}
)  # fmt: skip


def on_product(instance: Product, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    if raw or not instance.live or (update_fields is not None and set(update_fields) <= BESIDE):
        return
    if Need.objects.filter(status=Need.Status.OPEN, tells_new=True).exists():
        note(instance.pk)


def note(product: int) -> None:
    """Puts the product before the open needs, soon: several published together are looked through together."""
    from .tasks import look_through

    now = timezone.now()
    fields = {"noted_at": now, "attempts": 0, "tried_at": None}
    _row, is_new = FreshProduct.objects.update_or_create(product_id=product, defaults=fields)
    if is_new:
        look_through.enqueue()


def connect() -> None:
    """Called once when the apps are ready."""
    post_save.connect(on_product, sender=Product, dispatch_uid="matching-fresh-product")
