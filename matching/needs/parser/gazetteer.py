"""Names of places → region codes: official names, what people call them, parks and sights."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Self

from matching.places import covers


class Gazetteer:
    """A table name → codes. A name that stands for several places has several codes; it is read as one of them only where
    the same text names what lies around just that one (温州…新城). A site keeps its own names:
    `Gazetteer({"某某小镇": "330102", "新城": ["330102", "330302"]})`, or `Gazetteer.built_in().extended(...)`."""

    def __init__(self, names: Mapping[str, str | Iterable[str]]) -> None:
        self.names: dict[str, tuple[str, ...]] = {
            name: (codes,) if isinstance(codes, str) else tuple(dict.fromkeys(codes)) for name, codes in names.items()
        }
        self.longest = max(map(len, self.names), default=0)
        self.initials = frozenset(name[0] for name in self.names)

    def extended(self, names: Mapping[str, str | Iterable[str]]) -> Self:
        return type(self)({**self.names, **names})

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, code) of each place named in a normalised text, longest name first, none overlapping. A name that
        may be several places is left out, see `unclear`."""
        for start, end, codes in self._read(text):
            if len(codes) == 1:
                yield start, end, codes[0]

    def unclear(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """(start, end, codes) of each name that may be several places, and that nothing else in the text decides."""
        for start, end, codes in self._read(text):
            if len(codes) > 1:
                yield start, end, codes

    def hits(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """(start, end, codes) of each name, whatever it stands for."""
        place = 0
        while place < len(text):
            if text[place] in self.initials:
                for end in range(min(len(text), place + self.longest), place + 1, -1):
                    codes = self.names.get(text[place:end])
                    if codes:
                        yield place, end, codes
                        place = end - 1
                        break
            place += 1

    def _read(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        found = list(self.hits(text))
        clear = {codes[0] for _start, _end, codes in found if len(codes) == 1}
        for start, end, codes in found:
            if len(codes) > 1:
                near = tuple(code for code in codes if any(covers(place, code) for place in clear))
                codes = near or codes  # noqa: PLW2901
            yield start, end, codes

    @classmethod
    @cache
    def built_in(cls) -> "Gazetteer":
        return cls({**_counties(), **{name: (code,) for code, names in built_in_names().items() for name in names}})


def _counties() -> dict[str, tuple[str, ...]]:
    """Counties of the other provinces, in full and without 县 and 区 where that is no everyday word."""
    text = resources.files(__package__).joinpath("data/counties.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines()[1:])
    return {name: tuple(codes.split()) for name, codes in lines}


def built_in_names() -> dict[str, list[str]]:
    """Code → names, as the file has them: the official name first where it is there."""
    data = tomllib.loads(resources.files(__package__).joinpath("data/places.toml").read_text(encoding="utf-8"))
    names: dict[str, list[str]] = data["places"]
    return names


__all__ = ["Gazetteer", "built_in_names"]
