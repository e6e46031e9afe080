"""Readings: full pinyin and initials. pypinyin decides, the vocabulary's readings overrule it (乐清 yue qing)."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, chain
from sys import intern
from typing import Any

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, RE_HANS
from pypinyin.converter import UltimateConverter
from pypinyin.seg import mmseg
from pypinyin.seg.simpleseg import seg

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


class _Dictionary(dict[str, tuple[str, ...]]):
    """Words of pypinyin (phrases, else single characters) and their syllables, each worked out at first use.

    `words` are those that pypinyin's own segmentation finds, which looks at the beginnings of phrases one character after
    the other; here the pair that a phrase begins with leads to it."""

    def __init__(self) -> None:
        self._converter = UltimateConverter()
        self._longest = _longest_phrases()

    def __missing__(self, word: str) -> tuple[str, ...]:
        read = self._converter.convert(word, Style.NORMAL, False, _as_they_are, strict=True)
        syllables = tuple(intern(syllable.lower()) for syllable in chain.from_iterable(read))
        if len(word) == 1 or word in PHRASES_DICT:  # what pypinyin can not read has no bounds
            self[word] = syllables
        return syllables

    def words(self, text: str) -> Sequence[str]:
        if not RE_HANS.match(text):
            return seg(text)
        words: list[str] = []
        place, end, longest = 0, len(text), self._longest
        while place < end:
            most = longest.get(text[place : place + 2])
            if most is None:
                words.append(text[place])
                place += 1
                continue
            length = min(most, end - place)
            while length > 1 and text[place : place + length] not in PHRASES_DICT:
                length -= 1
            if length < 2:
                length = 1
                if place + most > end and text[place] not in PHRASES_DICT and text[place:] in mmseg.p_set:
                    words += text[place:]  # as pypinyin does at the end: the beginning of a phrase and nothing else
                    break
            words.append(text[place : place + length])
            place += length
        return words


@cache
def _longest_phrases() -> dict[str, int]:
    """Pair of characters → length of the longest phrase that begins with it."""
    longest: dict[str, int] = {}
    for phrase in PHRASES_DICT:
        if len(phrase) > longest.get(phrase[:2], 1):
            longest[phrase[:2]] = len(phrase)
    return longest


class Reader:
    def __init__(self, readings: Mapping[str, tuple[str, ...]]) -> None:
        self._dictionary = _Dictionary()
        self._overruled: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}  # by their first character
        for place, word in enumerate(sorted(readings, key=len)):  # longer ones overrule shorter
            self._overruled.setdefault(word[0], []).append((place, word, readings[word]))
        self.syllables = lru_cache(maxsize=50_000)(self._syllables)

    def _syllables(self, run: str) -> tuple[str, ...]:
        """One syllable per character; a character without a reading stands for itself."""
        read = self._dictionary
        syllables: list[str] = []
        for word in read.words(run):
            syllables += read[word]
        if len(syllables) != len(run):  # pypinyin joined what it could not read
            syllables = [read[character][0] for character in run]
        overruled = [each for first in self._overruled.keys() & set(run) for each in self._overruled[first]]
        for _order, word, reading in sorted(overruled):
            place = run.find(word)
            while place >= 0:
                syllables[place : place + len(word)] = reading
                place = run.find(word, place + 1)
        return tuple(syllables)

    def keys(self, run: str, starts: list[int]) -> list[str]:
        """Full pinyin and initials of `run` from each start to its end, both cut to a length that people type."""
        syllables = self._syllables(run)  # hardly two documents have the same name
        full, initials = "".join(syllables), "".join([syllable[0] for syllable in syllables])
        places = [0, *accumulate(map(len, syllables))]
        found: list[str] = []
        for start in starts[:STARTS]:
            place = places[start]
            found += (full[place : place + KEY_LENGTH], initials[start : start + KEY_LENGTH])
        found = list(dict.fromkeys(found))
        return found if full.isascii() and full.isalpha() else [key for key in found if key.isascii() and key.isalpha()]


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
