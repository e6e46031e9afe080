"""Two landing pages. What stands on them comes from the panels that apps register."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from accounts import navigation
from accounts.http import Request
from accounts.roles import member_required, signed_in


@member_required
def me(request: Request) -> HttpResponse:
    """An enterprise's own place: what waits, and where everything is."""
    return render(request, "dashboard/me.html", {"panels": navigation.panels("me", request.user)})


@signed_in
def desk(request: Request) -> HttpResponse:
    """The work place: each role sees its own queues, the most urgent first."""
    if not request.user.roles:
        raise PermissionDenied
    return render(request, "dashboard/desk.html", {"panels": navigation.panels("desk", request.user)})
