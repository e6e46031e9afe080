"""One form of writing: NFKC, traditional → simplified per character, lower case, no marks on letters.

Every character is treated by itself, so each place of the result knows the place in the original it came from.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

HAN = r"㐀-䶿一-鿿豈-﫿々〇\U00020000-\U0003ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
TOKEN = re.compile(rf"[{HAN}]+|\d+\.\d+|[a-z0-9]+|[^\W_]+?(?=[{HAN}a-z0-9\W_]|$)")


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text[i]` came from `original[offsets[i]]`."""

    original: str
    text: str
    offsets: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that `text[start:end]` (not empty) came from."""
        return self.offsets[start], self.offsets[end - 1] + 1


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class _Characters(dict[int, str]):
    """Code point → its normal form, worked out at first use; bounded by Unicode itself."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Cf":  # joiners and other invisible marks are as if not typed
            form = ""
        elif category[0] in "CZ":
            form = " "
        else:
            form = unicodedata.normalize("NFKC", character)
            if HAN_RUN.search(form):
                form = _converter().convert(form)
            form = form.lower()
            parts = unicodedata.normalize("NFD", form)
            if any(unicodedata.category(c) == "Mn" for c in parts):
                form = unicodedata.normalize("NFC", "".join(c for c in parts if unicodedata.category(c) != "Mn"))
        self[code] = form
        return form


_CHARACTERS = _Characters()
_SINGLE: set[str] = set()  # characters seen whose form is one character


def form(original: str) -> str:
    """The normal form without the way back."""
    return original.translate(_CHARACTERS)


def normalise(original: str) -> Normalised:
    """惠擔貸（ＨＤＤ） → 惠担贷(hdd), with offsets."""
    text = original.translate(_CHARACTERS)
    if not _SINGLE.issuperset(original):
        _SINGLE.update(character for character in set(original) if len(_CHARACTERS[ord(character)]) == 1)
    if _SINGLE.issuperset(original):
        return Normalised(original, text, range(len(text)))
    offsets: list[int] = []
    for place, character in enumerate(original):
        offsets += [place] * len(_CHARACTERS[ord(character)])
    return Normalised(original, text, tuple(offsets))
