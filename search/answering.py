"""Who answers: Elasticsearch while it is well and has every change, else the embedded engine, which says the same.

What is completed and repaired while typing, and what is shown of the ids that were found, always comes from this host,
which holds the same: `suggest`, `names` and `stored` cost no round trip.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from . import circuit
from .engines import Ask, Coverage, Engine, Match, engine, local, remote
from .errors import EngineDown, EngineRefused

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Answering:
    """The reads of one answer. From the first that goes wrong on, the rest come from the embedded engine."""

    def __init__(self, first: Engine, spare: Engine | None = None) -> None:
        self.first = first
        self.spare = spare

    @property
    def name(self) -> str:
        return self.first.name

    def matches(self, asks: Sequence[Ask]) -> list[Match]:
        return self._do(lambda index: index.matches(asks))

    def coverages(self, asks: Sequence[Ask]) -> list[Coverage]:
        return self._do(lambda index: index.coverages(asks))

    def _do(self, read: Callable[[Engine], Answer]) -> Answer:
        if self.spare is None:
            return read(self.first)
        spare, started = self.spare, time.monotonic()
        try:
            found = read(self.first)
        except EngineRefused:
            logger.exception("search: Elasticsearch refused a question")
        except EngineDown as error:
            circuit.failed(error)
        else:
            if not circuit.took(time.monotonic() - started):
                self.first, self.spare = spare, None
            return found
        self.first, self.spare = spare, None
        return read(spare)


def answering(kinds: Iterable[str], engine_name: str = "") -> Answering:
    """For one answer about these kinds; an engine that is named is the only one asked."""
    if engine_name:
        return Answering(engine(engine_name))
    far = remote()
    if far is not None and circuit.may_answer(kinds):
        return Answering(far, local())
    return Answering(local())
