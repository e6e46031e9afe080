"""What waits on the landing pages: people who ask to join, claims to review."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ..audit.sentences import person_name
from ..models import User
from ..navigation import Panel, Row
from ..wording import clock
from . import queries

ROWS = 5


def join_requests(user: User) -> Panel | None:
    """For owners, only while somebody waits."""
    found = queries.waiting_requests(user)
    url = reverse("accounts:members")
    rows = (
        [Row(str(each.user), url, each.message) for each in found[:ROWS]]
        if queries.waiting_requests_count(user)
        else []
    )
    return Panel(_("申请加入的人"), rows, found.count(), url, "", _("去处理"), url) if rows else None


def claims(user: User) -> Panel:
    """Names stay masked here and in the list: who opens the claim is shown them, and that is recorded."""
    found = queries.claims_to_review(user)
    rows = [
        Row(each.enterprise.name, each.desk_url, f"{person_name(each.claimant)} · {clock(each.created_at)}")
        for each in found[:ROWS]
    ]
    total = found.count() if rows else 0
    return Panel(_("企业认领"), rows, total, reverse("accounts:claims"), _("没有等您审核的企业认领。"))
