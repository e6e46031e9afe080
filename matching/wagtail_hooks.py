"""In the CMS: what a product would cost, for its form; the names of places."""

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from .costs import editing
from .gazetteer import views, viewsets

viewsets.register()


@hooks.register("register_admin_urls")
def register_figures() -> list:
    return [
        path("catalogue/figures/", editing.figures, name="product_figures_new"),
        path("catalogue/figures/<int:pk>/", editing.figures, name="product_figures"),
        path("places/unheard/", views.unheard_places, name="unheard_places"),
    ]


class _PlaceItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("matching.view_place"))


@hooks.register("register_admin_menu_item")
def places_menu() -> SubmenuMenuItem:
    items = [
        _PlaceItem(_("地名表"), reverse_lazy("wagtailsnippets_matching_place:list"), icon_name="globe", order=10),
        _PlaceItem(_("没收录的地名"), reverse_lazy("unheard_places"), icon_name="warning", order=20),
    ]
    return SubmenuMenuItem(_("地名"), Menu(items=items), icon_name="globe", name="places", order=610)
