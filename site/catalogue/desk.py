"""What of the catalogue waits for a person at the work place: reviews to decide, drafts to finish."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import WorkflowState

from accounts import audit, navigation
from accounts.models import User
from accounts.navigation import Panel, Row
from accounts.roles import Role

from . import queries
from .models import Product
from .workplace.queries import products_of

PRODUCTS, REVIEWS = "catalogue:desk_products", "catalogue:desk_reviews"
ROWS = 5
STANDING = {
    WorkflowState.STATUS_IN_PROGRESS: gettext_lazy("已提交，等审核"),
    WorkflowState.STATUS_NEEDS_CHANGES: gettext_lazy("被退回，请看审核意见"),
}


def register() -> None:
    """The entries and panels of products; called once when the apps are ready."""
    deciding, keepers = (Role.PRODUCT_REVIEWER, Role.SUPERVISOR), (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER)
    everybody = (*keepers, Role.SUPERVISOR, Role.ADMINISTRATOR)
    navigation.register("desk", gettext_lazy("审核产品"), REVIEWS, roles=deciding, order=29, count=waiting_count)
    navigation.register("desk", gettext_lazy("产品管理"), PRODUCTS, roles=everybody, order=30)
    navigation.register_panel("desk", "reviews", reviews, roles=deciding, order=30)
    navigation.register_panel("desk", "stale", stale, roles=keepers, order=31)
    navigation.register_panel("desk", "drafts", drafts, roles=(Role.PRODUCT_EDITOR,), order=32)
    audit.name_verb("break_glass", gettext_lazy("未经审核发布"))
    audit.name_verb("imported", gettext_lazy("导入"))
    audit.name_verb("import_undone", gettext_lazy("撤销导入"))


def waiting_count(user: User) -> int | None:
    return queries.awaiting_review_by(user).count() if user.roles & {Role.PRODUCT_REVIEWER, Role.SUPERVISOR} else None


def reviews(user: User) -> Panel:
    found = queries.awaiting_review_by(user).order_by("updated_at", "pk")
    return Panel(
        title=_("等您审核的产品"),
        rows=[
            Row(str(each), reverse("catalogue:desk_review", args=[each.pk]), note=str(each.institution))
            for each in found[:ROWS]
        ],
        total=found.count(),
        more_url=reverse(REVIEWS),
        empty=_("没有等您审核的产品。编辑提交后会出现在这里，并通知您。"),
    )


def drafts(user: User) -> Panel:
    found = queries.drafts_of(user)
    return Panel(
        title=_("没有发布的产品修改"),
        rows=[
            Row(str(each), _edit(each), note=str(STANDING.get(each.review, _("草稿，还没有提交审核"))))
            for each in found[:ROWS]
        ],
        total=found.count(),
        more_url=reverse(PRODUCTS),
        empty=_("没有未发布的修改。新建或修改产品后，提交本机构审核才会公开。"),
        action_label=_("新建产品"),
        action_url=reverse("wagtailsnippets_catalogue_product:add"),
    )


def stale(user: User) -> Panel | None:
    """Products that their institution has to confirm; nothing where none is due. Those whose policy no longer holds have a
    panel of their own."""
    due = products_of(user, show="stale").filter(on_lapsed=False)
    found = list(due[:ROWS])
    if not found:
        return None
    return Panel(
        title=_("待复核的产品"),
        rows=[
            Row(str(each), reverse(PRODUCTS) + "?show=stale", note=_("最近确认在 %s") % each.confirmed_day)
            for each in found
        ],
        total=due.count(),
        more_url=reverse(PRODUCTS) + "?show=stale",
        empty="",
    )


def _edit(product: Product) -> str:
    return reverse("wagtailsnippets_catalogue_product:edit", args=[product.pk])
