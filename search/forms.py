"""What a search address says: read leniently, since people edit addresses and links grow old."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.http import QueryDict

from .analysis.analyser import QUERY_CHARACTERS
from .queries import BEST, NEWEST
from .registry import DocumentType, types

FROM, TO = "_from", "_to"
_quoted = lru_cache(maxsize=1024)(quote_plus)  # a page has dozens of links with the same few values


@dataclass(frozen=True)
class SearchAddress:
    """`/search/?q=…&type=product&kind=loan&amount_max_from=500000&sort=rate&page=2`; what is not known is left out."""

    q: str = ""
    document_type: DocumentType | None = None
    filters: Mapping[str, list[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    sort: str = BEST
    page: int = 1

    @classmethod
    def read(cls, data: QueryDict) -> "SearchAddress":
        q = data.get("q", "").replace("\0", " ")[:QUERY_CHARACTERS].strip()
        chosen = next((each for each in types() if each.kind == data.get("type")), None)
        if chosen is None:
            return cls(q=q)
        sort = data.get("sort", "")
        number = data.get("page", "")
        return cls(
            q=q,
            document_type=chosen,
            filters={
                name: values for name in chosen.open_facets if (values := [v for v in data.getlist(name) if v][:50])
            },
            ranges={
                name: bounds
                for name in chosen.open_ranges
                if (bounds := (_number(data.get(name + FROM)), _number(data.get(name + TO)))) != (None, None)
            },
            sort=sort if sort in chosen.sorts or sort == NEWEST else BEST,
            page=int(number) if number.isdecimal() and len(number) < 7 else 1,
        )

    def link(self, **changes: Any) -> str:
        """The address's query with some parts changed, page 1 unless told."""
        parts: list[tuple[str, Any]] = [("q", changes.get("q", self.q))]
        chosen = changes.get("document_type", self.document_type)
        if chosen is not None:
            parts.append(("type", chosen.kind))
            if chosen is self.document_type:
                parts += [
                    (name, value) for name, values in changes.get("filters", self.filters).items() for value in values
                ]
                for name, (low, high) in changes.get("ranges", self.ranges).items():
                    parts += [(name + FROM, low)] if low is not None else []
                    parts += [(name + TO, high)] if high is not None else []
                sort = changes.get("sort", self.sort)
                parts += [("sort", sort)] if sort != BEST else []
        return "&".join([f"{name}={_quoted(str(value))}" for name, value in parts])

    def without(self, name: str, value: str | None = None) -> str:
        """The address's query less one value of a filter, or less a range."""
        if value is None:
            return self.link(ranges={each: bounds for each, bounds in self.ranges.items() if each != name})
        kept = {each: [v for v in values if (each, v) != (name, value)] for each, values in self.filters.items()}
        return self.link(filters=kept)


def _number(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e15") else None
