"""What the pages' app adds to the CMS: choosing cards, the report of links, and films that can be wound."""

import mimetypes
import re

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import cards, reports, unpublished  # noqa: F401  (hooks connect themselves)
from .blocks import VIDEO_TYPES

PART = 4 * 1024 * 1024
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("content/pick/<slug:kind>/", pick, name="content_pick"),
        path("reports/links/", reports.LinkReportView.as_view(), name="content_links"),
        path("reports/links/results/", reports.LinkReportView.as_view(results_only=True), name="content_links_results"),
        path("reports/links/check/", reports.check_now, name="content_links_check"),
    ]


def pick(request: HttpRequest, kind: str) -> JsonResponse:
    """Suggestions for a block of cards: what the public may see."""
    if cards.get(kind) is None:
        raise Http404
    return JsonResponse({"options": cards.options(kind, request.GET.get("q", "").strip()[:40])})


class _ReportItem(MenuItem):
    def is_shown(self, request) -> bool:
        return reports.may_read(request.user)


@hooks.register("register_reports_menu_item")
def link_report() -> MenuItem:
    return _ReportItem(_("链接检查"), reverse("content_links"), name="links", icon_name="link", order=900)


@hooks.register("before_serve_document", order=200)  # after Wagtail's own question whether this visitor may
def serve_part(document, request: HttpRequest) -> HttpResponse | None:
    """Answers a range of a film: phones will not play one that can only be had whole."""
    asked = RANGE.match(request.headers.get("Range", ""))
    if document.file_extension.lower() not in VIDEO_TYPES or asked is None or not any(asked.groups()):
        return None
    size, kind = document.file.size, mimetypes.guess_type(document.filename)[0]
    first, last = asked[1], asked[2]
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(end, start + PART - 1)  # RFC 9110, 15.3.7: the player asks for the rest
    with document.file.open("rb") as handle:
        handle.seek(start)
        data = handle.read(end - start + 1)
    told = {"Content-Range": f"bytes {start}-{end}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(data, status=206, content_type=kind, headers=told)
