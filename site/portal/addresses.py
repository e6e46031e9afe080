"""What templates say outright is the same each time: addresses, and which blocks a base has. The web server finds it out once."""

from collections.abc import Callable, Hashable
from typing import Any

from django.template import Context
from django.template.base import NodeList
from django.template.defaulttags import URLNode
from django.template.loader_tags import BlockNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

Render = Callable[[Any, Context], str]


def remember() -> None:
    """{% url 'products' %} and {% static 'img/logo.svg' %} of plain texts; what depends on the page is found out as ever."""
    setattr(URLNode, "render", _kept(URLNode.render, _is_plain_url))  # noqa: B010 — methods of Django's
    setattr(StaticNode, "render", _kept(StaticNode.render, _is_plain_static))  # noqa: B010
    setattr(NodeList, "get_nodes_by_type", _nodes_kept(NodeList.get_nodes_by_type))  # noqa: B010


def _is_plain_url(node: URLNode) -> bool:
    parts = [node.view_name, *node.args, *node.kwargs.values()]
    return not node.asvar and all(not each.filters and each.is_var is False for each in parts)


def _is_plain_static(node: StaticNode) -> bool:
    return not node.varname and not node.path.filters and node.path.is_var is False


def _nodes_kept(nodes_of: Callable[[NodeList, type], list[Any]]) -> Callable[[NodeList, type], list[Any]]:
    """{% extends %} looks through all of its base for blocks each time; a list of nodes never changes once it is read."""

    def nodes(own: NodeList, kind: type) -> list[Any]:
        if kind is not BlockNode:
            return nodes_of(own, kind)
        known: list[Any] | None = own.__dict__.get("blocks")
        if known is None or own.__dict__["length"] != len(own):
            known = nodes_of(own, kind)
            own.__dict__.update(blocks=known, length=len(own))
        return known

    return nodes


def _kept(render: Render, is_plain: Callable[[Any], bool]) -> Render:
    def rendered(node: Any, context: Context) -> str:
        known: dict[Hashable, str] | None = node.__dict__.get("addresses")
        if known is None:
            if not is_plain(node):
                return render(node, context)
            known = node.__dict__["addresses"] = {}
        # A name of two sites of the same app is that of the one that the page stands in.
        request = getattr(context, "request", None)
        match = getattr(request, "resolver_match", None)
        place = getattr(request, "current_app", None), match and match.namespace
        key = (get_script_prefix(), get_urlconf(), get_language(), *place, context.autoescape)
        if key not in known:
            known[key] = render(node, context)
        return known[key]

    return rendered
