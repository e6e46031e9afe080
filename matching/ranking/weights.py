"""How much each term of the score counts. A set of weights has a version; a site keeps its own in a table."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Self


@dataclass(frozen=True, slots=True)
class Weights:
    """`terms`: name of the term → its weight ≥ 0. The score is the weighted mean, so only proportions matter."""

    version: str
    terms: Mapping[str, float]

    @classmethod
    @cache
    def default(cls) -> Self:
        return cls.read(resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))

    @classmethod
    def read(cls, toml: str) -> Self:
        data = tomllib.loads(toml)
        return cls(data["version"], data["weights"])
