"""Institutions, their places and their service items in the CMS."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from accounts.models import Institution

from ..models import Outlet, ServiceItem
from .forms import OwnForm, PlaceForm
from .scope import OwnViewSet

SUPERVISED = "accounts.add_institution"  # who may enter institutions decides on their name, kind and address


class InstitutionViewSet(OwnViewSet):
    model = Institution
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
        FieldRowPanel([FieldPanel("phone"), FieldPanel("hours")]),
        FieldPanel("has_government_counter"),
        FieldPanel("services", widget=forms.CheckboxSelectMultiple),
        FieldPanel("source"),
    ]
    edit_handler = ObjectList(panels, base_form_class=PlaceForm)


class ServiceItemViewSet(OwnViewSet):
    model = ServiceItem
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
        FieldPanel("source"),
    ]
    edit_handler = ObjectList(panels, base_form_class=OwnForm)
