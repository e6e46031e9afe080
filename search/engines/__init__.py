"""The engines and the one place that chooses between them."""

from functools import cache

from ..errors import UnknownEngine
from .base import Ask, Candidate, Coverage, Engine, Entry, Held, Match, Stored, Suggestion

NAMES = ("embedded",)


def engine(name: str = "") -> Engine:
    """The engine that answers, or the one called `name`."""
    return _engine(name or NAMES[0])


@cache
def _engine(name: str) -> Engine:
    if name == "embedded":
        from .embedded import EmbeddedEngine

        return EmbeddedEngine.for_site()
    raise UnknownEngine(name, NAMES)


__all__ = [
    "NAMES",
    "Ask",
    "Candidate",
    "Coverage",
    "Engine",
    "Entry",
    "Held",
    "Match",
    "Stored",
    "Suggestion",
    "engine",
]
