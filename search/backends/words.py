"""Text as an engine that splits at spaces can find it: Chinese has none.

A run of Chinese is written as its characters and its pairs of neighbours. Whatever part of a run is asked for, its pairs are
all in the run; one character is found by itself. Short runs, as titles have them, also by how they sound.
"""

import copy
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from django.utils.encoding import force_str
from modelsearch.index import RelatedFields

from ..analysis.normalise import HAN_RUN, TOKEN, normalise
from ..analysis.pinyin import Reader

SOUNDING = 24  # characters of a text that is a name or a title


def _tokens(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(normalise(text).text):
        yield match.group()


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


@cache
def _reader() -> Reader:
    return Reader({})


def indexed(value: Any) -> str:
    """What is kept of a field's value (text, or lists and dicts of it): 惠担贷 → 惠 担 贷 惠担 担贷 huidandai hdd."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return " ".join(filter(None, map(indexed, value)))
    text = force_str(value) if value is not None else ""
    found: dict[str, None] = {}
    for token in _tokens(text):
        if HAN_RUN.fullmatch(token):
            found |= dict.fromkeys([*token, *_pairs(token)])
            if len(text) <= SOUNDING and len(token) > 1:
                found |= dict.fromkeys(_reader().keys(token, list(range(len(token) - 1))))
        else:
            found[token] = None
    return " ".join(found)


def asked(query: str) -> str:
    """What is looked for: 担贷款 → 担贷 贷款."""
    found: list[str] = []
    for token in _tokens(query):
        found += (_pairs(token) or [token]) if HAN_RUN.fullmatch(token) else [token]
    return " ".join(dict.fromkeys(found))


def _of_field(field: Any, whole: Any) -> Any:
    """The same search field, giving its value as `indexed`; of the object that `whole` makes of what it is asked about."""
    made = copy.copy(field)
    if isinstance(field, RelatedFields):
        made.fields = [_of_field(each, lambda related: related) for each in field.fields]
        made.get_value = lambda obj: field.get_value(whole(obj))
    else:
        made.get_value = lambda obj: indexed(field.get_value(whole(obj)))
    return made


class InWords:
    """An object as the index reads it: its key, and its search fields with their values in words."""

    def __init__(self, obj: Any) -> None:
        self.obj, self.pk = obj, obj.pk

    def get_search_fields(self) -> list[Any]:
        return [_of_field(each, lambda read: read.obj) for each in self.obj.get_search_fields()]
