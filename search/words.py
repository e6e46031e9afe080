"""The site's analyser: the words that editors keep, and the names that typos are repaired against.

An analyser is built once per state of the tables. Whoever begins an answer asks for `analyser()`, which looks at the number of
the tables' last change (one small query), so a change counts in every process with the next search; what follows within the
same answer takes `current()`.
"""

import secrets
import threading
from dataclasses import dataclass, field

from django.db import connection

from .analysis import Analyser, Names, Vocabulary
from .engines import Engine
from .models import LexiconTerm, Pin, SynonymGroup, VocabularyState
from .registry import types

_lock = threading.Lock()


@dataclass(frozen=True)
class State:
    """`pins`: query in normal form → (kind, id) in order."""

    version: int
    analyser: Analyser
    pins: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


_current: State | None = None
_names: dict[tuple, Names] = {}


def analyser() -> Analyser:
    return state().analyser


def state() -> State:
    """As the tables are now."""
    global _current  # noqa: PLW0603 — a process-wide copy of small tables
    with connection.cursor() as cursor:  # written out: every answer asks
        cursor.execute(f"SELECT version, defaults FROM {VocabularyState._meta.db_table} WHERE id = 1")  # noqa: S608
        row = cursor.fetchone() or (0, "")
    known = _current
    if known is None or known.version != row[0]:
        with _lock:
            _current = known = _read(known, *row)
    return known


def current() -> Analyser:
    """What the answer under way began with."""
    known = _current
    return known.analyser if known else analyser()


def pins(query: str) -> list[tuple[str, int]]:
    """(kind, id) of what editors put first for a query in normal form."""
    known = _current
    return (known or state()).pins.get(query, [])


def changed() -> None:
    """The tables have changed; called in the transaction that changes them."""
    # Never the same number twice: what a transaction that was rolled back had read is told from what came after it.
    VocabularyState.objects.update_or_create(pk=1, defaults={"version": secrets.randbelow(2**62)})
    forget()


def forget() -> None:
    global _current  # noqa: PLW0603
    _current = None


def _read(known: State | None, version: int, defaults: str) -> State:
    vocabulary = _vocabulary(has_defaults=bool(defaults))
    same = known is not None and known.analyser.vocabulary == vocabulary
    pins: dict[str, list[tuple[str, int]]] = {}
    for query, kind, object_id in Pin.objects.order_by("sort_order", "pk").values_list("query", "kind", "object_id"):
        pins.setdefault(query, []).append((kind, object_id))
    return State(version, known.analyser if known is not None and same else Analyser(vocabulary), pins)


def _vocabulary(*, has_defaults: bool) -> Vocabulary:
    """Once the defaults are in the tables these are all there is; before, they add to the built-in vocabulary."""
    terms = list(LexiconTerm.objects.values_list("term", "reading", "is_word", "is_active"))
    groups = [group for group in SynonymGroup.objects.filter(is_active=True).order_by("pk") if len(group.word_list) > 1]
    built_in = Vocabulary.built_in()
    base = (
        Vocabulary(stop_words=built_in.stop_words, light_words=built_in.light_words)
        if has_defaults
        else built_in.without(term for term, _reading, _is_word, active in terms if not active)
    )
    related: dict[str, list[str]] = {}
    for group in groups:
        if group.is_one_way:
            related.setdefault(group.word_list[0], []).extend(group.word_list[1:])
    return base.extended(
        terms=[term for term, _reading, is_word, active in terms if active and is_word],
        synonyms=[group.word_list for group in groups if not group.is_one_way],
        readings={term: reading.split() for term, reading, _is_word, active in terms if active and reading},
        related=related,
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
