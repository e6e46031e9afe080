"""What one process keeps of what it has rendered, for as long as nothing public changes.

Everything is kept under a generation: the epoch (`portal.invalidation`) as it was *before* the first fact was read, and the
day. A change that commits meanwhile makes what was rendered unreachable.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar

SECONDS = 60  # what changes by the clock (an event that has begun) may be this late


class Sized(Protocol):
    """Something kept: so many bytes, until `time.monotonic()` reaches `until`."""

    @property
    def size(self) -> int: ...

    @property
    def until(self) -> float: ...


Kept = TypeVar("Kept", bound=Sized)


class Memory(Generic[Kept]):
    """Things of one generation, least recently used dropped first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.generation: Hashable = None
        self.size = 0
        self.things: OrderedDict[Hashable, Kept] = OrderedDict()
        self.lock = Lock()

    def get(self, generation: Hashable, key: Hashable) -> Kept | None:
        with self.lock:
            if generation != self.generation:
                return None
            kept = self.things.get(key)
            if kept is None or kept.until < time.monotonic():
                return None
            self.things.move_to_end(key)
            return kept

    def put(self, generation: Hashable, key: Hashable, kept: Kept) -> None:
        with self.lock:
            if generation != self.generation:
                self.things.clear()
                self.generation, self.size = generation, 0
            if (old := self.things.pop(key, None)) is not None:
                self.size -= old.size
            self.things[key] = kept
            self.size += kept.size
            while self.size > self.max_bytes:
                self.size -= self.things.popitem(last=False)[1].size
