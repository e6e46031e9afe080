"""What every template has without loading it: the filters of `accounts.wording`, and `{% kept %}`."""

import time
from dataclasses import dataclass

from django import template
from django.template.base import FilterExpression
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts import wording

from ..memory import SECONDS, Memory
from ..page_cache import GENERATION

register = template.Library()
for _name in ("money", "percent", "day", "clock", "masked_phone", "masked_name", "masked_text"):
    register.filter(_name, getattr(wording, _name))


@register.filter
def label_of(codes: list[str], field_labels: dict[str, str]) -> str:
    """Names of `codes`, joined by 、."""
    return "、".join(field_labels.get(code, code) for code in codes)


@dataclass(frozen=True)
class Fragment:
    html: str
    until: float

    @property
    def size(self) -> int:
        return len(self.html) * 2  # of a str that holds Chinese


FRAGMENTS: Memory[Fragment] = Memory(8 * 1024 * 1024)


class KeptNode(template.Node):
    def __init__(self, name: str, vary_on: list[FilterExpression], nodes: template.NodeList) -> None:
        self.name, self.vary_on, self.nodes = name, vary_on, nodes

    def render(self, context: template.Context) -> SafeString:
        request = context.get("request")
        generation = request.META.get(GENERATION) if request is not None else None
        user = getattr(request, "user", None)  # there is none yet when an error is answered early
        if generation is None or user is None:
            return self.nodes.render(context)
        vary = tuple(str(each.resolve(context)) for each in self.vary_on)
        key = (self.name, get_language(), user.is_authenticated, *vary)
        if (found := FRAGMENTS.get(generation, key)) is not None:
            return SafeString(found.html)
        html = self.nodes.render(context)
        FRAGMENTS.put(generation, key, Fragment(html, time.monotonic() + SECONDS))
        return html


@register.tag
def kept(parser, token) -> KeptNode:
    """{% kept "row" product.pk %}…{% end_kept %}: what all readers of a public address see alike, rendered once until
    anything public changes. It may differ by language, by whether one has signed in, and by what is named; by nothing
    else of the request. No form with a token stands in it. What only it needs, a view hands over as something lazy."""
    _tag, name, *vary_on = token.split_contents()
    nodes = parser.parse(("end_kept",))
    parser.delete_first_token()
    return KeptNode(name.strip("\"'"), [parser.compile_filter(each) for each in vary_on], nodes)
