"""Names of places → region codes: official names, what people call them, parks and sights."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Self


class Gazetteer:
    """A table name → codes. A site adds its own names: `Gazetteer.built_in().extended({"某某小镇": "330102"})`."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)
        self.longest = max(map(len, self.names), default=0)
        self.initials = frozenset(name[0] for name in self.names)

    def extended(self, names: Mapping[str, str]) -> Self:
        return type(self)({**self.names, **names})

    def find(self, text: str) -> Iterable[tuple[int, int, str]]:
        """(start, end, code) of each place named in a normalised text, longest name first, none overlapping."""
        place = 0
        while place < len(text):
            if text[place] in self.initials:
                for end in range(min(len(text), place + self.longest), place + 1, -1):
                    code = self.names.get(text[place:end])
                    if code:
                        yield place, end, code
                        place = end - 1
                        break
            place += 1

    @classmethod
    @cache
    def built_in(cls) -> "Gazetteer":
        return cls(_built_in())


def _built_in() -> dict[str, str]:
    data = tomllib.loads(resources.files(__package__).joinpath("data/places.toml").read_text(encoding="utf-8"))
    return {name: code for code, names in data["places"].items() for name in names}


__all__ = ["Gazetteer"]
