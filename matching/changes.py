"""What matching hears of the catalogue's changes: each makes a new version and a line of the log, in its own transaction."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from accounts.models import Institution
from catalogue.models import EligibilityRule, LendingRate, Product, Tariff

from .models.needs import CatalogueChange, CatalogueVersion

LINES, EVERY = 1000, 100  # of the log are kept; how often older ones are pruned


def touch(products: Iterable[int] | None = None) -> None:
    """Makes every process read these products anew, or all. Call it after a bulk change, which sends no signals."""
    value = uuid4().hex
    if not CatalogueVersion.objects.filter(pk=1).update(value=value):
        CatalogueVersion.objects.get_or_create(pk=1, defaults={"value": value})
    line = CatalogueChange.objects.create(value=value, products=None if products is None else sorted(set(products)))
    if line.pk % EVERY == 0:
        CatalogueChange.objects.filter(pk__lte=line.pk - LINES).delete()


def _product(instance: Product, **kwargs: Any) -> None:
    touch([instance.pk])


def _part(instance: EligibilityRule | Tariff, **kwargs: Any) -> None:
    touch([instance.product_id])


def _institution(instance: Institution, **kwargs: Any) -> None:
    touch(Product.objects.filter(institution_id=instance.pk).values_list("pk", flat=True))


def _lending_rate(**kwargs: Any) -> None:
    touch([])  # which products follow it, the reader finds out


def _regions(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    if action.startswith("post_"):
        touch(pk_set if reverse else [instance.pk])


def connect() -> None:
    """Called once when the apps are ready."""
    heard: list[tuple[type[Model], Callable[..., None]]] = [
        (Product, _product),
        (EligibilityRule, _part),
        (Tariff, _part),
        (Institution, _institution),
        (LendingRate, _lending_rate),
    ]
    for model, hear in heard:
        for signal in (post_save, post_delete):
            signal.connect(hear, sender=model, dispatch_uid=f"matching-{model.__name__}")
    m2m_changed.connect(_regions, sender=Product.regions.through, dispatch_uid="matching-regions")
