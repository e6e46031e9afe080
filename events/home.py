"""What of the events stands on the front page."""

from django.http import HttpRequest

from . import queries
from .models import Event

SHOWN = 3


def next_events(request: HttpRequest) -> list[Event] | None:
    """The next few that are not called off; None when nothing is announced. One query."""
    return list(queries.upcoming().exclude(state=Event.State.CANCELLED).order_by("starts_at", "pk")[:SHOWN]) or None
