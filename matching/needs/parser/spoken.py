"""What people say in dialect, what voice input mishears and what slips in typing → what is meant, from data/spoken.toml.
The length stays: places in the text are places in what was typed."""

import re
import tomllib
from functools import cache, partial
from importlib import resources
from typing import Self


class Spoken:
    def __init__(self, words: dict[str, str], patterns: dict[str, str]) -> None:
        for said, meant in words.items():
            if len(said) != len(meant):
                raise ValueError(f"{said} = {meant}: not of one length")
        self._words = words
        self._any = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True)))) if words else None
        self._patterns = [(re.compile(pattern), meant) for pattern, meant in patterns.items()]

    def meant(self, text: str) -> str:
        if self._any:
            text = self._any.sub(lambda found: self._words[found[0]], text)
        for pattern, meant in self._patterns:
            text = pattern.sub(partial(_ended, meant), text)
        return text

    @classmethod
    @cache
    def built_in(cls) -> Self:
        data = tomllib.loads(resources.files(__package__).joinpath("data/spoken.toml").read_text(encoding="utf-8"))
        return cls(data["words"], data["patterns"])


def _ended(meant: str, found: re.Match[str]) -> str:
    """What was heard, with its end as it was meant."""
    return found[0][: -len(meant)] + meant
