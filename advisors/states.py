"""What may happen to a visit and to a request, and by whom. `queries` says which of these actors a person is."""

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.transitions import StateMachine, transition
from accounts.wording import clock

from .models import RequestState, ServiceRequest, Visit, VisitState

OPEN_VISIT = {VisitState.PLANNED, VisitState.CONFIRMED}
# Actors: advisor (of the visit), lead (of its team), enterprise (its people), invited (its people, when the team proposed).


def _has_begun(visit: Visit) -> str:
    return (
        ""
        if visit.starts_at <= timezone.now()
        else _now("走访还没有开始（%s），时间到了再记。") % clock(visit.starts_at)
    )


def _is_the_day(visit: Visit) -> str:
    """A log may be written before the set hour (people come early), not before the day."""
    if timezone.localdate(visit.starts_at) <= timezone.localdate():
        return ""
    return _now("这次走访定在 %s，还没有到。如果已经提前见面，请先改约到今天再记。") % clock(visit.starts_at)


visit_states = StateMachine(
    name="走访",
    states=VisitState,
    transitions=(
        transition(
            "confirm", _("确认"), VisitState.PLANNED, VisitState.CONFIRMED, {"advisor", "lead", "invited"},
            effect="通知对方",
        ),
        transition(
            "move", _("改约"), OPEN_VISIT, VisitState.PLANNED, {"advisor", "lead", "enterprise"},
            effect="写明原因；新时间不得与顾问的其他走访重叠；请对方重新确认",
        ),
        transition(
            "log", _("记录"), OPEN_VISIT, VisitState.DONE, {"advisor", "lead"}, guard=_is_the_day,
            effect="写入走访记录和谈到的产品；提出的诉求开始计时；请企业评价",
        ),
        transition(
            "no_show", _("记为未见到人"), OPEN_VISIT, VisitState.NO_SHOW, {"advisor", "lead"}, guard=_has_begun,
            effect="腾出顾问的时间",
        ),
        transition(
            "cancel", _("取消"), OPEN_VISIT, VisitState.CANCELLED, {"advisor", "lead", "enterprise"},
            effect="写明原因；腾出顾问的时间；通知对方",
        ),
    ),
)  # fmt: skip

IN_WORK = {RequestState.RAISED, RequestState.REOPENED, RequestState.DISPATCHED}
# Actors: desk (advisors and lead of the team it belongs to, supervisor), handler (its owner, staff of its unit),
# enterprise (its people).


def _has_handler(request: ServiceRequest) -> str:
    return "" if request.owner_id or request.unit_id else _now("还没有承办人，请先受理或派单。")


request_states = StateMachine(
    name="诉求",
    states=RequestState,
    transitions=(
        transition(
            "take", _("受理"), {RequestState.RAISED, RequestState.REOPENED}, RequestState.DISPATCHED,
            {"desk", "handler"}, effect="由本人承办；按工作日计答复期限",
        ),
        transition(
            "dispatch", _("派单"), IN_WORK, RequestState.DISPATCHED, {"desk", "handler"},
            effect="交给单位或个人；按工作日计答复期限；通知承办方",
        ),
        transition(
            "answer", _("答复"), {RequestState.DISPATCHED, RequestState.REOPENED}, RequestState.ANSWERED, "handler",
            guard=_has_handler, effect="停止计时；请企业确认是否解决",
        ),
        transition(
            "confirm", _("确认已解决"), RequestState.ANSWERED, RequestState.CONFIRMED, "enterprise",
            effect="请企业评价",
        ),
        transition(
            "reopen", _("没有解决"), {RequestState.ANSWERED, RequestState.CONFIRMED}, RequestState.REOPENED,
            "enterprise", effect="写明原因；重新计时；通知承办方和首席专员",
        ),
        transition(
            "close", _("办结"), RequestState.CONFIRMED, RequestState.CLOSED, {"desk", "handler"}, effect="归档",
        ),
        transition(
            "withdraw", _("撤回"), {RequestState.RAISED, RequestState.DISPATCHED, RequestState.REOPENED},
            RequestState.CLOSED, "enterprise", effect="停止计时；通知承办方",
        ),
    ),
)  # fmt: skip
