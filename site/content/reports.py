"""The report of links in the CMS: what does not open, where it stands, since when."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView

from accounts.models import User
from accounts.roles import Role

from . import tasks
from .models import Link, LinkState

READERS = frozenset({Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
BAD = (LinkState.BROKEN, LinkState.UNSURE, LinkState.REFUSED)


def may_read(user: User) -> bool:
    return bool(user.roles & READERS)


def troubled() -> QuerySet[Link]:
    """What an editor should look at: broken ones first, the longest broken first."""
    return Link.objects.filter(state__in=BAD).prefetch_related("uses").order_by("state", "broken_since", "url")


class AddressColumn(Column):
    cell_template_name = "content/reports/_address.html"


class PlacesColumn(Column):
    cell_template_name = "content/reports/_places.html"


class LinkReportView(ReportView):
    page_title = gettext_lazy("链接检查")
    header_icon = "link"
    index_url_name = "content_links"
    index_results_url_name = "content_links_results"
    template_name = "content/reports/links.html"
    results_template_name = "content/reports/links_results.html"
    model = Link
    is_searchable = False
    columns = [
        AddressColumn("url", label=gettext_lazy("链接")),
        Column("get_state_display", label=gettext_lazy("结果")),
        Column("detail", label=gettext_lazy("说明")),
        DateColumn("broken_since", label=gettext_lazy("从何时起")),
        PlacesColumn("places", label=gettext_lazy("在哪里"), accessor=lambda link: link.uses.all()),
    ]
    list_export = ["url", "state", "detail", "broken_since", "checked_at"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_read(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Link]:
        return troubled()

    def get_context_data(self, *args, **kwargs):
        last = Link.objects.exclude(checked_at=None).order_by("-checked_at").first()
        return super().get_context_data(*args, **kwargs) | {
            "total": Link.objects.count(),
            "last_checked": last.checked_at if last else None,
        }


@require_POST
def check_now(request: HttpRequest) -> HttpResponse:
    """Looks at once instead of next week; the queue does it."""
    if not may_read(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    tasks.begin_checking.enqueue()
    messages.success(request, _("已经开始检查，查完会通知内容编辑。"))
    return redirect("content_links")
