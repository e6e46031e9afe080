"""How common words are, per kind: one table that every engine's ranking reads."""

import math
import time
from dataclasses import dataclass, field

from .engines import Engine
from .models import Statistics

FREQUENT = 20_000  # words kept per kind; all others are rare
FRESH = 10.0  # seconds that a process trusts what it has read


@dataclass(frozen=True)
class Frequencies:
    """`lengths`: mean number of tokens in keywords and body."""

    documents: int = 0
    lengths: dict[str, float] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)

    def idf(self, word: str) -> float:
        holding = min(self.words.get(word, 1), self.documents)
        return math.log(1 + (self.documents - holding + 0.5) / (holding + 0.5)) if self.documents else 1.0


_read: dict[str, Frequencies] = {}
_read_at = 0.0


def frequencies(kind: str) -> Frequencies:
    global _read, _read_at  # noqa: PLW0603 — a process-wide copy of a small table
    if not _read_at or time.monotonic() - _read_at > FRESH:
        rows = Statistics.objects.values_list("kind", "documents", "lengths", "frequencies")
        _read = {row[0]: Frequencies(row[1], row[2], row[3]) for row in rows}
        _read_at = time.monotonic()
    return _read.get(kind, Frequencies())


def refresh(kind: str, engine: Engine) -> None:
    """Counts anew from the index."""
    keep(kind, engine.frequencies(kind, FREQUENT))


def keep(kind: str, counted: tuple[int, dict[str, float], dict[str, int]]) -> None:
    documents, lengths, words = counted
    Statistics.objects.update_or_create(
        kind=kind, defaults={"documents": documents, "lengths": lengths, "frequencies": words}
    )
    forget()


def refresh_when_outgrown(kind: str, engine: Engine) -> None:
    """Counts anew when the kind has grown or shrunk by a tenth: scores of a small site follow its first documents."""
    known = frequencies(kind).documents
    if abs(engine.count(kind) - known) > max(3, known // 10):
        refresh(kind, engine)


def forget() -> None:
    global _read_at  # noqa: PLW0603
    _read_at = 0.0
