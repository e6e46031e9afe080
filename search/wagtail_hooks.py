"""Enters 搜索 in the CMS's menu; see `cms`."""

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from .cms import views, viewsets

viewsets.register()


class _Item(MenuItem):
    def __init__(self, label: object, url: object, permission: str, **more: object) -> None:
        super().__init__(label, url, **more)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"search.{self.permission}"))


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("search-log/", views.log, name="search_log"),
        path("search-log/explain/", views.explain, name="search_explain"),
        path("search-log/pin/", views.pin, name="search_pin"),
        path("search-log/synonym/", views.add_synonym, name="search_add_synonym"),
    ]


@hooks.register("register_admin_menu_item")
def menu() -> SubmenuMenuItem:
    def listed(model: str) -> object:
        return reverse_lazy(f"wagtailsnippets_search_{model}:list")

    items = [
        _Item(_("搜索词"), reverse_lazy("search_log"), "view_searchedquery", icon_name="list-ul", order=10),
        _Item(_("结果说明"), reverse_lazy("search_explain"), "view_searchedquery", icon_name="help", order=20),
        _Item(_("同义词"), listed("synonymgroup"), "view_synonymgroup", icon_name="link", order=30),
        _Item(_("词语与读音"), listed("lexiconterm"), "view_lexiconterm", icon_name="pilcrow", order=40),
        _Item(_("置顶"), listed("pin"), "view_pin", icon_name="thumbtack", order=50),
    ]
    return SubmenuMenuItem(_("站内搜索"), Menu(items=items), icon_name="search", name="site-search", order=600)
