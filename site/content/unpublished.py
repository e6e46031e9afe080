"""Pages that are not public are for those who write pages. Wagtail's explorer asks for a right; its choosers offer drafts to
everybody who may enter the CMS, and its bulk actions name the pages that they refuse."""

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.models import PageQuerySet
from wagtail.permissions import page_permission_policy

WRITING = {"add", "change", "publish"}


def writes_pages(request: HttpRequest) -> bool:
    return page_permission_policy.user_has_any_permission(request.user, WRITING)


@hooks.register("construct_page_chooser_queryset")
def offer_what_is_public(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    return pages if writes_pages(request) else pages.live()


class _ForWriters:
    request: HttpRequest

    def get_actionable_objects(self):
        if not writes_pages(self.request):
            raise Http404
        return super().get_actionable_objects()  # type: ignore[misc]


for action in (DeleteBulkAction, MoveBulkAction, PublishBulkAction, UnpublishBulkAction):
    hooks.register("register_bulk_action", type(f"Own{action.__name__}", (_ForWriters, action), {}), order=1)
