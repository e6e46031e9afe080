"""What waits on the landing pages: visits ahead or not yet written down, requests by their clock."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import Panel, Row
from accounts.wording import clock

from . import queries
from .models import RequestState, VisitState

ROWS = 5
STANDING = (VisitState.PLANNED, VisitState.CONFIRMED)


def next_visits(user: User) -> Panel | None:
    """An advisor's own visits that are ahead or wait for a log, in order of time."""
    advisor = queries.advisor_of(user)
    if advisor is None:
        return None
    found = advisor.visits.filter(state__in=STANDING).select_related("enterprise").order_by("starts_at")
    now = timezone.now()
    rows = [
        Row(
            title=visit.enterprise.name,
            url=visit.get_absolute_url(),
            note=f"{clock(visit.starts_at)} · {_('请写走访记录') if visit.ends_at < now else visit.get_state_display()}",
            is_late=False,
        )
        for visit in found[:ROWS]
    ]
    return Panel(
        _("我的走访"),
        rows,
        found.count() if rows else 0,
        reverse("advisors:week"),
        _("近期没有走访。计划一次，或等企业来约。"),
        _("计划走访"),
        reverse("advisors:plan"),
    )


def open_requests(user: User) -> Panel:
    found = queries.queue(user)
    rows = [
        Row(
            str(each),
            each.get_absolute_url(),
            f"{each.enterprise} · {each.get_state_display()}",
            each.due_at,
            each.is_late,
        )
        for each in found[:ROWS]
    ]
    return Panel(
        _("诉求"), rows, found.count() if rows else 0, reverse("advisors:requests"), _("没有要办的诉求，都有回音了。")
    )


def callers(user: User) -> Panel | None:
    found = queries.callers(user)
    if not found:
        return None
    rows = [
        Row(each.enterprise.name, f"{reverse('advisors:plan')}?need={each.pk}", each.summary) for each in found[:ROWS]
    ]
    return Panel(_("待联系"), rows, len(found), f"{reverse('advisors:requests')}#callers", "")


def my_visits(user: User) -> Panel | None:
    found = queries.visits_of(user.enterprise).filter(state__in=STANDING, ends_at__gte=timezone.now())
    rows = [
        Row(clock(visit.starts_at), visit.me_url, f"{visit.advisor} · {visit.get_state_display()}")
        for visit in found.order_by("starts_at")[:ROWS]
    ]
    return Panel(
        _("走访"),
        rows,
        found.count() if rows else 0,
        reverse("advisors:my_visits"),
        _("还没有约顾问。说不清该借哪种钱时，请顾问上门看看。"),
        _("找金融顾问"),
        reverse("advisors:list"),
    )


def my_requests(user: User) -> Panel | None:
    found = queries.requests_of(user.enterprise).exclude(state=RequestState.CLOSED)
    rows = [Row(str(each), each.me_url, each.get_state_display(), each.due_at) for each in found[:ROWS]]
    return Panel(
        _("诉求"),
        rows,
        found.count() if rows else 0,
        reverse("advisors:my_requests"),
        _("没有在办的诉求。遇到难题可以提出来，我们跟到解决。"),
        _("提出诉求"),
        reverse("advisors:my_request_new"),
    )
