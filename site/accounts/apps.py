from django import forms
from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _

from .roles import CMS_ROLES, Role

# Django says 必需字段; an error here tells what to do. Set before any form is built: fields copy it when they are made.
forms.Field.default_error_messages["required"] = _("请填写这一项。")
for chosen in (forms.ChoiceField, forms.ModelChoiceField, forms.MultipleChoiceField):
    chosen.default_error_messages["required"] = _("请选择一项。")
forms.FileField.default_error_messages["required"] = _("请选择文件。")


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("用户与机构")

    def ready(self) -> None:
        from . import navigation, queries
        from .audit import signals
        from .audit.queries import READERS
        from .models import RoleAssignment
        from .people import entries
        from .privacy import tables
        from .security import signals as security_signals

        tables.declare()
        security_signals.connect()
        signals.connect()
        entries.register()
        post_migrate.connect(_restore_append_only, sender=self, dispatch_uid="audit-append-only")

        def follow(sender, instance, **kwargs) -> None:
            from .actions import sync_access

            sync_access(instance.user)

        for signal in (post_save, post_delete):
            signal.connect(follow, sender=RoleAssignment, dispatch_uid="roles-to-groups", weak=False)
        navigation.register("me", _("企业信息"), "accounts:enterprise", order=70)
        navigation.register("me", _("授权"), "accounts:consents", order=75)
        navigation.register("me", _("登录与安全"), "accounts:security", order=85)
        navigation.register("desk", _("登录与安全"), "accounts:desk_security", order=92)
        navigation.register("desk", _("登录协助"), "accounts:sign_in_help", order=93, roles=(Role.ADMINISTRATOR,))
        navigation.register("me", _("谁看过我的资料"), "accounts:looked", order=76)
        navigation.register("me", _("我的数据"), "accounts:data", order=77)
        navigation.register("desk", _("审计"), "accounts:audit", order=80, roles=READERS)
        navigation.register("me", _("通知"), "accounts:notices", order=80, count=queries.unread_count)
        navigation.register("desk", _("通知"), "accounts:desk_notices", order=90, count=queries.unread_count)
        navigation.register("desk", _("内容管理后台"), "wagtailadmin_home", order=95, roles=tuple(CMS_ROLES))


def _restore_append_only(*, using: str, **kwargs) -> None:
    from django.db import connections

    from .audit.database import restore

    restore(connections[using])
