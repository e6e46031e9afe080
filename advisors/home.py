"""What of the advisors stands on the front page."""

from typing import Any

from django.http import HttpRequest

from . import queries

SHOWN = 4


def find_an_advisor(request: HttpRequest) -> dict[str, Any] | None:
    """{"teams": the first few, "total"}; None while no team is shown to the public."""
    teams = list(queries.teams().order_by("pk"))
    return {"teams": teams[:SHOWN], "total": len(teams)} if teams else None
