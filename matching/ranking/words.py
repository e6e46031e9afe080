"""What the words of a need and of a product's texts have in common comes to.

A word counts as much as it tells. What people say leads to what texts say through the vocabulary of the search (蘑菇 → 食用菌).
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from matching.needs.parser.spoken import Spoken
from search.analysis.normalise import normalise
from search.analysis.vocabulary import Vocabulary

from .profile import content_words

LED = 0.8  # how much a word counts that was meant rather than said


def worth(word: str) -> float:
    return 0.25 if len(word) == 2 else 0.35


@cache
def _leads() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[int, ...]]]:
    """What is said → the words that it leads to; and how long such sayings are, by their first character."""
    vocabulary = Vocabulary.built_in()
    found: dict[str, set[str]] = defaultdict(set)
    for group in vocabulary.synonyms:
        for word in group:
            found[word] |= set(group) - {word}
    for word, others in vocabulary.related.items():
        found[word] |= set(others)
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in found:
        lengths[word[0]].add(len(word))
    return (
        {word: tuple(sorted(content_words("。".join(sorted(others))))) for word, others in found.items()},
        {first: tuple(sorted(those)) for first, those in lengths.items()},
    )


def said(text: str) -> tuple[tuple[str, float], ...]:
    """(word, what it comes to) of each word that was said or meant, in the order of the words."""
    plain = Spoken.built_in().meant(normalise(text[:2000]).text)
    found = {word: worth(word) for word in content_words(plain)}
    leads, lengths = _leads()
    for start, first in enumerate(plain):
        for length in lengths.get(first, ()):
            for word in leads.get(plain[start : start + length], ()):
                found.setdefault(word, LED * worth(word))
    return tuple(sorted(found.items()))
