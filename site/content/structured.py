"""What search engines read of an editorial page: its questions and answers as schema.org FAQPage."""

import json
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def faq_json(body: Any) -> SafeString | str:
    """One document for all question blocks of a body, safe inside a script element; "" when there is none."""
    asked = [
        {
            "@type": "Question",
            "name": each["question"],
            "acceptedAnswer": {"@type": "Answer", "text": " ".join(strip_tags(each["answer"].source).split())},
        }
        for child in body
        if child.block_type == "faq"
        for each in child.value
    ]
    if not asked:
        return ""
    said = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": asked}
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(ESCAPES))
