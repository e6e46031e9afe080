"""Pages of a list that nobody counts: the address says after or before which row, so page 1,000 costs what page 1 does."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

HIGHEST = 2**63 - 1


@dataclass(frozen=True)
class Slice:
    """`rows`, newest first, and the keys to go on from: None where there is nothing further."""

    rows: list[Any]
    older: int | None  # for ?before=
    newer: int | None  # for ?after=

    @property
    def is_whole(self) -> bool:
        """Whether these are all there are."""
        return self.older is None and self.newer is None


def _key(text: str | None) -> int | None:
    return min(int(text), HIGHEST) if text and text.isascii() and text.isdecimal() and len(text) < 20 else None


def newest_first(found: QuerySet, asked: QueryDict, size: int) -> Slice:
    """The rows of `found` before or after the key that the address names, else the newest."""
    after, before = _key(asked.get("after")), _key(asked.get("before"))
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: size + 1])
        if len(rows) <= size:  # the newest page, in full
            return _down(found, None, size)
        rows = rows[:size][::-1]
        return Slice(rows, rows[-1].pk, rows[0].pk)
    return _down(found, before, size)


def _down(found: QuerySet, before: int | None, size: int) -> Slice:
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: size + 1])
    shown = rows[:size]
    newer = None if before is None else (shown[0].pk if shown else before - 1)
    return Slice(shown, shown[-1].pk if len(rows) > size else None, newer)
