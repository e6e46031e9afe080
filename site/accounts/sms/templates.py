"""The messages we send. Carriers approve each wording; the operator enters the approved codes in SMS_TEMPLATE_CODES."""

from django.utils.translation import gettext_lazy as _

TEMPLATES = {
    "code": _("验证码 %(code)s，5 分钟内有效。请勿告诉他人。"),
    "registered": _("您已报名“%(event)s”，签到码 %(code)s。门票：%(url)s"),
    "notice": _("%(text)s 详情：%(url)s"),
}
