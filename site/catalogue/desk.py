"""What of the catalogue waits for a person at the work place: reviews to decide, drafts to finish."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import WorkflowState

from accounts.models import User
from accounts.navigation import Panel, Row
from accounts.roles import Role

from . import queries
from .models import Product

PRODUCTS = "wagtailsnippets_catalogue_product:list"
ROWS = 5
STANDING = {
    WorkflowState.STATUS_IN_PROGRESS: gettext_lazy("已提交，等机构审核"),
    WorkflowState.STATUS_NEEDS_CHANGES: gettext_lazy("被退回，请看审核意见"),
}


def waiting_count(user: User) -> int | None:
    return queries.awaiting_review_by(user).count() if Role.PRODUCT_REVIEWER in user.roles else None


def reviews(user: User) -> Panel:
    found = queries.awaiting_review_by(user).order_by("updated_at", "pk")
    return Panel(
        title=_("等您审核的产品"),
        rows=[Row(each.name, _edit(each), note=str(each.institution)) for each in found[:ROWS]],
        total=found.count(),
        more_url=reverse(PRODUCTS),
        empty=_("没有等您审核的产品。编辑提交后会出现在这里，并通知您。"),
    )


def drafts(user: User) -> Panel:
    found = queries.drafts_of(user)
    return Panel(
        title=_("没有发布的产品修改"),
        rows=[
            Row(each.name, _edit(each), note=str(STANDING.get(each.review, _("草稿，还没有提交审核"))))
            for each in found[:ROWS]
        ],
        total=found.count(),
        more_url=reverse(PRODUCTS),
        empty=_("没有未发布的修改。新建或修改产品后，提交本机构审核才会公开。"),
        action_label=_("新建产品"),
        action_url=reverse("wagtailsnippets_catalogue_product:add"),
    )


def _edit(product: Product) -> str:
    return reverse("wagtailsnippets_catalogue_product:edit", args=[product.pk])
