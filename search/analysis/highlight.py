"""Marks what was searched for, on the text as its author wrote it (traditional, full-width, capital letters stay)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from .normalise import HAN_RUN, Normalised
from .normalise import normalise as normalise_anew
from .pinyin import Reader

HITS = 200  # places of one text that a snippet is chosen from
REMEMBERED = 1000  # characters of a text whose normal form is kept for the next time


class Mark(NamedTuple):
    """A piece of the original text; `hit` pieces are to be shown marked."""

    text: str
    hit: bool


_normalised = lru_cache(maxsize=4096)(normalise_anew)


def normalise(text: str) -> Normalised:
    return _normalised(text) if len(text) <= REMEMBERED else normalise_anew(text)


def _hits(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Places of `words` in a normalised text; letters and digits only as whole words (3 is no hit in 30)."""
    found: list[tuple[int, int]] = []
    for word in words:
        place = text.find(word) if word else -1
        while place >= 0:
            end = place + len(word)
            inside = word.isascii() and (
                (place > 0 and text[place - 1].isascii() and text[place - 1].isalnum())
                or (end < len(text) and text[end].isascii() and text[end].isalnum())
            )
            if not inside:
                found.append((place, end))
            place = text.find(word, end)
    return found


def _pinyin_hits(text: str, words: Iterable[str], reader: Reader) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    letters = [word for word in words if len(word) > 1 and word.isascii() and word.isalpha()]
    if not letters:
        return found
    for run in HAN_RUN.finditer(text):
        syllables = reader.syllables(run.group())
        for start in range(len(syllables)):
            for word in letters:
                if "".join(syllable[0] for syllable in syllables[start : start + len(word)]) == word:
                    found.append((run.start() + start, run.start() + start + len(word)))
                    continue
                spelled, end = "", start
                while end < len(syllables) and len(spelled) < len(word):
                    spelled += syllables[end]
                    end += 1
                if len(spelled) >= len(word) and spelled.startswith(word) and end > start + 1:
                    found.append((run.start() + start, run.start() + end))
    return found


def _pieces(original: str, spans: list[tuple[int, int]]) -> list[Mark]:
    if not spans:
        return [Mark(original, False)] if original else []
    pieces: list[Mark] = []
    done = 0
    for start, end in sorted(spans):
        if end <= done:
            continue
        if start > done or not pieces or not pieces[-1].hit:
            if start > done:
                pieces.append(Mark(original[done:start], False))
            pieces.append(Mark(original[max(start, done) : end], True))
        else:  # touches or overlaps the mark before
            pieces[-1] = Mark(pieces[-1].text + original[done:end], True)
        done = end
    if done < len(original):
        pieces.append(Mark(original[done:], False))
    return pieces


def highlight(text: str, words: Iterable[str], reader: Reader | None = None) -> list[Mark]:
    """`text` cut into marked and unmarked pieces; with a `reader`, letters also mark the characters they spell."""
    normal = normalise(text)
    words = list(words)
    hits = _hits(normal.text, words)
    if reader is not None and not hits:
        hits = _pinyin_hits(normal.text, words, reader)
    return _pieces(text, [normal.span(start, end) for start, end in hits])


def snippet(texts: Iterable[str], words: Iterable[str], length: int = 80) -> list[Mark]:
    """The stretch of about `length` characters that holds most different words, marked; empty when none holds any."""
    words = list(words)
    best: tuple[int, int, str, int] = (0, 0, "", 0)  # different words, less room between them, text, place
    for text in texts:
        normal = normalise(text)
        hits = sorted(_hits(normal.text, words))[:HITS]
        for place, (start, _end) in enumerate(hits):
            within: set[str] = set()
            room = 0
            for a, b in hits[place:]:
                if b > start + length // 2:
                    break
                if normal.text[a:b] not in within:
                    within.add(normal.text[a:b])
                    room = b - start
            if (len(within), -room) > best[:2]:
                best = (len(within), -room, text, normal.span(start, start + 1)[0])
        if best[0] == len(words):
            break
    count, _room, text, start = best
    if not count:
        return []
    begin = max(0, start - length // 4)
    while begin > 0 and begin > start - length // 2 and text[begin - 1] not in "。；！？\n，,. ":
        begin -= 1
    end = min(len(text), begin + length)
    pieces = highlight(text[begin:end], words)
    if begin > 0 and text[begin - 1] not in "。；！？\n":
        pieces.insert(0, Mark("…", False))
    if end < len(text):
        pieces.append(Mark("…", False))
    return pieces
