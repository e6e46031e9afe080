"""Words of a sentence that tell something, beside those that everybody says who wants money."""

from functools import cache

from search.analysis.normalise import HAN_RUN
from search.analysis.segment import Segmenter
from search.analysis.vocabulary import Vocabulary

from .lexicon import Lexicon


@cache
def _empty() -> frozenset[str]:
    return Lexicon.built_in().empty | frozenset(Vocabulary.built_in().stop_words)


@cache
def _segmenter() -> Segmenter:
    return Segmenter(Vocabulary.built_in().lexicon)


def telling(text: str, taken: list[tuple[int, int]]) -> list[str]:
    """Words of two characters and more in normalised `text` that are not empty and not in a place already read."""
    empty = _empty()
    found = []
    for run in HAN_RUN.finditer(text):
        place = run.start()
        for word in _segmenter().words(run[0]):
            start, place = place, place + len(word)
            if (
                len(word) < 2
                or word in empty
                or any(character in "一二两三四五六七八九十百千万几" for character in word)
            ):
                continue
            if not any(first < place and start < last for first, last in taken):
                found.append(word)
    return found
