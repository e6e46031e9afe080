"""Who may move a request to join, and a claim, from where to where."""

from django.utils.translation import gettext_lazy as _

from ..models import Claim, JoinRequest
from ..transitions import StateMachine, transition

OWNER, APPLICANT = "owner", "applicant"
REVIEWER, CLAIMANT = "reviewer", "claimant"
WAITING = JoinRequest.State.WAITING
SUBMITTED, MORE_WANTED = Claim.State.SUBMITTED, Claim.State.MORE_WANTED

join_requests = StateMachine(
    str(_("加入企业的申请")),
    JoinRequest.State,
    (
        transition("accept", _("同意加入"), WAITING, JoinRequest.State.ACCEPTED, OWNER, effect="申请人成为经办人"),
        transition("refuse", _("不同意"), WAITING, JoinRequest.State.REFUSED, OWNER, effect="通知申请人"),
        transition("withdraw", _("撤回申请"), WAITING, JoinRequest.State.WITHDRAWN, APPLICANT),
    ),
)

claims = StateMachine(
    str(_("企业认领")),
    Claim.State,
    (
        transition(
            "approve",
            _("通过"),
            SUBMITTED,
            Claim.State.APPROVED,
            REVIEWER,
            effect="申请人成为负责人，原负责人改为经办人并收到通知",
        ),
        transition("refuse", _("不通过"), [SUBMITTED, MORE_WANTED], Claim.State.REFUSED, REVIEWER, effect="写明原因"),
        transition("ask", _("请补充材料"), SUBMITTED, MORE_WANTED, REVIEWER, effect="写明缺什么"),
        transition("supply", _("补充并重新提交"), MORE_WANTED, SUBMITTED, CLAIMANT),
        transition("withdraw", _("撤回认领"), [SUBMITTED, MORE_WANTED], Claim.State.WITHDRAWN, CLAIMANT),
    ),
)
