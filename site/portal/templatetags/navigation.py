"""Draws the side navigation from what the apps registered."""

from django import template
from django.urls import reverse

from accounts import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation_entries(context, area: str) -> list[dict[str, object]]:
    """[{label, url, count, current}] for the signed-in person."""
    request = context["request"]
    found = []
    for entry in navigation.entries(area, request.user):
        url = reverse(entry.url_name)
        count = entry.count(request.user) if entry.count else None
        found.append({"label": entry.label, "url": url, "count": count, "current": request.path.startswith(url)})
    return found
