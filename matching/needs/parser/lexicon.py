"""Words → codes, from data/lexicon.toml: a dictionary of phrases looked up place by place."""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

GAP = r"[^,。;!?\n]{0,4}?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of `table` that stands for `code`, at [start, end) of the normalised text."""

    table: str
    code: str
    start: int
    end: int


class Lexicon:
    def __init__(self, data: dict[str, Any]) -> None:
        self._plain: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._gaps: dict[str, list[tuple[re.Pattern[str], str, str, str]]] = defaultdict(list)
        plain: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        for table, codes in data.items():
            if table in {"amounts", "empty", "vague", "groups"}:
                continue
            for code, phrases in codes.items():
                for phrase in phrases:
                    if "*" in phrase:
                        parts = [re.escape(part) for part in phrase.split("*")]
                        self._gaps[phrase[0]].append((re.compile(GAP.join(parts)), phrase.split("*")[1], table, code))
                    else:
                        plain[phrase[0]][phrase].append((table, code))
        self._plain = {first: dict(phrases) for first, phrases in plain.items()}
        self._longest = {first: max(map(len, phrases)) for first, phrases in self._plain.items()}
        self.empty = frozenset(data.get("empty", {}).get("words", ()))
        self.vague = frozenset(data.get("vague", {}).get("words", ()))
        self._groups = {word: code for code, words in data.get("groups", {}).items() for word in words}
        # 失业保险 names nobody who is out of work: what is hidden is found, too, and then left out.
        hidden = [
            phrase for phrase in data.get("hide", {}).get("words", ()) if any(word in phrase for word in self._groups)
        ]
        self._group = _regex([re.escape(word) for word in [*self._groups, *hidden]]) if self._groups else None
        self.left = {role: _regex(cues) for role, cues in data["amounts"]["left"].items()}
        self.right = {role: _regex(cues) for role, cues in data["amounts"]["right"].items()}

    def find(self, text: str) -> list[Hit]:
        """Every hit in the order of the text; those inside a longer one of the same table are dropped."""
        hits: list[Hit] = []
        for start, character in enumerate(text):
            phrases = self._plain.get(character)
            if phrases:
                for end in range(start + 1, min(len(text), start + self._longest[character]) + 1):
                    for table, code in phrases.get(text[start:end], ()):
                        hits.append(Hit(table, code, start, end))
            if character in self._gaps:
                ahead = text[start : start + 24]
                for pattern, second, table, code in self._gaps[character]:
                    if second in ahead and (found := pattern.match(text, start)):
                        hits.append(Hit(table, code, start, found.end()))
        return _outermost(hits)

    def groups(self, text: str) -> frozenset[str]:
        """Codes of the groups of people that `text` names: women, veterans, graduates."""
        found = self._group.findall(text) if self._group else []
        return frozenset(self._groups[word] for word in found if word in self._groups)

    @classmethod
    @cache
    def built_in(cls) -> "Lexicon":
        text = resources.files(__package__).joinpath("data/lexicon.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))


def _outermost(hits: list[Hit]) -> list[Hit]:
    hidden = [(hit.start, hit.end) for hit in hits if hit.table == "hide"]
    tables: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        tables[hit.table].append(hit)
    # A stated lack (没抵押) hides what it lacks; a trait's "no" hides its "yes".
    tables["guarantees"] += tables.get("nothing", [])
    tables["traits"] += tables.get("traits_no", [])
    tables["kinds"] += tables.get("kinds_refused", [])
    kept: list[Hit] = []
    for table, found in tables.items():
        for hit in found:
            if hit.table != table or table == "hide":
                continue
            longer = any(
                other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
                for other in found
            )
            covered = any(start <= hit.start and hit.end <= end for start, end in hidden)
            if not longer and not covered:
                kept.append(hit)
    return sorted(set(kept), key=lambda hit: (hit.start, hit.end, hit.table, hit.code))


def _regex(cues: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(cues, key=len, reverse=True)))
