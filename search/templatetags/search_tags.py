"""Small helpers of the search page."""

from urllib.parse import urlencode

from django import template

register = template.Library()


@register.filter
def search_examples(texts: str) -> list[dict[str, str]]:
    """ "惠担贷,担贷" → links to those searches."""
    return [{"text": text, "query": urlencode({"q": text})} for text in texts.split(",")]
