"""What matching hears: the catalogue's changes (its columns are then made anew), and consents given and withdrawn."""

from django.db.models.signals import post_delete, post_save

from accounts.models import Consent

from . import changes
from .gazetteer import current, unheard
from .models import Place


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
    changes.connect()
    post_save.connect(_on_place, sender=Place, dispatch_uid="matching-place")
    post_delete.connect(current.changed, sender=Place, dispatch_uid="matching-place-gone")
    post_save.connect(_on_consent, sender=Consent, dispatch_uid="matching-consent")
