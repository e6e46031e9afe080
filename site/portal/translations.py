"""What gettext has said once is kept by the web server: a text without a translation — most, for the sources are Chinese —
is looked for in some thirty catalogues each time, and a page has dozens of them."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.template import Context
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language, trans_real

KEPT = 8192  # texts of a language


def remember() -> None:
    for code, _name in settings.LANGUAGES:
        known = trans_real.translation(code)
        for name in ("gettext", "ngettext"):
            setattr(known, name, lru_cache(maxsize=KEPT)(getattr(known, name)))
    setattr(TranslateNode, "render", _kept(TranslateNode.render))  # noqa: B010 — a method of Django's


def _kept(render: Callable[[TranslateNode, Context], str]) -> Callable[[TranslateNode, Context], str]:
    """{% translate "…" %} of a plain text comes to the same in a language each time."""

    def rendered(node: TranslateNode, context: Context) -> str:
        said: dict[str | None, str] | None = node.__dict__.get("said")
        if said is None:
            expression = node.filter_expression
            is_plain = not (node.asvar or node.message_context or node.noop or expression.filters)
            if not is_plain or expression.var.literal is None:
                return render(node, context)
            said = node.__dict__["said"] = {}
        language = get_language()
        if language not in said:
            said[language] = render(node, context)
        return said[language]

    return rendered
