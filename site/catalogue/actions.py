"""Permissions of the catalogue in the CMS."""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.actions import group_for
from accounts.models import Institution
from accounts.roles import Role

from .models import Outlet, Product, ServiceItem

GRANTS = {
    Role.PRODUCT_EDITOR: {Product: ("add", "change", "view")},
    Role.PRODUCT_REVIEWER: {Product: ("add", "change", "publish", "view", "lock", "unlock")},
    Role.SUPERVISOR: {Product: ("view", "change", "publish", "lock", "unlock")},
    Role.ADMINISTRATOR: {},  # superusers
}


def sync_groups() -> None:
    """Editors draft, reviewers publish, supervisors may take down; whose products is decided by the queryset."""
    for role, models in GRANTS.items():
        group = group_for(role)
        for model, verbs in models.items():
            kind = ContentType.objects.get_for_model(model)
            names = [f"{verb}_{model._meta.model_name}" for verb in verbs]
            group.permissions.add(*Permission.objects.filter(content_type=kind, codename__in=names))
    supervisors = group_for(Role.SUPERVISOR)
    for model in (Institution, Outlet, ServiceItem):
        kind = ContentType.objects.get_for_model(model)
        supervisors.permissions.add(*Permission.objects.filter(content_type=kind))
