"""The messages we send. Carriers approve each wording; the operator enters the approved codes (ALIYUN_SMS_TEMPLATES)."""

from django.utils.translation import gettext_lazy as _

TEMPLATES = {
    "code": _("验证码 %(code)s，5 分钟内有效。请勿告诉他人。"),
    "known": _("您的手机号已注册过，请直接用短信验证码或密码登录。如果不是您本人操作，请忽略。"),
    "notice": _("%(text)s 详情：%(url)s"),
}
