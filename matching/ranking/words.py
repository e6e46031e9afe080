"""What the words of a need and of a product's texts have in common comes to.

A word counts as much as it tells. What people say leads to what texts say through the vocabulary of the search (蘑菇 → 食用菌).
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from matching.needs.parser.lexicon import Lexicon
from matching.needs.parser.spoken import Spoken
from search.analysis.normalise import normalise
from search.analysis.vocabulary import Vocabulary

from .profile import content_words

LED = 0.8  # how much a word counts that was meant rather than said


def worth(word: str) -> float:
    """Of words that many products hold little; of long ones more."""
    if word in Lexicon.built_in().vague:
        return 0.1
    return 0.3 if len(word) == 2 else 0.35


@cache
def _leads() -> tuple[Mapping[str, tuple[tuple[str, float], ...]], Mapping[str, tuple[int, ...]]]:
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
        {
            word: tuple((other, LED * worth(other)) for other in sorted(content_words("。".join(sorted(others)))))
            for word, others in found.items()
        },
        {first: tuple(sorted(those)) for first, those in lengths.items()},
    )


def said(text: str) -> tuple[tuple[str, float], ...]:
    """(word, what it comes to) of each word that was said or meant, in the order of the words."""
    plain = Spoken.built_in().meant(normalise(text[:2000]).text)
    found = {word: worth(word) for word in content_words(plain)}
    leads, lengths = _leads()
    for start, first in enumerate(plain):
        for length in lengths.get(first, ()):
            for word, value in leads.get(plain[start : start + length], ()):
                found.setdefault(word, value)
    return tuple(sorted(found.items()))


# The parts of the term `text`: nothing in common, the most that words come to, the line of business, the people.
BASE = 0.2
WORDS, ENOUGH = 0.6, 0.9
TRADE, OTHER_TRADE = 0.25, -0.12
PEOPLE, OTHER_PEOPLE, SOME_OTHER_PEOPLE = 0.2, -0.2, -0.1
MOST = 0.95  # 1 is for a product that was named


def people(told: frozenset[str], mine: frozenset[str]) -> float:
    """What it is worth that a product is made for some people: those who ask, or others."""
    if not told:
        return 0.0
    if told & mine:
        return PEOPLE
    return OTHER_PEOPLE if len(told) == 1 else SOME_OTHER_PEOPLE


def groups(text: str) -> frozenset[str]:
    """The groups of people that a need speaks of."""
    return Lexicon.built_in().groups(normalise(text[:2000]).text)
