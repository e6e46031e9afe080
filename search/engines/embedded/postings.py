"""Which rows of a kind hold what a query asks for: a bit a row, kept for the expressions that are asked for again.

Made anew with the columns whose rows they count, so with every change of the kind.
"""

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
MOST = 16 * 1024 * 1024  # bytes of one kind; the least recently used give way
OVERHEAD = 300  # bytes of one besides its bits
HEARD = 20_000  # expressions that are known to have been asked for once


class Postings:
    def __init__(self) -> None:
        self.size = 0
        self._held: OrderedDict[str, Bits] = OrderedDict()
        self._heard: set[int] = set()  # not the texts: a question's are long, and most are never asked for again
        self._lock = Lock()

    def get(self, text: str) -> Bits | None:
        with self._lock:
            if (bits := self._held.get(text)) is not None:
                self._held.move_to_end(text)
            return bits

    def put(self, text: str, bits: Bits) -> None:
        with self._lock:
            if text in self._held:
                return
            self._held[text] = bits
            self.size += _size(text, bits)
            while self.size > MOST:
                self.size -= _size(*self._held.popitem(last=False))

    def forget(self) -> None:
        with self._lock:
            self._held.clear()
            self._heard.clear()
            self.size = 0

    def is_new(self, text: str) -> bool:
        """Whether nobody has asked for it before; now somebody has."""
        heard = hash(text)  # two alike only make FTS5 be asked singly
        with self._lock:
            if heard in self._heard:
                return False
            if len(self._heard) >= HEARD:
                self._heard.clear()
            self._heard.add(heard)
            return True


def packed(rows: NDArray[np.int64], length: int) -> Bits:
    held = np.zeros(length, dtype=np.bool_)
    held[rows] = True
    return np.packbits(held)


def mask(bits: Bits, length: int) -> NDArray[np.bool_]:
    return np.unpackbits(bits, count=length).view(np.bool_)


def _size(text: str, bits: Bits) -> int:
    return OVERHEAD + 2 * len(text) + bits.nbytes
