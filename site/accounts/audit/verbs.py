"""What entries are called in words. Apps add verbs of their own in `AppConfig.ready`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, str | Promise] = {
    "created": _("新增"),
    "changed": _("修改"),
    "deleted": _("删除"),
    "viewed": _("查看"),
    "revealed": _("显示完整信息"),
    "exported": _("导出"),
    "signed_in": _("登录"),
    "signed_out": _("退出登录"),
    "suspended": _("停用账号"),
    "reinstated": _("恢复账号"),
    "erasure_asked": _("申请删除个人信息"),
    "erasure_undone": _("撤销删除申请"),
    "erased": _("删除个人信息"),
}
WITH_OBJECT = (
    "created",
    "changed",
    "deleted",
    "viewed",
    "exported",
)  # 修改了 什么; the others name what they are about
LOOKS = ("viewed", "revealed", "exported")  # somebody was shown private values

# Why personal data was shown, as the page that shows it says: `viewed(…, purpose="referral")`.
PURPOSES: dict[str, str | Promise] = {
    "referral": _("办理对接"),
    "need": _("了解融资需求"),
    "visit": _("走访企业"),
    "request": _("办理诉求"),
    "event": _("组织活动"),
    "door": _("活动签到"),
    "supervision": _("督办检查"),
    "claim": _("核对企业资料"),
    "administration": _("系统管理"),
}


def name_verb(code: str, label: str | Promise) -> None:
    VERBS[code] = label


def verb_label(code: str) -> str:
    return str(VERBS.get(code, code))
