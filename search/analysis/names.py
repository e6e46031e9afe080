"""Known names (products, institutions, domain terms) and what a mistyped one was meant to be.

First by the same pinyin (过侨 → 过桥), which is how Chinese is mistyped. Only when nothing was found otherwise: by a sound that
is alike (z and zh, n and ng), by a character or letter that is swapped, missing, wrong or too many (民营小贷 → 民营小微贷,
huidnadai), also inside a sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .pinyin import Reader

LONGEST = 12
LONGEST_RUN = 40  # characters of a sentence that typos are looked for in
CLOSEST = 200  # names that are compared one by one


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
        self._alike: dict[tuple[str, ...], list[str]] | None = None
        self._spelt: dict[str, list[str]] | None = None
        self._holding: dict[str, NDArray[np.int64]] | None = None
        self._near_length: dict[tuple[int, int], list[str]] = {}  # of what is typed, and steps
        self._near_spelling: dict[range, list[str]] = {}  # by lengths
        self._by_characters: dict[str, list[str]] | None = None
        self._lengths = np.array([len(name) for name in self._names], dtype=np.int64)

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
        """Names one step away (swapped, missing, extra, wrong character), two for six characters and more where none is
        nearer. None for what is a name as it stands."""
        if not 3 <= len(run) <= LONGEST + 2 or run in self._known:
            return []
        steps = 2 if len(run) >= 6 else 1
        if (len(run), steps) not in self._near_length:
            self._near_length[len(run), steps] = [name for name in self._names if abs(len(name) - len(run)) <= steps]
        within = self._near_length[len(run), steps]
        found = process.extract(run, within, scorer=OSA.distance, score_cutoff=steps, limit=limit * 4)
        if len(run) < 6:  # two of a few characters may be somewhere else, as long as they are the same ones
            found += [
                (name, 1, 0)
                for name in self._of_characters(run)
                if name not in {each for each, _distance, _place in found}
            ]
        nearest = min((distance for _name, distance, _place in found), default=0)
        return sorted(name for name, distance, _place in found if distance == nearest)[:limit]

    def within(self, run: str, limit: int = 3) -> list[Repair]:
        """Names of three characters and more that a part of `run` sounds like, or is one step away from; best first, not
        overlapping. Parts that are a name as they stand are no typo."""
        run = run[:LONGEST_RUN]
        found = [(0.0, -(each.end - each.start), each) for each in self._sounding_alike(run)]
        for name in self._sharing_characters(run):
            steps = 2 if len(name) >= 6 else 1
            for length in range(max(len(name) - steps, 3), min(len(name) + steps, len(run)) + 1):
                for start in range(len(run) - length + 1):
                    window = run[start : start + length]
                    if window in name or (window[0] != name[0] and window[-1] != name[-1]):
                        continue  # a part of a name is no typo; a mistyped one begins or ends right
                    distance = OSA.distance(window, name, score_cutoff=steps)
                    if 0 < distance <= steps:
                        found.append((distance / len(name), -len(name), Repair(start, start + length, name)))
        known = [
            (place, place + length)
            for length in range(3, min(self._longest, len(run)) + 1)
            for place in range(len(run) - length + 1)
            if run[place : place + length] in self._known
        ]
        repairs: list[Repair] = []
        for _distance, _length, each in sorted(
            found, key=lambda one: (one[0], one[1], one[2].start, one[2].end, one[2].meant)
        ):
            taken = [*known, *((one.start, one.end) for one in repairs)]
            if not any(start < each.end and each.start < end for start, end in taken):
                repairs.append(each)
        return repairs[:limit]

    def spelt(self, letters: str, limit: int = 3) -> list[str]:
        """Names whose pinyin is one step away from `letters`, two from ten letters on."""
        if not 5 <= len(letters) <= 40:
            return []
        if self._spelt is None:
            spelt: dict[str, list[str]] = {}
            for name in self._names:
                spelt.setdefault("".join(self._reader.syllables(name)), []).append(name)
            self._spelt_plainly = all(map(str.isascii, spelt))
            self._spelt = spelt  # when it is whole: other threads look, too
        steps = 2 if len(letters) >= 10 else 1
        if self._spelt_plainly and sum(not letter.isascii() for letter in letters) > steps:
            return []
        lengths = range(len(letters) - steps, len(letters) + steps + 1)
        if lengths not in self._near_spelling:
            self._near_spelling[lengths] = [spelling for spelling in self._spelt if len(spelling) in lengths]
        within = self._near_spelling[lengths]
        near = process.extract(letters, within, scorer=OSA.distance, score_cutoff=steps, limit=limit * 2)
        ordered = sorted((distance, spelling) for spelling, distance, _place in near if distance)
        return [name for _distance, spelling in ordered for name in self._spelt[spelling]][:limit]

    def _of_characters(self, run: str) -> list[str]:
        """Names of the same few characters in any order."""
        if self._by_characters is None:
            by_characters: dict[str, list[str]] = {}
            for name in self._names:
                if len(name) < 6:
                    by_characters.setdefault("".join(sorted(name)), []).append(name)
            self._by_characters = by_characters
        return self._by_characters.get("".join(sorted(run)), [])

    def _sounding_alike(self, run: str) -> list[Repair]:
        if self._alike is None:
            same: dict[tuple[str, ...], list[str]] = {}
            for name in self._names:
                if len(name) > 2:
                    same.setdefault(alike(self._reader.syllables(name)), []).append(name)
            self._alike = same
        sounds = alike(self._reader.syllables(run))
        return [
            Repair(start, start + length, name)
            for length in range(min(self._longest, len(run)), 2, -1)
            for start in range(len(run) - length + 1)
            for name in self._alike.get(sounds[start : start + length], ())[:3]
            if name != run[start : start + length]
        ]

    def _sharing_characters(self, run: str) -> list[str]:
        """Names of three characters and more of which at most one character (two of six) is not in `run`."""
        if self._holding is None:
            holding: dict[str, list[int]] = {}
            for place, name in enumerate(self._names):
                for character in set(name):
                    holding.setdefault(character, []).append(place)
            self._different = np.array([len(set(name)) for name in self._names], dtype=np.int64)
            self._holding = {character: np.array(places, dtype=np.int64) for character, places in holding.items()}
        places = [self._holding[character] for character in set(run) if character in self._holding]
        if not places:
            return []
        shared = np.bincount(np.concatenate(places), minlength=len(self._names))
        missing = np.where(self._lengths >= 6, 2, 1)
        near = np.flatnonzero((self._lengths > 2) & (shared > 1) & (shared >= self._different - missing))
        best = near[np.argsort(-shared[near], kind="stable")][:CLOSEST]
        return [self._names[place] for place in best]


def alike(syllables: tuple[str, ...]) -> tuple[str, ...]:
    """Sounds that many people do not tell apart become one: zh ch sh → z c s, ng → n at the end, l → n, h before u → f."""
    return tuple(_alike(each) for each in syllables)


@cache
def _alike(syllable: str) -> str:
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("hu", "fu")):
        if syllable.startswith(one):
            syllable = other + syllable[len(one) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable
