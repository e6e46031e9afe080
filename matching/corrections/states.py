"""更正's ways. Who acts is `supervisor` (or an administrator)."""

from django.utils.translation import gettext_lazy as _

from accounts.transitions import StateMachine, transition

from ..models import ParseCorrection

SUPERVISOR = "supervisor"
State = ParseCorrection.State

MACHINE = StateMachine(
    "更正",
    State,
    (
        transition(
            "adopt", _("采纳"), State.PENDING, State.ADOPTED, SUPERVISOR,
            effect=_("记下审核人；导出时作为测试句"),
        ),
        transition("reject", _("不采纳"), State.PENDING, State.REJECTED, SUPERVISOR, effect=_("记下审核人")),
        transition(
            "reopen", _("重新审"), [State.ADOPTED, State.REJECTED], State.PENDING, SUPERVISOR, effect=_("去掉审核人"),
        ),
    ),
)  # fmt: skip
