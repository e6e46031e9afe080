"""How an event goes on."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.transitions import StateMachine, transition

from .models import Event

ORGANISER = "organiser"
S = Event.State


def _in_time(event: Event) -> str:
    return str(_("活动时间已经过去，请先改好时间再发布。")) if event.ends_at <= timezone.now() else ""


EVENT = StateMachine(
    "活动",
    S,
    (
        transition("publish", _("发布"), S.DRAFT, S.PUBLISHED, ORGANISER, guard=_in_time, effect="公开页面，开始报名"),
        transition("unpublish", _("撤回为草稿"), S.PUBLISHED, S.DRAFT, ORGANISER, effect="公开页面下线，报名保留"),
        transition("close", _("结束"), S.PUBLISHED, S.CLOSED, ORGANISER, effect="停止报名，仍可导出"),
        transition("cancel", _("取消活动"), {S.DRAFT, S.PUBLISHED}, S.CANCELLED, ORGANISER, effect="通知已报名的人"),
        transition("archive", _("归档"), {S.CLOSED, S.CANCELLED}, S.ARCHIVED, ORGANISER, effect="不再出现在列表"),
    ),
)
