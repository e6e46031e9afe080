"""What matching hears: the catalogue's changes (its columns are then made anew), and consents given and withdrawn."""

from uuid import uuid4

from django.db.models.signals import m2m_changed, post_delete, post_save

from accounts.models import Consent, Institution
from catalogue.models import EligibilityRule, LendingRate, Product, Tariff

from .gazetteer import current, unheard
from .models import CatalogueVersion, Place


def touch(**kwargs) -> None:
    """Makes every process read the catalogue anew. Call it after a bulk change, which sends no signals."""
    value = uuid4().hex
    if not CatalogueVersion.objects.filter(pk=1).update(value=value):
        CatalogueVersion.objects.get_or_create(pk=1, defaults={"value": value})


def _on_consent(sender, instance: Consent, created: bool, update_fields=None, **kwargs) -> None:
    from .referrals import actions

    if instance.purpose != Consent.Purpose.REFERRAL:
        return
    if created:
        if Consent.objects.filter(
            enterprise=instance.enterprise_id, institution=instance.institution_id, purpose=instance.purpose
        ).exclude(pk=instance.pk):
            actions.note_consent(instance, given=True)
    elif instance.withdrawn_at is not None and "withdrawn_at" in (update_fields or ()):
        actions.note_consent(instance, given=False)


def _on_place(sender, instance: Place, **kwargs) -> None:
    if not kwargs.get("raw"):
        current.changed()
        unheard.heard(instance.names)


def connect() -> None:
    """Called once when the apps are ready."""
    for model in (Product, EligibilityRule, Tariff, LendingRate, Institution):
        for signal in (post_save, post_delete):
            signal.connect(touch, sender=model, dispatch_uid=f"matching-{model.__name__}")
    post_save.connect(_on_place, sender=Place, dispatch_uid="matching-place")
    post_delete.connect(current.changed, sender=Place, dispatch_uid="matching-place-gone")
    m2m_changed.connect(touch, sender=Product.regions.through, dispatch_uid="matching-regions")
    post_save.connect(_on_consent, sender=Consent, dispatch_uid="matching-consent")
