"""对接单's ways, as one table. Who acts is `enterprise` (whose need it is) or `manager` (客户经理 of the institution)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import has_consent
from accounts.transitions import StateMachine, transition

from ..models import Referral

ENTERPRISE, MANAGER = "enterprise", "manager"
State = Referral.State


def _consent_in_force(referral: Referral) -> str:
    if has_consent(referral.need.enterprise_id, referral.institution_id):
        return ""
    return gettext("企业已撤回对本机构的授权，不能继续办理；可以婉拒，或等企业重新授权。")


MACHINE = StateMachine(
    "对接单",
    State,
    (
        transition(
            "accept", _("受理"), State.SUBMITTED, State.ACCEPTED, MANAGER,
            guard=_consent_in_force, effect=_("记下客户经理，开始对接计时，通知企业"),
        ),
        transition(
            "decline", _("婉拒"), [State.SUBMITTED, State.ACCEPTED], State.DECLINED, MANAGER,
            effect=_("须选原因，计时停止，通知企业并请企业评价"),
        ),
        transition(
            "contact", _("记录联系"), [State.ACCEPTED, State.CONTACTED], State.CONTACTED, MANAGER,
            guard=_consent_in_force, effect=_("首次联系后开始办结计时，通知企业"),
        ),
        transition(
            "grant", _("登记办成"), State.CONTACTED, State.GRANTED, MANAGER,
            guard=_consent_in_force, effect=_("记下金额、利率、日期，计时停止，请企业评价"),
        ),
        transition(
            "fail", _("登记未办成"), State.CONTACTED, State.FAILED, MANAGER,
            effect=_("须选原因，计时停止，请企业评价"),
        ),
        transition(
            "withdraw", _("撤回"), [State.SUBMITTED, State.ACCEPTED, State.CONTACTED], State.WITHDRAWN, ENTERPRISE,
            effect=_("计时停止，通知客户经理"),
        ),
    ),
)  # fmt: skip

# What happens next, and who owns it: shown on top of every timeline.
NEXT = {
    State.SUBMITTED: (_("等机构受理"), MANAGER),
    State.ACCEPTED: (_("等客户经理联系您"), MANAGER),
    State.CONTACTED: (_("按客户经理的要求备好材料，等机构答复"), MANAGER),
    State.GRANTED: (_("请评价这次服务"), ENTERPRISE),
    State.FAILED: (_("请评价这次服务；也可以另选产品"), ENTERPRISE),
    State.DECLINED: (_("可以另选产品，或请顾问联系您"), ENTERPRISE),
    State.WITHDRAWN: (_("需要时可以再次申请"), ENTERPRISE),
}
