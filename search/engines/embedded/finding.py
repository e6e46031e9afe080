"""Which rows of a kind hold the words of a query, and which of them are to be ranked: by FTS5, or from memory where that is faster."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...analysis import Query
from ..base import CANDIDATES, Ask, Candidate
from ..packs import Asked, Packs
from . import schema
from .columns import Columns
from .expression import Sentences, in_names
from .memory import Memory, Place
from .postings import Bits, mask, packed
from .storage import Storage

Answer = TypeVar("Answer")
SMALL = 500  # documents of a kind that is searched in memory alone
NAMED_IN_MEMORY = 5 * CANDIDATES  # documents found whose names are compared in memory; with more FTS5 is faster
AT_ONCE = 2 * CANDIDATES  # of those so many first, then twice as many each time
UNREAD = 2 * CANDIDATES  # and so many may have to be read first


class _Said(threading.local):
    """What was last asked, written out: an answer asks several times."""

    sentences: Sentences | None = None


class Finding:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.small = SMALL
        self._memories: dict[str, Memory] = {}
        self._said = _Said()

    def _with_tables(self, kind: str | None, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not schema.is_missing_table(error):
                raise
        with self.storage.transaction() as connection:
            schema.create(connection, kind)
        return work()

    def forget_words(self) -> None:
        """As if nobody had asked for anything yet (to measure)."""
        for columns in self._memory().kinds.values():
            columns.postings.forget()

    def _memory(self) -> Memory:
        return self._memories.setdefault(self.storage.identity, Memory(self.storage, self._with_tables))

    def _columns(self, kinds: Iterable[str]) -> dict[str, Columns]:
        """Of these kinds, as the index is now."""
        return self._memory().columns(kinds)

    def _now(self, kinds: Iterable[str]) -> tuple[dict[str, Columns], Place]:
        """Columns, and the place in the log that they are of."""
        memory = self._memory()
        with memory.lock:
            return memory.columns(kinds), memory.place

    def _sentences(self) -> Sentences:
        known = self._said.sentences
        if known is None or known.is_full:
            known = self._said.sentences = Sentences()
        return known

    def _by_group(self, ask: Ask, columns: Columns, place: Place) -> list[NDArray[np.int64]]:
        groups = ask.query.groups if ask.query else ()
        if not len(columns.ids):
            return [columns.ids for _group in groups]
        if ask.query and (matched := self._small(ask.kind, ask.query, columns, place)) is not None:
            return [np.flatnonzero(group) for group in matched]
        return [
            np.flatnonzero(mask(self._bits(ask.kind, columns, text), len(columns.ids)))
            for text in (self._sentences().groups(ask.query) if ask.query else ())
        ]

    def _bits(self, kind: str, columns: Columns, text: str) -> Bits:
        """Which rows hold what an expression says."""
        known = columns.postings.get(text)
        if known is None:
            known = packed(columns.places(self._ids(kind, text)), len(columns.ids))
            columns.postings.put(text, known)
        return known

    def _together(self, kind: str, columns: Columns, texts: Sequence[str], *, every: bool) -> NDArray[np.bool_] | None:
        """For each row, whether it holds all of these expressions, or any; None where one was never asked for before: FTS5
        answers all of them at once sooner than one by one, and most are not asked for again."""
        new = [text for text in texts if columns.postings.is_new(text)]
        if new:
            return None
        join = np.bitwise_and if every else np.bitwise_or
        return mask(join.reduce([self._bits(kind, columns, text) for text in texts]), len(columns.ids))

    def _small(self, kind: str, query: Query, columns: Columns, place: Place) -> NDArray[np.bool_] | None:
        """For each group and each row of a small kind, whether it matches; None for a larger one."""
        if len(columns.ids) > self.small:
            return None
        packs = self._packs(kind, columns.ids, place)
        return packs.groups(Asked(query), body=True) if len(packs) == len(columns.ids) else None

    def _rows(self, ask: Ask, columns: Columns, said: Sentences, place: Place) -> NDArray[np.int64]:
        if ask.query is None:
            return columns.everything()
        if (matched := self._small(ask.kind, ask.query, columns, place)) is not None:
            least = len(matched) if ask.minimum is None else min(max(ask.minimum, 1), len(matched))
            return np.flatnonzero(matched.sum(axis=0) >= least)
        least = len(ask.query.groups) if ask.minimum is None else ask.minimum
        every = least >= len(ask.query.groups)
        if every or least <= 1:
            held = self._together(ask.kind, columns, said.groups(ask.query), every=every)
            if held is not None:
                return np.flatnonzero(held)
            return columns.places(self._ids(ask.kind, said.of(ask.query, every=every)))
        counts = np.zeros(len(columns.ids), dtype=np.int64)
        for group in self._by_group(ask, columns, place):
            counts[group] += 1
        return np.flatnonzero(counts >= least)

    def _ids(self, kind: str, match: str) -> NDArray[np.int64]:
        # One row of text is several times cheaper to fetch than a row per id. FTS5 gives ids in ascending order.
        (joined,) = (
            self.storage.connection()
            .execute(
                f"SELECT group_concat(rowid) FROM search_fts_{schema.checked(kind)} WHERE search_fts_{kind} MATCH ?",
                (match,),
            )
            .fetchone()
        )
        return np.fromstring(joined, dtype=np.int64, sep=",") if joined else np.empty(0, dtype=np.int64)

    def _chosen(
        self, ask: Ask, query: Query, columns: Columns, found: NDArray[np.int64], said: Sentences, place: Place
    ) -> NDArray[np.int64]:
        """Rows to be ranked: those that match by name first, then the newest."""
        if len(found) <= CANDIDATES:
            return found
        every = ask.minimum is None or ask.minimum >= len(query.groups)
        texts = [in_names(text) for text in said.groups(query)]
        held = self._together(ask.kind, columns, texts, every=every)
        named = found[held[found]][-CANDIDATES:] if held is not None else None
        if named is None:
            named = self._named(ask.kind, query, columns, found, place, every=every)
        if named is None:
            named = self._newest(ask.kind, in_names(said.of(query, every=every)), columns, found)
        newest = found[-(CANDIDATES + len(named)) :]
        others = newest[~np.isin(newest, named, assume_unique=True)][::-1][: CANDIDATES - len(named)]
        return np.sort(np.concatenate([named, others]))

    def _named(
        self, kind: str, query: Query, columns: Columns, found: NDArray[np.int64], place: Place, *, every: bool
    ) -> NDArray[np.int64] | None:
        """As `_newest`, from memory; None where that would take longer than to ask FTS5."""
        if len(found) > NAMED_IN_MEMORY:
            return None
        memory, unread, asked = self._memory(), UNREAD, Asked(query)
        chosen: list[NDArray[np.int64]] = []
        end, step = len(found), AT_ONCE
        while end > 0:
            rows = found[max(end - step, 0) : end]
            end, step = end - step, 2 * step
            missing = memory.unpacked(kind, columns.ids[rows].tolist())
            if len(missing) > unread:
                memory.packs(kind, missing[-unread:], place, partial(self._candidates, kind))  # a part for next time
                return None
            unread -= len(missing)
            packs = self._packs(kind, columns.ids[rows], place)
            if len(packs) < len(rows):
                return None  # some have gone meanwhile
            groups = packs.groups(asked, body=False)
            chosen.append(rows[groups.all(axis=0) if every else groups.any(axis=0)])
            if sum(map(len, chosen)) >= CANDIDATES:
                break
        return np.concatenate(chosen[::-1])[-CANDIDATES:]

    def _newest(self, kind: str, match: str, columns: Columns, among: NDArray[np.int64]) -> NDArray[np.int64]:
        """CANDIDATES of `among` that match. FTS5 can go from the newest id back, only as far as is asked for; where few
        may match it is faster to have all."""
        wanted = np.zeros(len(columns.ids), dtype=np.bool_)
        wanted[among] = True
        if 2 * len(among) < len(columns.ids):
            places = columns.places(self._ids(kind, match))
            return places[wanted[places]][-CANDIDATES:]
        rows = self.storage.connection().execute(
            f"SELECT rowid FROM search_fts_{schema.checked(kind)} WHERE search_fts_{kind} MATCH ? ORDER BY rowid DESC",
            (match,),
        )
        chosen: list[NDArray[np.int64]] = []
        room, step = CANDIDATES, CANDIDATES
        while room > 0 and (part := rows.fetchmany(step)):
            places = columns.places(np.array(part, dtype=np.int64)[:, 0])
            chosen.append(places[wanted[places]][:room])
            room -= len(chosen[-1])
            step *= 2
        rows.close()
        return np.concatenate(chosen) if chosen else among[:0]

    def _packs(self, kind: str, ids: NDArray[np.int64], place: Place) -> Packs:
        return self._memory().packs(kind, ids.tolist(), place, partial(self._candidates, kind))

    def candidates(self, kind: str, ids: Sequence[int]) -> Packs:
        """What ranking sees of documents that another engine has found."""
        _columns, place = self._now([])
        read = partial(self._candidates, kind)
        return self._with_tables(kind, lambda: self._memory().packs(kind, ids, place, read))

    def _candidates(self, kind: str, ids: Sequence[int]) -> list[Candidate]:
        rows = self.storage.connection().execute(
            f"SELECT id, name, {', '.join(schema.FIELDS)}, keywords_length, body_length"
            f" FROM search_doc_{schema.checked(kind)} WHERE id IN ({','.join(map(str, ids))})"
        )
        return [
            Candidate(row_id, name, title, grams, pinyin, keywords, body, (keywords_length, body_length))
            for row_id, name, title, grams, pinyin, keywords, body, keywords_length, body_length in rows
        ]
