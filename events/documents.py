"""Events in search."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from search.registry import DocumentType, Facet, register

from . import queries
from .models import Event, EventSession

register(
    DocumentType(
        kind="event",
        label=_("活动"),
        model=Event,
        queryset=lambda: queries.public_events().prefetch_related("sessions"),
        title=lambda event: event.title,
        summary=lambda event: event.summary,
        keywords=lambda event: [str(event.get_kind_display()), event.region.full_name, event.venue, event.hosts],
        body=lambda event: [event.description, event.audience, *(each.title for each in event.sessions.all())],
        meta=lambda event: [f"{timezone.localtime(event.starts_at):%Y-%m-%d}", event.venue],
        facets={"kind": Facet(_("类别"), lambda event: [event.kind], choices=Event.Kind.choices)},
        date=lambda event: event.starts_at,
        related={EventSession: lambda row: [row.event_id]},
        priority=30,
    )
)
