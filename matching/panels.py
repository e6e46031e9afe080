"""What of matching waits for a person, on their landing page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import Panel, Row

from .corrections.queries import waiting as waiting_corrections
from .models import Need, Referral, WeightPreview
from .referrals import queries
from .referrals.states import NEXT, State

ROWS = 5


def my_needs(user: User) -> Panel:
    found = Need.objects.filter(enterprise=user.enterprise, status=Need.Status.OPEN)
    return Panel(
        title=_("进行中的需求"),
        rows=[Row(each.text or each.summary, each.get_absolute_url()) for each in found[:ROWS]],
        total=found.count(),
        more_url=reverse("matching:my_needs"),
        empty=_("还没有进行中的需求。用一句话说说您需要什么。"),
        action_label=_("提交需求"),
        action_url=reverse("matching:need_new"),
    )


def my_referrals(user: User) -> Panel | None:
    found = queries.referrals_of(user.enterprise).filter(state__in=Referral.OPEN_STATES)
    rows = [
        Row(
            f"{each.product.name} · {each.institution}",
            each.get_absolute_url(),
            note=f"{each.get_state_display()}，{NEXT[State(each.state)][0]}",
            due_at=each.due_at,
            is_late=each.is_late,
        )
        for each in found.order_by("due_at", "pk")[:ROWS]
    ]
    if not rows:
        return None
    return Panel(_("对接进度"), rows, found.count(), reverse("matching:my_referrals"), "")


def desk_referrals(user: User) -> Panel:
    found = queries.inbox(user)
    rows = [
        Row(
            each.product.name,
            each.get_desk_url(),
            note=_("%(who)s · %(state)s")
            % {
                "who": each.need.enterprise.name if each.is_consented else _("企业已撤回授权"),
                "state": each.get_state_display(),
            },
            due_at=each.due_at,
            is_late=each.is_late,
        )
        for each in found[:ROWS]
    ]
    return Panel(
        title=_("待办对接单"),
        rows=rows,
        total=found.count(),
        more_url=reverse("matching:desk_referrals"),
        empty=_("没有待办的对接单。企业选定贵机构的产品后会出现在这里。"),
    )


def overdue(user: User) -> Panel:
    found = queries.overdue()
    rows = [
        Row(
            f"{each.institution} · {each.product.name}",
            each.get_desk_url(),
            note=_("%(step)s超时") % {"step": each.get_clock_display()},
            due_at=each.due_at,
            is_late=True,
        )
        for each in found[:ROWS]
    ]
    return Panel(
        title=_("超时的对接单"),
        rows=rows,
        total=found.count(),
        more_url=reverse("matching:overdue"),
        empty=_("现在没有超时的对接单。"),
    )


def weights(user: User) -> Panel | None:
    """Previews that were looked at and not saved: the one thing about weights that waits."""
    found = WeightPreview.objects.filter(author=user, saved_as=None)
    rows = [
        Row(_("权重预览 %s") % each.pk, each.get_absolute_url(), note=each.get_state_display()) for each in found[:ROWS]
    ]
    if not rows:
        return None
    return Panel(_("没有保存的权重预览"), rows, found.count(), reverse("matching:weights"), "")


def corrections(user: User) -> Panel | None:
    """What people changed of what was read, until somebody decides on it; nothing where nothing waits."""
    found = waiting_corrections()
    rows = [Row(each.text, each.get_absolute_url(), note=_("%s 次") % each.count) for each in found[:ROWS]]
    if not rows:
        return None
    return Panel(_("待审的更正"), rows, found.count(), reverse("matching:corrections"), "")
