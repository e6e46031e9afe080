"""The catalogue in the CMS: products as snippets, each institution sees and edits its own."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from accounts.models import Institution

from . import queries
from .models import Outlet, Product, ServiceItem


class OwnProductsPolicy(ModelPermissionPolicy):
    """Group permissions as usual, and only over products of institutions that the person works for."""

    def user_has_permission_for_instance(self, user, action, instance) -> bool:
        if not super().user_has_permission(user, action):
            return False
        return instance.pk is None or queries.products_editable_by(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        return (
            queries.products_editable_by(user)
            if super().user_has_any_permission(user, actions)
            else Product.objects.none()
        )

    def instances_user_has_permission_for(self, user, action):
        return self.instances_user_has_any_permission_for(user, [action])


class InstitutionPanel(FieldPanel):
    """Offers the institutions that the editor works for; another one's id in the post is refused by the form."""

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs) -> None:
            super().__init__(**kwargs)
            if self.request is not None and self.form is not None and self.field_name in self.form.fields:
                allowed = [each.pk for each in queries.institutions_editable_by(self.request.user)]
                self.form.fields[self.field_name].queryset = Institution.objects.filter(pk__in=allowed)


BASIC = ObjectList(
    [
        InstitutionPanel("institution"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("slug", help_text=_("网址的最后一段，用拼音，如 huidandai"))]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("login_required")]),
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("not_for"),
        FieldPanel("description"),
        FieldPanel("purposes"),
        FieldPanel("partners"),
    ],
    heading=_("产品"),
)
TERMS = ObjectList(
    [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("amount_min"), FieldPanel("amount_max")]),
                FieldRowPanel([FieldPanel("rate_min"), FieldPanel("rate_max")]),
                FieldPanel("rate_note", help_text=_("如 LPR+50 基点；没有数字时写清以谁为准")),
                FieldRowPanel([FieldPanel("term_min"), FieldPanel("term_max")]),
                FieldPanel("promised_days"),
            ],
            heading=_("额度、利率、期限"),
            help_text=_("不知道就留空，页面会显示“以机构为准”。"),
        ),
        FieldPanel("guarantee_kinds"),
        FieldPanel("repayment_kinds"),
        InlinePanel("tariffs", label=_("资费"), help_text=_("每项费用或补贴一行；成本示例由这些行算出。")),
    ],
    heading=_("条件与资费"),
)
RULES = ObjectList(
    [
        FieldPanel("regions"),
        FieldPanel("size_classes"),
        FieldPanel("industry_codes"),
        InlinePanel("rules", label=_("准入条件"), help_text=_("写原文；能对应代码的填代码，匹配时就能自动判断。")),
    ],
    heading=_("适合谁"),
)
HOW = ObjectList([FieldPanel("materials"), FieldPanel("steps"), FieldPanel("contact")], heading=_("怎么办"))
SOURCE = ObjectList(
    [
        FieldPanel("source"),
        FieldPanel("source_url"),
        FieldPanel("as_of"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
        PublishingPanel(),
    ],
    heading=_("来源与发布"),
)


class ProductViewSet(SnippetViewSet):
    model = Product
    icon = "form"
    menu_label = _("金融产品")
    menu_order = 100
    add_to_admin_menu = True
    list_display = ["name", "institution", "kind", "live", "has_unpublished_changes", "updated_at"]
    list_filter = ["kind", "live"]
    search_fields = ["name", "summary", "slug"]
    search_backend_name = None  # icontains finds Chinese; the stock backend does not
    list_per_page = 50
    edit_handler = TabbedInterface([BASIC, TERMS, RULES, HOW, SOURCE])

    def get_queryset(self, request):
        return queries.products_editable_by(request.user).select_related("institution")


class InstitutionViewSet(SnippetViewSet):
    model = Institution
    icon = "group"
    menu_label = _("金融机构")
    list_display = ["name", "kind", "region", "is_active"]
    search_fields = ["name", "short_name"]
    search_backend_name = None
    panels = [
        FieldPanel(name)
        for name in (
            "name",
            "short_name",
            "slug",
            "kind",
            "summary",
            "description",
            "phone",
            "website",
            "is_active",
            "source",
        )
    ]


class OutletViewSet(SnippetViewSet):
    model = Outlet
    icon = "home"
    menu_label = _("网点")
    list_display = ["name", "institution", "address"]
    search_fields = ["name", "address"]
    search_backend_name = None


class ServiceItemViewSet(SnippetViewSet):
    model = ServiceItem
    icon = "list-ul"
    menu_label = _("服务事项")
    list_display = ["name", "group", "institution"]
    search_fields = ["name"]
    search_backend_name = None


register_permission_policy(Product, OwnProductsPolicy(Product))
for viewset in (ProductViewSet, InstitutionViewSet, OutletViewSet, ServiceItemViewSet):
    register_snippet(viewset)


def _own_only(request, instance) -> None:
    """The last word on every write of a product, whichever view it comes from."""
    if (
        isinstance(instance, Product)
        and instance.pk
        and not queries.products_editable_by(request.user).filter(pk=instance.pk).exists()
    ):
        raise PermissionDenied


hooks.register("before_edit_snippet", _own_only)


@hooks.register("before_delete_snippet")
def _own_only_delete(request, instances) -> None:
    for instance in instances:
        _own_only(request, instance)
