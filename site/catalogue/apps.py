from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("产品目录")

    def ready(self) -> None:
        from accounts import audit, navigation

        from . import desk, handover, panels, policies, review_notices
        from .exchange.queries import ROLES

        people = (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.SUPERVISOR)
        desk.register()
        handover.register()
        navigation.register_panel("desk", "policies", policies.panel, roles=people, order=34)
        panels.register(policies.on_product_page)
        policies.connect()
        review_notices.leave_out_mails()
        navigation.register("desk", _("导入导出"), "catalogue:imports", roles=ROLES, order=34)
        audit.exclude("catalogue.importrow", "what an uploaded table would do: its effects are recorded as such")
        navigation.register("me", _("收藏的产品"), "catalogue:favourites", order=60)
        navigation.register("desk", _("收藏的产品"), "catalogue:desk_favourites", order=85)
