"""What allauth tells of factors and connected accounts, for the audit trail; a factor in use stops its removal."""

from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.utils.translation import gettext_lazy

from .. import audit

VERBS = {
    "factor_added": gettext_lazy("添加验证方式"),
    "factor_removed": gettext_lazy("移除验证方式"),
    "factors_reset": gettext_lazy("重置验证方式"),
    "factors_rekeyed": gettext_lazy("更换验证方式的加密密钥"),
    "factors_recovered": gettext_lazy("等待期满后移除验证方式"),
    "recovery_codes_made": gettext_lazy("重新生成恢复码"),
    "oidc_connected": gettext_lazy("绑定统一身份认证"),
    "oidc_disconnected": gettext_lazy("解除绑定统一身份认证"),
    "sessions_ended": gettext_lazy("结束登录状态"),
}


def connect() -> None:
    """Called once, by `AppConfig.ready`."""
    mfa.authenticator_added.connect(_added, dispatch_uid="audit-factor-added")
    mfa.authenticator_removed.connect(_removed, dispatch_uid="audit-factor-removed")
    mfa.authenticator_reset.connect(_new_codes, dispatch_uid="audit-recovery-codes")
    mfa.authenticator_used.connect(_used, dispatch_uid="factor-used")
    social.social_account_added.connect(_connected, dispatch_uid="audit-oidc-connected")
    social.social_account_removed.connect(_disconnected, dispatch_uid="audit-oidc-disconnected")
    for verb, label in VERBS.items():
        audit.name_verb(verb, label)


def _added(sender, user, authenticator, **kwargs) -> None:
    audit.record("factor_added", user, actor=user, detail={"type": authenticator.type})


def _removed(sender, user, authenticator, **kwargs) -> None:
    from . import contacts

    audit.record("factor_removed", user, detail={"type": authenticator.type})
    contacts.tell(user, _removed_text())


def _removed_text() -> str:
    from django.utils.translation import gettext as _

    return _("您的账号移除了一项验证方式（验证器、通行密钥或恢复码）。如果不是您本人操作，请马上修改密码。")


def _new_codes(sender, user, authenticator, **kwargs) -> None:
    audit.record("recovery_codes_made", user, actor=user)


def _used(sender, user, authenticator, **kwargs) -> None:
    from . import recovery

    found = recovery.waiting(user)
    if found is not None:
        recovery.cancel(found)


def _connected(sender, request, sociallogin, **kwargs) -> None:
    audit.record("oidc_connected", sociallogin.user, actor=sociallogin.user)


def _disconnected(sender, request, socialaccount, **kwargs) -> None:
    audit.record("oidc_disconnected", socialaccount.user)
