"""Permissions and the review workflow of the catalogue in the CMS."""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from accounts.actions import group_for
from accounts.models import Institution
from accounts.roles import Role

from ..models import (
    InstitutionReview,
    Landmark,
    LendingRate,
    Outlet,
    Product,
    ServiceItem,
    StatedCount,
    SupervisorReview,
)

OWN = ("add", "change", "view")
ALL = ("add", "change", "delete", "view")
GRANTS: dict[Role, dict[type[Model], tuple[str, ...]]] = {
    Role.PRODUCT_EDITOR: {Product: OWN, Outlet: OWN, ServiceItem: OWN, StatedCount: OWN},
    Role.PRODUCT_REVIEWER: {
        Product: (*OWN, "publish", "lock", "unlock"),
        Outlet: ALL,
        ServiceItem: ALL,
        StatedCount: ALL,
        Institution: ("change", "view"),
    },
    Role.SUPERVISOR: {
        Product: ("change", "publish", "view", "lock", "unlock"),
        Outlet: ALL,
        ServiceItem: ALL,
        StatedCount: ALL,
        Landmark: ALL,
        LendingRate: ALL,
        Institution: ALL,
    },
}
WORKFLOW = "产品发布审核"


@transaction.atomic
def sync_groups() -> None:
    """Editors draft, reviewers and supervisors decide and take down; of which institutions, `queries.editable_by` says.

    Run again and again: permissions that the table no longer has go, the workflow is made once and may be edited.
    """
    granted: list[type[Model]] = [Product, Outlet, ServiceItem, StatedCount, Landmark, LendingRate, Institution]
    kinds = ContentType.objects.get_for_models(*granted)
    permissions = {
        (each.content_type_id, each.codename): each
        for each in Permission.objects.filter(content_type__in=kinds.values())
    }
    for role, models in GRANTS.items():
        wanted = {
            permissions[kinds[model].pk, f"{verb}_{model._meta.model_name}"]
            for model, verbs in models.items()
            for verb in verbs
        }
        group = group_for(role)
        held = set(group.permissions.filter(content_type__in=kinds.values()))
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))
    _sync_workflow(kinds[Product])


def _sync_workflow(kind: ContentType) -> None:
    """The two posts, made once. A workflow of the time when there was one post gets the second."""
    institution, _made = InstitutionReview.objects.get_or_create(name="机构审核")
    supervisor, is_new = SupervisorReview.objects.get_or_create(name="主管部门审核")
    held = WorkflowContentType.objects.filter(content_type=kind).select_related("workflow").first()
    if held is None:
        workflow = Workflow.objects.create(name=WORKFLOW)
        WorkflowTask.objects.create(workflow=workflow, task=institution, sort_order=0)
        WorkflowContentType.objects.create(workflow=workflow, content_type=kind)
    else:
        workflow = held.workflow
    if is_new:
        WorkflowTask.objects.create(workflow=workflow, task=supervisor, sort_order=1)
