from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("产品目录")

    def ready(self) -> None:
        from accounts import navigation

        from . import desk, handover, review_notices  # noqa: F401  (notices connect themselves)

        people = (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.SUPERVISOR)
        handover.register()
        navigation.register("desk", _("产品管理"), desk.PRODUCTS, roles=people, order=30, count=desk.waiting_count)
        navigation.register_panel("desk", "reviews", desk.reviews, roles=(Role.PRODUCT_REVIEWER,), order=30)
        navigation.register_panel("desk", "drafts", desk.drafts, roles=(Role.PRODUCT_EDITOR,), order=32)
        navigation.register("me", _("收藏的产品"), "catalogue:favourites", order=60)
        navigation.register("desk", _("收藏的产品"), "catalogue:desk_favourites", order=85)
