"""Known names (products, institutions, domain terms) and what a mistyped one was meant to be.

First by the same pinyin (过侨 → 过桥), which is how Chinese is mistyped; by edit distance (民营小贷 → 民营小微贷) only when
nothing was found otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .pinyin import Reader

LONGEST = 12


@dataclass(frozen=True, slots=True)
class Repair:
    start: int
    end: int
    meant: str


class Names:
    """Holds Chinese names of 2 to 12 characters in normal form."""

    def __init__(self, names: Iterable[str], reader: Reader) -> None:
        self._reader = reader
        self._names = sorted({name for name in names if 2 <= len(name) <= LONGEST})
        self._known = frozenset(self._names)
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        for name in self._names:
            self._by_sound.setdefault(reader.syllables(name), []).append(name)
        self._longest = max(map(len, self._names), default=0)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def same_sound(self, run: str, loose: list[bool]) -> list[Repair]:
        """Windows of `run` that touch a loose character (part of no word) and sound like a known name; longest first,
        not overlapping."""
        syllables = self._reader.syllables(run)
        taken = [False] * len(run)
        repairs: list[Repair] = []
        for length in range(min(self._longest, len(run)), 1, -1):
            for start in range(len(run) - length + 1):
                end = start + length
                if any(taken[start:end]) or not any(loose[start:end]):
                    continue
                window = run[start:end]
                meant = self._by_sound.get(syllables[start:end])
                if meant is None:
                    continue
                taken[start:end] = [True] * length  # known as it stands: no shorter window inside it is a typo
                if window not in self._known:
                    repairs += [Repair(start, end, name) for name in meant[:3]]
        return repairs

    def close(self, run: str, limit: int = 3) -> list[str]:
        """Names one step away (swapped, missing, extra, wrong character), two for six characters and more."""
        if not 3 <= len(run) <= LONGEST + 2:
            return []
        steps = 2 if len(run) >= 6 else 1
        found = process.extract(run, self._names, scorer=OSA.distance, score_cutoff=steps, limit=limit * 4)
        ordered = sorted((distance, name) for name, distance, _place in found if name != run)
        return [name for _distance, name in ordered[:limit]]
