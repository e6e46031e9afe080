"""Domain terms, synonyms and readings as data: the built-in seed and what a site adds to it."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources

from .normalise import normalise


@dataclass(frozen=True)
class Vocabulary:
    """All words are in normal form. `readings` are syllables per character: 乐清 → ("yue", "qing").

    `related` leads one way, from what people say to what texts say (养猪 → 生猪, 农民 → 茶农): whoever asks for the first is
    served by the second, not the other way round. `light_words` are wanted but never required."""

    terms: frozenset[str] = frozenset()
    synonyms: tuple[tuple[str, ...], ...] = ()
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop_words: frozenset[str] = frozenset()
    light_words: frozenset[str] = frozenset()
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def built_in(cls) -> "Vocabulary":
        return _built_in()

    def extended(
        self,
        terms: Iterable[str] = (),
        synonyms: Iterable[Iterable[str]] = (),
        readings: Mapping[str, Iterable[str]] | None = None,
        related: Mapping[str, Iterable[str]] | None = None,
    ) -> "Vocabulary":
        """This vocabulary and a site's own; a word in several groups of synonyms brings all of them together."""
        groups = [tuple(_clean(group)) for group in synonyms]
        return Vocabulary(
            terms=self.terms | frozenset(_clean(terms)),
            synonyms=_merged([*self.synonyms, *(group for group in groups if len(group) > 1)]),
            readings={**self.readings, **{normalise(k).text: tuple(v) for k, v in (readings or {}).items()}},
            stop_words=self.stop_words,
            light_words=self.light_words,
            related=_joined(self.related, related or {}),
        )

    def without(self, terms: Iterable[str]) -> "Vocabulary":
        """This vocabulary less some terms (a site may switch built-in ones off)."""
        gone = frozenset(_clean(terms))
        return Vocabulary(
            terms=self.terms - gone,
            synonyms=tuple(
                group for each in self.synonyms if len(group := tuple(word for word in each if word not in gone)) > 1
            ),
            readings=self.readings,
            stop_words=self.stop_words,
            light_words=self.light_words,
            related={
                said: left
                for said, meant in self.related.items()
                if said not in gone and (left := tuple(word for word in meant if word not in gone))
            },
        )

    @cached_property
    def lexicon(self) -> frozenset[str]:
        """Every word that segmentation keeps whole: terms, and synonyms, since they can only match whole."""
        said = {word for group in self.synonyms for word in group} | set(self.related)
        return self.terms | said | {word for meant in self.related.values() for word in meant}

    @cached_property
    def version(self) -> str:
        """Changes when documents have to be analysed again. Synonyms work at query time, but their words are lexicon."""
        parts = [*sorted(self.lexicon), "/", *sorted(self.stop_words), "/"]
        parts += [f"{word}={' '.join(reading)}" for word, reading in sorted(self.readings.items())]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _clean(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for word in words if (text := "".join(normalise(word).text.split()))))


def _joined(first: Mapping[str, tuple[str, ...]], second: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    joined = dict(first)
    for said, meant in second.items():
        for word in _clean([said]):
            others = [*joined.get(word, ()), *_clean(meant)]
            joined[word] = tuple(dict.fromkeys(other for other in others if other != word))
    return joined


def _merged(groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    home: dict[str, list[str]] = {}
    for group in groups:
        merged: list[str] = []
        for word in group:
            for other in home.get(word, [word]):
                if other not in merged:
                    merged.append(other)
        for word in merged:
            home[word] = merged
    return tuple(dict.fromkeys(tuple(group) for group in home.values()))


@cache
def _built_in() -> Vocabulary:
    data = tomllib.loads((resources.files(__package__) / "data" / "vocabulary.toml").read_text(encoding="utf-8"))
    empty = Vocabulary(stop_words=frozenset(data["stop_words"]), light_words=frozenset(data["light_words"]))
    return empty.extended(
        terms=[word for group in data["terms"].values() for word in group],
        synonyms=data["synonyms"],
        readings={word: reading.split() for word, reading in data["readings"].items()},
        related=data["related"],
    )
