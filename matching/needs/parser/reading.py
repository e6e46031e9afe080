"""A sentence while it is read: its text, the words found in it, and what was understood so far."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from search.analysis.normalise import Normalised, normalise

from .clauses import JOINED, denied, neutral
from .gazetteer import Gazetteer
from .lexicon import Hit, Lexicon
from .numbers import plain
from .result import Mark, Span
from .spoken import Spoken


class Reading:
    """Collects values and the words that they came from."""

    def __init__(self, text: str, today: date, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self.original, self.today, self.gazetteer, self.lexicon = text, today, gazetteer, lexicon
        self.normal: Normalised = normalise(text)
        self.meant = Spoken.built_in().meant(self.normal.text)
        self.text = plain(self.meant)
        self.neutral = neutral(self.text)
        self.marks: list[Mark] = []
        self.values: dict[str, Any] = {}
        self.taken: list[tuple[int, int]] = []  # places of the text that were understood
        # 有没有担保, 能不能续: the 没 and 不 of a question deny nothing.
        self.hits = [
            hit
            for hit in lexicon.find(self.text)
            if not (self.neutral[hit.start] == "○" and self.text[hit.start] in "不没无非")
        ]
        self.denials = self._denials()

    def mark(self, field: str, value: Any, start: int, end: int) -> None:
        self.taken.append((start, end))
        first, last = self.normal.span(start, end)
        self.marks.append(Mark(field, value, Span(first, last, self.original[first:last])))

    def span(self, start: int, end: int) -> Span:
        first, last = self.normal.span(start, end)
        return Span(first, last, self.original[first:last])

    def of(self, table: str) -> Iterator[Hit]:
        return (hit for hit in self.hits if hit.table == table)

    def _denials(self) -> set[Hit]:
        """Hits that are denied, also through a list: 没有抵押和担保."""
        result: set[Hit] = set()
        previous: Hit | None = None
        for hit in self.hits:
            if hit.table in {"hide", "cheap", "speed"}:
                continue
            joined = (
                previous is not None
                and (previous in result or previous.table in {"nothing", "kinds_refused"})
                and (
                    (previous in result and hit.start == previous.end and hit.table == previous.table)
                    or (previous.end < hit.start and JOINED.match(self.text[previous.end : hit.start]))
                )
            )
            if joined or denied(self.neutral, hit.start, hit.end):
                result.add(hit)
            previous = hit
        return result

    def affirmed(self, table: str) -> list[Hit]:
        return [hit for hit in self.of(table) if hit not in self.denials]

    def set_codes(self, field: str, hits: list[Hit]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(hit.code for hit in hits))
        if codes:
            self.values[field] = codes
            for hit in hits:
                self.mark(field, hit.code, hit.start, hit.end)
        return codes


def tidy(number: Decimal) -> Decimal:
    """120000000.0 → 120000000, in plain digits."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()
