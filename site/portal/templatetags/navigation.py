"""What the layout templates draw: main navigation, side navigation with counts, unread notices, a heading when there is one."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from accounts import navigation, queries

register = template.Library()

MAIN = (
    ("/products/", _("产品")),
    ("/events/", _("活动")),
    ("/advisors/", _("顾问")),
    ("/cost/", _("算成本")),
    ("/policies/", _("政策")),
    ("/cases/", _("案例")),
)


@register.simple_tag(takes_context=True)
def main_section(context) -> tuple[str, str]:
    """(address of the public section that the page stands in, what `aria-current` says of it); "" both for none."""
    path = getattr(context.get("request"), "path", "")
    found = next((url for url, _label in MAIN if path.startswith(url)), "")
    return found, "page" if path == found else "true" if found else ""


@register.simple_tag
def main_navigation(section: tuple[str, str]) -> list[dict[str, object]]:
    """[{label, url, current}]: the public sections; `section` is `main_section`'s answer."""
    return [{"label": label, "url": url, "current": section[1] if url == section[0] else ""} for url, label in MAIN]


@register.simple_tag(takes_context=True)
def navigation_entries(context, area: navigation.Area) -> list[dict[str, Any]]:
    """[{label, url, count, current}] for the signed-in person; the longest address that fits is the current one."""
    request = context["request"]
    found: list[dict[str, Any]] = []
    for entry in navigation.entries(area, request.user):
        url = reverse(entry.url_name)
        counter = unread_notices if entry.count is queries.unread_count else entry.count
        count = counter(request.user) if counter else None
        found.append({"label": entry.label, "url": url, "count": count, "current": False})
    here = [each for each in found if request.path.startswith(each["url"])]
    if here:
        max(here, key=lambda each: len(each["url"]))["current"] = True
    return found


@register.simple_tag
def unread_notices(user) -> int:
    """How many notices this person has not opened. One query a request, for the head and the side navigation."""
    if not hasattr(user, "_unread_notices"):
        user._unread_notices = queries.unread_count(user)
    return user._unread_notices


class IfAny(template.Node):
    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes

    def render(self, context) -> str:
        text = self.nodes.render(context)
        return text if strip_tags(text).strip() else ""


@register.tag
def if_any(parser, token) -> IfAny:
    """{% if_any %}<h1>{% block heading %}{% endblock %}</h1>{% end_if_any %}: nothing at all when there is no text in it."""
    nodes = parser.parse(("end_if_any",))
    parser.delete_first_token()
    return IfAny(nodes)
