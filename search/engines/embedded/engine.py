"""The engine itself. One FTS5 question gives the ids that hold the words; everything else happens in `columns`."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...analysis import Query
from ..base import CANDIDATES, Ask, Candidate, Coverage, Entry, Held, Match, Stored, Suggestion
from ..packs import Asked, Packs
from . import schema
from .columns import Columns
from .expression import Sentences, group_expression, in_names
from .keys import beginning_with
from .memory import Memory, Place
from .storage import FileStorage, SiteStorage, Storage
from .writing import Writing, batches, documents

Answer = TypeVar("Answer")
KEYS_AT_ONCE = 64
SMALL = 500  # documents of a kind that is searched in memory alone
NAMED_IN_MEMORY = 5 * CANDIDATES  # documents found whose names are compared in memory; with more FTS5 is faster
AT_ONCE = 2 * CANDIDATES  # of those so many first, then twice as many each time
REMEMBERED = 1_000_000  # rows that the groups of a query hold, beyond which they are asked for again
UNREAD = 2 * CANDIDATES  # and so many may have to be read first


class _ByQuery(threading.local):
    """Which rows of each kind held the groups of the query that was asked about last: an answer asks several times."""

    query: Query | None = None
    place: Place = (0, "")
    groups: dict[str, list[NDArray[np.int64]]]


class EmbeddedEngine:
    name = "embedded"

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.small = SMALL
        self._memories: dict[str, Memory] = {}
        self._by_query = _ByQuery()

    @classmethod
    def for_site(cls) -> "EmbeddedEngine":
        """Of the default database; its name is asked for each time, since a test run changes it."""
        from django.conf import settings
        from django.db import connection

        if connection.vendor == "sqlite":
            return cls(SiteStorage())
        return cls(FileStorage(lambda: settings.DATA_DIR / f"search-{connection.settings_dict['NAME']}.sqlite3"))

    @property
    def inline(self) -> bool:
        return self.storage.inline

    # Writing

    def write(self, entries: Iterable[Entry]) -> int:
        with self.storage.transaction() as connection:
            writing = Writing(connection)
            for kind, batch in batches(entries):
                self._with_tables(kind, partial(writing.put, kind, batch))
            self._with_tables(None, writing.finish)
        return writing.written

    def refill(self, kind: str, entries: Iterable[Entry]) -> int:
        """Instead of all that a kind holds: these, each document once and in the order of their ids; how many."""
        with self.storage.transaction() as connection:
            writing = Writing(connection)
            self._with_tables(None, partial(writing.clear, kind))
            writing.fill(kind, (batch for _kind, batch in batches(entries)))
            writing.finish()
        return writing.written

    def delete(self, kind: str, versions: Mapping[int, int]) -> None:
        if versions:
            with self.storage.transaction() as connection:
                writing = Writing(connection)
                self._with_tables(kind, partial(writing.remove, kind, versions))
                self._with_tables(None, writing.finish)

    def transaction(self) -> AbstractContextManager[object]:
        return self.storage.transaction()

    def clear(self, kind: str) -> None:
        with self.storage.transaction() as connection:
            writing = Writing(connection)
            self._with_tables(kind, partial(writing.clear, kind))
            writing.finish()

    def create(self, kinds: Iterable[str]) -> None:
        """Makes the tables that are missing, so that no reader has to."""
        with self.storage.transaction() as connection:
            for kind in kinds:
                schema.create(connection, kind)

    def _with_tables(self, kind: str | None, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not schema.is_missing_table(error):
                raise
        with self.storage.transaction() as connection:
            schema.create(connection, kind)
        return work()

    # Reading

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

    def place(self) -> Place:
        """Changes with everything that is written."""
        memory = self._memory()
        with memory.lock:
            memory.refresh()
            return memory.place

    def match(self, ask: Ask) -> Match:
        return self.matches([ask])[0]

    def matches(self, asks: Sequence[Ask]) -> list[Match]:
        columns, place = self._now(ask.kind for ask in asks)
        said = Sentences()
        return [
            self._with_tables(ask.kind, partial(self._match, ask, columns[ask.kind], said, place))
            if len(columns[ask.kind].ids)
            else Match(0, (), (), {name: {} for name in ask.facets})
            for ask in asks
        ]

    def _match(self, ask: Ask, columns: Columns, said: Sentences, place: Place) -> Match:
        rows = self._rows(ask, columns, said, place)
        rows = rows[columns.open_to(rows, ask.visibility) & columns.current(rows, ask.now)]
        passes = {
            f"facet {name}": columns.having(rows, [f"{name}:{value}" for value in values])
            for name, values in ask.filters.items()
        }
        passes |= {
            f"range {name}": columns.within(rows, name, low, high, unknown)
            for name, (low, high, unknown) in ask.ranges.items()
        }
        found = rows[_all(passes.values(), len(rows))]
        facets = columns.counts(found, [name for name in ask.facets if f"facet {name}" not in passes])
        for name in ask.facets:
            if f"facet {name}" in passes:
                others = _all((mask for key, mask in passes.items() if key != f"facet {name}"), len(rows))
                facets |= columns.counts(rows[others], [name])
        if ask.counting:
            return Match(len(found), (), (), facets)
        if ask.order is not None or ask.query is None:
            ordered = columns.ordered(found, *ask.order) if ask.order else found[::-1]
            if ask.spread:
                ordered = columns.spread(ordered, ask.spread)
            page = ordered[ask.skip : ask.skip + ask.take]
            return Match(len(found), tuple(columns.ids[page].tolist()), (), facets)
        chosen = self._chosen(ask, ask.query, columns, found, said, place)
        rest = found[:0]
        if ask.take and len(chosen) < len(found):
            rest = np.setdiff1d(found, chosen, assume_unique=True)[::-1]
        return Match(
            len(found),
            tuple(columns.ids[rest[ask.skip : ask.skip + ask.take]].tolist()),
            self._packs(ask.kind, columns.ids[chosen], place),
            facets,
        )

    def coverage(self, ask: Ask) -> Coverage:
        return self.coverages([ask])[0]

    def coverages(self, asks: Sequence[Ask]) -> list[Coverage]:
        columns, place = self._now(ask.kind for ask in asks)
        return [self._with_tables(ask.kind, partial(self._coverage, ask, columns[ask.kind], place)) for ask in asks]

    def _coverage(self, ask: Ask, columns: Columns, place: Place) -> Coverage:
        groups = self._by_group(ask, columns, place)
        counts = np.zeros(len(columns.ids), dtype=np.int64)
        for group in groups:
            counts[group] += 1
        rows = np.flatnonzero(counts)
        passes = columns.open_to(rows, ask.visibility) & columns.current(rows, ask.now)
        for name, values in ask.filters.items():
            passes &= columns.having(rows, [f"{name}:{value}" for value in values])
        for name, (low, high, unknown) in ask.ranges.items():
            passes &= columns.within(rows, name, low, high, unknown)
        counts[rows[~passes]] = 0
        return Coverage(int(counts.max(initial=0)), tuple(bool(counts[group].any()) for group in groups))

    def _by_group(self, ask: Ask, columns: Columns, place: Place) -> list[NDArray[np.int64]]:
        groups = ask.query.groups if ask.query else ()
        if not len(columns.ids):
            return [columns.ids for _group in groups]
        if ask.query and (matched := self._small(ask.kind, ask.query, columns, place)) is not None:
            return [np.flatnonzero(group) for group in matched]
        known = self._by_query
        if known.query is not ask.query or known.place != place:
            known.query, known.place, known.groups = ask.query, place, {}
        if (found := known.groups.get(ask.kind)) is None:
            found = [columns.places(self._ids(ask.kind, group_expression(group))) for group in groups]
            if sum(map(len, found)) < REMEMBERED:
                known.groups[ask.kind] = found
        return found

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
        if ask.minimum is None or ask.minimum >= len(ask.query.groups):
            return columns.places(self._ids(ask.kind, said.of(ask.query, every=True)))
        if ask.minimum <= 1:
            return columns.places(self._ids(ask.kind, said.of(ask.query, every=False)))
        counts = np.zeros(len(columns.ids), dtype=np.int64)
        for group in self._by_group(ask, columns, place):
            counts[group] += 1
        return np.flatnonzero(counts >= ask.minimum)

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

    def stored(self, kind: str, ids: Iterable[int]) -> dict[int, Stored]:
        wanted = ",".join(str(int(each)) for each in ids)

        def read() -> dict[int, Stored]:
            rows = self.storage.connection().execute(
                f"SELECT id, shown FROM search_doc_{schema.checked(kind)} WHERE id IN ({wanted})"
            )
            found = {}
            for row_id, shown in rows:
                title, summary, url, meta, body = json.loads(shown)
                found[row_id] = Stored(kind, row_id, title, summary, url, tuple(meta), tuple(body))
            return found

        return self._with_tables(kind, read)

    def suggest(
        self, prefix: str, kinds: Iterable[str], visibility: frozenset[str], now: float, limit: int
    ) -> list[Suggestion]:
        kinds = list(kinds)
        if not prefix or not kinds:
            return []
        tokens = [f":{token}" for token in visibility]

        def look() -> list[Suggestion]:
            found: dict[tuple[str, int], None] = {}
            following = beginning_with(prefix, self.storage.connection(), kinds)
            for _round in range(4):  # most are open to everybody; who may see little of a prefix gets little
                keys = list(islice(following, KEYS_AT_ONCE))
                allowed: dict[str, set[int]] = {}
                for kind, columns in self._columns(row[1] for row in keys).items():
                    ids = np.array(sorted({row[2] for row in keys if row[1] == kind}), dtype=np.int64)
                    places = columns.places(ids)
                    open_to = columns.having(places, tokens) & columns.current(places, now)
                    allowed[kind] = set(columns.ids[places[open_to]].tolist())
                found |= {(kind, row_id): None for _key, kind, row_id in keys if row_id in allowed[kind]}
                if len(found) >= limit or len(keys) < KEYS_AT_ONCE:
                    break
            following.close()
            rank = {kind: place for place, kind in enumerate(kinds)}
            named = {
                (kind, row_id): name
                for kind in {each[0] for each in found}
                for row_id, name in self._names_of(kind, [each[1] for each in found if each[0] == kind])
            }
            chosen = sorted(
                named,
                key=lambda each: (not named[each].startswith(prefix), rank[each[0]], len(named[each]), named[each]),
            )[:limit]
            stored = {kind: self.stored(kind, [each[1] for each in chosen if each[0] == kind]) for kind in kinds}
            return [
                Suggestion(kind, row_id, stored[kind][row_id].title, stored[kind][row_id].url)
                for kind, row_id in chosen
            ]

        return self._with_tables(None, look)

    def _names_of(self, kind: str, ids: Iterable[int]) -> list[tuple[int, str]]:
        wanted = ",".join(map(str, ids))
        sql = f"SELECT id, name FROM search_doc_{schema.checked(kind)} WHERE id IN ({wanted})"
        return self.storage.connection().execute(sql).fetchall()

    def names(self, kinds: Iterable[str]) -> tuple[str, list[str]]:
        kinds = tuple(sorted(kinds))
        memory = self._memory()
        with memory.lock:
            memory.refresh()
            known = memory.names.get(kinds)
            if known is None:
                names: set[str] = set()
                for kind in kinds:
                    names |= self._with_tables(kind, partial(self._public_names, kind))
                known = memory.names[kinds] = (f"{memory.place[0]}-{memory.place[1]}", sorted(names))
            return known

    def _public_names(self, kind: str) -> set[str]:
        columns = self._columns([kind])[kind]
        public = set(columns.ids[columns.having(columns.everything(), [":public"])].tolist())
        rows = self.storage.connection().execute(f"SELECT id, name FROM search_doc_{schema.checked(kind)}")
        return {name for row_id, name in rows if row_id in public}

    def held(self, kind: str) -> Iterator[Held]:
        rows = self._with_tables(
            kind,
            lambda: self.storage.connection().execute(
                f"SELECT id, version, fingerprint FROM search_doc_{schema.checked(kind)} ORDER BY id"
            ),
        )
        for row in rows:
            yield Held(*row)

    def count(self, kind: str) -> int:
        if known := self.get_mark(documents(kind)):
            return int(known)
        sql = f"SELECT count(*) FROM search_doc_{kind}"
        return self._with_tables(kind, lambda: self.storage.connection().execute(sql).fetchone()[0])

    def frequencies(self, kind: str, limit: int) -> tuple[int, dict[str, float], dict[str, int]]:
        def read() -> tuple[int, dict[str, float], dict[str, int]]:
            connection = self.storage.connection()
            total, keywords, body = connection.execute(
                f"SELECT count(*), coalesce(avg(keywords_length), 0), coalesce(avg(body_length), 0)"
                f" FROM search_doc_{schema.checked(kind)}"
            ).fetchone()
            rows = connection.execute(
                f"SELECT term, doc FROM search_words_{kind} WHERE doc > 1 ORDER BY doc DESC, term LIMIT ?", (limit,)
            )
            return total, {"keywords": keywords, "body": body}, dict(rows.fetchall())

        return self._with_tables(kind, read)

    def get_mark(self, name: str) -> str:
        row = self._with_tables(
            None,
            lambda: (
                self.storage.connection().execute("SELECT value FROM search_mark WHERE name = ?", (name,)).fetchone()
            ),
        )
        return row[0] if row else ""

    def set_mark(self, name: str, value: str) -> None:
        def put() -> None:
            with self.storage.transaction() as connection:
                connection.execute("INSERT OR REPLACE INTO search_mark VALUES (?, ?)", (name, value))

        self._with_tables(None, put)


def _all(masks: Iterable[NDArray[np.bool_]], length: int) -> NDArray[np.bool_]:
    result = np.ones(length, dtype=np.bool_)
    for mask in masks:
        result &= mask
    return result
