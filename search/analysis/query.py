"""What was asked, free of any engine: groups of alternatives. A document matches a group through any alternative."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple


class Term(NamedTuple):
    """A token to be found. `prefix` terms are looked for among the pinyin keys only."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """All `terms` must be there. `why`: word, parts, pinyin, synonym, related, repair, near. `shown` is what to mark in a text."""

    terms: tuple[Term, ...]
    weight: float
    why: str
    shown: str


@dataclass(frozen=True, slots=True)
class Group:
    """One thing asked for, as typed (in normal form)."""

    text: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Query:
    """`text` is the whole query in normal form; `repairs` are (typed, meant) pairs already among the alternatives.

    `light` groups (企业, 怕, 300万 …) need not match; documents that hold them come earlier."""

    text: str
    groups: tuple[Group, ...]
    repairs: tuple[tuple[str, str], ...] = ()
    light: tuple[Group, ...] = ()

    @cached_property
    def terms(self) -> list[Term]:
        groups = (*self.groups, *self.light)
        return list(dict.fromkeys(term for group in groups for each in group.alternatives for term in each.terms))

    @cached_property
    def shown(self) -> list[str]:
        """What highlights look for, longest first."""
        words = {each.shown for group in self.groups for each in group.alternatives}
        return sorted(words, key=lambda word: (-len(word), word))

    def only(self, groups: tuple[Group, ...]) -> "Query":
        return replace(self, groups=groups)
