"""Readings: full pinyin and initials. pypinyin decides, the vocabulary's readings overrule it (乐清 yue qing)."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache, lru_cache
from sys import intern
from typing import Any

from pypinyin import Style, lazy_pinyin
from pypinyin.converter import UltimateConverter
from pypinyin.core import Pinyin

KEY_LENGTH = 32  # longer prefixes are typed by nobody
STARTS = 12
ORDERED = 6

_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
_SYLLABLE = re.compile(
    rf"{_INITIAL}(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|vn|a|e|i|o|u|v)"
)


def _as_they_are(unread: str) -> Any:
    """One entry per character, so that places stay aligned (pypinyin takes a list, its types say text)."""
    return list(unread)


class _Remembering(UltimateConverter):
    """What `lazy_pinyin` works with, each word read once. Only asked for plain syllables."""

    def __init__(self) -> None:
        super().__init__()
        self._known = lru_cache(maxsize=50_000)(self._read)

    def convert(self, words: str, *args: Any, **kwargs: Any) -> list[list[str]]:
        return self._known(words)

    def _read(self, word: str) -> list[list[str]]:
        read = super().convert(word, Style.NORMAL, False, _as_they_are, strict=True)
        return [[intern(syllable.lower()) for syllable in each] for each in read]


class Reader:
    def __init__(self, readings: Mapping[str, tuple[str, ...]]) -> None:
        self._pinyin = Pinyin(_Remembering())
        self._readings = sorted(readings.items(), key=lambda item: len(item[0]))  # longer ones overrule shorter
        self._overruled = frozenset(word[0] for word in readings)
        self.syllables = lru_cache(maxsize=200_000)(self._syllables)

    def _syllables(self, run: str) -> tuple[str, ...]:
        """One syllable per character; a character without a reading stands for itself."""
        syllables = self._pinyin.lazy_pinyin(run)
        if len(syllables) != len(run):  # pypinyin joined what it could not read
            syllables = [self._pinyin.lazy_pinyin(character)[0] for character in run]
        for word, reading in () if self._overruled.isdisjoint(run) else self._readings:
            place = run.find(word)
            while place >= 0:
                syllables[place : place + len(word)] = reading
                place = run.find(word, place + 1)
        return tuple(syllables)

    def keys(self, run: str, starts: list[int]) -> list[str]:
        """Full pinyin and initials of `run` from each start to its end, both cut to a length that people type."""
        syllables = self.syllables(run)
        found: dict[str, None] = {}
        for start in starts[:STARTS]:
            found["".join(syllables[start:])[:KEY_LENGTH]] = None
            found["".join(syllable[0] for syllable in syllables[start:])[:KEY_LENGTH]] = None
        return [key for key in found if key.isascii() and key.isalpha()]


def place_in_alphabet(text: str, reader: Reader) -> float:
    """A number by which texts stand in the order of their sound: for orders of an index, which knows numbers only.

    The first six characters count, each by its syllable; a whole number below 2**53, exact as a float."""
    sounds = _sounds()
    number = 0
    for sound in (*reader.syllables(text[:ORDERED]), *[""] * ORDERED)[:ORDERED]:
        number = number * (len(sounds) + 1) + bisect_left(sounds, sound[:7])
    return float(number)


@cache
def _sounds() -> list[str]:
    """Syllables of the 6,763 characters of GB 2312 with the letters and digits, in order; the empty one first."""
    two = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = "".join(each.decode("gb2312", errors="ignore") for each in two)
    syllables = {each for each in lazy_pinyin(characters, errors=_as_they_are) if each.isascii()}
    return sorted(syllables | set("0123456789abcdefghijklmnopqrstuvwxyz") | {""})


def looks_like_pinyin(text: str) -> bool:
    """Whether letters are nothing but syllables: huidan yes, loan no."""
    place = 0
    while place < len(text):
        match = _SYLLABLE.match(text, place)
        if match is None:
            return False
        place = match.end()
    return bool(text)
