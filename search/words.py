"""The site's analyser: the built-in vocabulary and what editors added, and the names that typos are repaired against.

An analyser is built once per state of the two tables. A process looks at them again after a few seconds, or at once when
it changed them itself.
"""

import threading
import time

from .analysis import Analyser, Names, Vocabulary
from .engines import Engine
from .models import LexiconTerm, SynonymGroup
from .registry import types

FRESH = 5.0  # seconds that a process trusts what it has read

_lock = threading.Lock()
_current: tuple[float, Analyser] | None = None
_analysers: dict[tuple, Analyser] = {}
_names: dict[tuple, Names] = {}


def analyser() -> Analyser:
    global _current  # noqa: PLW0603 — a process-wide copy of two small tables
    current = _current
    if current is None or time.monotonic() - current[0] > FRESH:
        _current = current = (time.monotonic(), _read())
    return current[1]


def forget() -> None:
    """The tables have changed."""
    global _current  # noqa: PLW0603
    _current = None


def _read() -> Analyser:
    state = (
        tuple(LexiconTerm.objects.values_list("term", "reading", "is_active")),
        tuple(SynonymGroup.objects.filter(is_active=True).values_list("words", flat=True)),
    )
    known = _analysers.get(state)
    if known is None:
        with _lock:
            known = Analyser(_vocabulary(*state))
            _analysers.clear()
            _analysers[state] = known
    return known


def _vocabulary(terms: tuple[tuple[str, str, bool], ...], synonyms: tuple[str, ...]) -> Vocabulary:
    return (
        Vocabulary.built_in()
        .without(term for term, _reading, active in terms if not active)
        .extended(
            terms=[term for term, _reading, active in terms if active],
            synonyms=[SynonymGroup(words=words).word_list for words in synonyms],
            readings={term: reading.split() for term, reading, active in terms if active and reading},
        )
    )


def names(engine: Engine, analyser: Analyser) -> Names:
    """Domain terms and the public titles of kinds that are suggested."""
    mark, titles = engine.names(each.kind for each in types() if each.suggest)
    key = (engine.name, mark, len(titles), analyser.vocabulary.version)
    known = _names.get(key)
    if known is None:
        with _lock:
            known = Names([*titles, *analyser.vocabulary.lexicon], analyser.reader)
            _names.clear()
            _names[key] = known
    return known
