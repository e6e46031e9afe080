"""Institutions, their places and their service items in the CMS."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet

from accounts.models import Institution

from ..models import Landmark, Outlet, ServiceItem, StatedCount
from .forms import OwnForm, PlaceForm
from .scope import OwnViewSet

SUPERVISED = "accounts.add_institution"  # who may enter institutions decides on their name, kind and address


class InstitutionViewSet(OwnViewSet):
    model = Institution
    exchange_kind = "institutions"
    list_related = ("region",)
    icon = "group"
    menu_label = _("金融机构")
    menu_order = 110
    add_to_admin_menu = True
    list_display = ["name", "kind", "region", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]
    panels = [
        FieldPanel("name", permission=SUPERVISED),
        FieldPanel("short_name"),
        FieldPanel("slug", permission=SUPERVISED, help_text=_("网址的最后一段，用拼音；发布后不要再改")),
        FieldPanel("kind", permission=SUPERVISED),
        FieldPanel("region", permission=SUPERVISED),
        FieldPanel("summary"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("website")]),
        FieldPanel("is_active", permission=SUPERVISED),
        FieldPanel("source"),
    ]
    edit_handler = ObjectList(panels, base_form_class=PlaceForm)


class OutletViewSet(OwnViewSet):
    model = Outlet
    exchange_kind = "outlets"
    list_related = ("institution", "region")
    icon = "home"
    menu_label = _("网点")
    menu_order = 120
    add_to_admin_menu = True
    list_display = ["name", "institution", "region", "address"]
    search_fields = ["name", "address"]
    panels = [
        FieldPanel("institution", widget=forms.Select),
        FieldPanel("name"),
        FieldPanel("region"),
        FieldPanel("address"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")])],
            heading=_("地图位置"),
            help_text=_("WGS-84 经纬度；不知道就留空，网点照样出现在列表里。"),
        ),
        FieldPanel("phone"),
        MultiFieldPanel(
            [FieldPanel("hours"), FieldPanel("holiday_rule"), FieldPanel("exceptions")],
            heading=_("营业时间"),
            help_text=_("网页凭这里算出“现在营业”。调休上班的周末按周一的时间。"),
        ),
        FieldPanel("duty"),
        FieldPanel("has_government_counter"),
        FieldPanel("services", widget=forms.CheckboxSelectMultiple),
        FieldPanel("source"),
    ]
    edit_handler = ObjectList(panels, base_form_class=PlaceForm)


class ServiceItemViewSet(OwnViewSet):
    model = ServiceItem
    exchange_kind = "services"
    list_related = ("institution",)
    icon = "list-ul"
    menu_label = _("服务事项")
    menu_order = 130
    add_to_admin_menu = True
    list_display = ["name", "group", "institution"]
    list_filter = ["group"]
    search_fields = ["name"]
    panels = [
        FieldPanel("institution", widget=forms.Select),
        FieldPanel("name"),
        FieldPanel("group"),
        FieldPanel("description"),
        FieldPanel("how_to_apply"),
        FieldPanel("apply_url"),
        FieldPanel("source"),
    ]
    edit_handler = ObjectList(panels, base_form_class=OwnForm)


class StatedCountViewSet(OwnViewSet):
    model = StatedCount
    list_related = ("institution",)
    icon = "order"
    menu_label = _("公布的数量")
    menu_order = 140
    add_to_admin_menu = True
    list_display = ["institution", "subject", "count", "unit", "as_of"]
    list_filter = ["subject"]
    panels = [
        FieldPanel("institution", widget=forms.Select),
        FieldPanel("subject"),
        FieldRowPanel([FieldPanel("count"), FieldPanel("unit")]),
        FieldPanel("source"),
        FieldPanel("as_of"),
    ]
    edit_handler = ObjectList(panels, base_form_class=OwnForm)


class LandmarkViewSet(SnippetViewSet):
    """The place's own; only supervisors hold its permissions, see `actions.groups`."""

    model = Landmark
    icon = "site"
    menu_label = _("出发地点")
    menu_order = 150
    add_to_admin_menu = True
    search_backend_name = None
    list_display = ["name", "region", "latitude", "longitude"]
    search_fields = ["name"]
    panels = [
        FieldPanel("name", help_text=_("如“某某工业园区管委会”“某某镇政府”")),
        FieldPanel("region"),
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
        FieldPanel("source", help_text=_("坐标出自哪里，如“天地图”；用 WGS-84 或 CGCS2000 坐标")),
    ]
    edit_handler = ObjectList(panels, base_form_class=PlaceForm)

    def get_queryset(self, request):
        return Landmark.objects.select_related("region")
