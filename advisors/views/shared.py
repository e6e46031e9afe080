"""What the pages of the desk and those of an enterprise do alike."""

from collections.abc import Collection, Iterable
from typing import Any

from django.http import FileResponse, Http404, QueryDict
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.wording import masked_name, masked_text

from ..models import RequestEvent, ServiceRequest, VisitEvent


def typed(request: Request) -> QueryDict | None:
    """What was posted, or what had been typed before the session expired; None on a first look."""
    return request.POST if request.method == "POST" else request.kept_draft


def timeline(events: Iterable[VisitEvent | RequestEvent], hidden: Collection[int] = ()) -> list[dict[str, Any]]:
    """Rows for components/timeline.html; a step that kept or missed its clock says so.

    `hidden`: users whose names, and numbers in their notes, this reader sees masked.
    """
    rows = []
    for event in events:
        due = getattr(event, "due_at", None)
        against = "" if due is None else _("期限内") if event.at <= due else _("已超过期限")
        masks = event.by is not None and event.by_id in hidden
        who = masked_name(event.by.name) if masks and event.by is not None else event.by
        note = masked_text(event.note) if hidden else event.note
        rows.append({"when": event.at, "who": who, "what": event.label, "note": note, "against": against})
    return rows


def attachment_of(found: ServiceRequest | None) -> FileResponse:
    if found is None or not found.attachment:
        raise Http404
    return FileResponse(found.attachment.open(), as_attachment=True)
