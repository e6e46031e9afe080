"""Runs of Chinese characters → words: rjieba's dictionary without guessing (`hmm=False`) plus the domain lexicon."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import rjieba


class Segmenter:
    """Same text, same words, on every machine: no statistics of the moment enter."""

    def __init__(self, lexicon: Iterable[str]) -> None:
        self._jieba = rjieba.Jieba()
        for term in sorted(lexicon):  # sorted: the frequency that keeps a term whole depends on those added before
            if len(term) > 1:
                self._jieba.add_word(term, None, None)
        self._parts = lru_cache(maxsize=20_000)(self._parts_of)

    def words(self, run: str) -> list[str]:
        """In order and without gaps: "".join(words) == run."""
        return self._jieba.cut(run, False)

    def knows(self, word: str) -> bool:
        return self._jieba.has_word(word)

    def parts(self, word: str) -> tuple[str, ...]:
        """Shorter words inside a word: 担保费 → 担保. Searching for the part finds the whole."""
        return self._parts(word) if len(word) > 2 else ()

    def pieces(self, word: str) -> tuple[str, ...]:
        """A long word as the shorter words it is made of, if it is: 保费补贴 → 保费, 补贴 (found as 补贴保费 too)."""
        for middle in range(len(word) // 2, 1, -1):
            for cut in dict.fromkeys((middle, len(word) - middle)):
                first, second = word[:cut], word[cut:]
                if len(second) > 1 and self.knows(first) and self.knows(second):
                    return first, second
        return ()

    def _parts_of(self, word: str) -> tuple[str, ...]:
        found = {
            word[start:end]
            for start in range(len(word) - 1)
            for end in range(start + 2, len(word) + 1)
            if end - start < len(word) and self._jieba.has_word(word[start:end])
        }
        return tuple(sorted(found))


def bigrams(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def loose_runs(words: Iterable[str]) -> list[tuple[bool, str]]:
    """Joins neighbouring single characters, which no dictionary knew: [取水, 贷, 款] → [(False, 取水), (True, 贷款)]."""
    runs: list[tuple[bool, str]] = []
    for word in words:
        loose = len(word) == 1
        if loose and runs and runs[-1][0]:
            runs[-1] = (True, runs[-1][1] + word)
        else:
            runs.append((loose, word))
    return runs
