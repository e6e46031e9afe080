"""The engine itself. One FTS5 question gives the ids that hold the words; everything else happens in `columns`."""
# ruff: noqa: S608 — table names need a kind, which schema.checked lets through only as plain letters

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..base import Ask, Coverage, Entry, Held, Match, Stored, Suggestion
from . import schema
from .columns import Columns
from .expression import Sentences
from .filling import Filling, filling, take_away_abandoned
from .finding import Finding
from .keys import beginning_with
from .memory import Place, Told
from .storage import FileStorage, SiteStorage
from .writing import Writing, batches, documents

KEYS_AT_ONCE = 64


class EmbeddedEngine(Finding):
    name = "embedded"

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

    def filling(self, kind: str) -> AbstractContextManager[Filling]:
        """A kind built anew, readers and writers going on meanwhile."""
        return filling(self.storage, kind)

    def take_away_abandoned(self) -> list[str]:
        """What buildings that were killed have left in the index; of which kinds."""
        return self._with_tables(None, partial(take_away_abandoned, self.storage))

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

    # Reading

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
        said = self._sentences()
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
                Suggestion(kind, row_id, each.title, each.url)
                for kind, row_id in chosen
                if (each := stored[kind].get(row_id))  # else it has gone meanwhile
            ]

        return self._with_tables(None, look)

    def _names_of(self, kind: str, ids: Iterable[int]) -> list[tuple[int, str]]:
        wanted = ",".join(map(str, ids))
        sql = f"SELECT id, name FROM search_doc_{schema.checked(kind)} WHERE id IN ({wanted})"
        return self.storage.connection().execute(sql).fetchall()

    def names(self, kinds: Iterable[str]) -> tuple[str, list[str]]:
        kinds, now = tuple(sorted(kinds)), time.time()
        memory = self._memory()
        with memory.lock:
            memory.refresh()
            known = memory.names.get(kinds)
            if known is None or known.until <= now:
                names: set[str] = set()
                until = math.inf
                for kind in kinds:
                    own, begins = self._with_tables(kind, partial(self._public_names, kind, now))
                    names, until = names | own, min(until, begins)
                mark = f"{memory.place[0]}-{memory.place[1]}-{until}"
                known = memory.names[kinds] = Told(mark, sorted(names), until)
            return known.mark, known.names

    def _public_names(self, kind: str, now: float) -> tuple[set[str], float]:
        """And when the next document begins to be open: until then nobody is told what it is called."""
        columns = self._columns([kind])[kind]
        begun = columns.since <= now
        public = columns.having(columns.everything(), [":public"])
        told = set(columns.ids[public & begun].tolist())
        rows = self.storage.connection().execute(f"SELECT id, name FROM search_doc_{schema.checked(kind)}")
        begins = float(columns.since[public & ~begun].min(initial=math.inf))
        return {name for row_id, name in rows if row_id in told}, begins

    def any_public(self, kind: str, ids: Iterable[int]) -> bool:
        """Whether everybody may see one of these documents."""
        wanted = ",".join(str(int(each)) for each in ids)
        if not wanted:
            return False
        sql = f"SELECT 1 FROM search_doc_{schema.checked(kind)} WHERE id IN ({wanted}) AND instr(tokens, ?) LIMIT 1"
        read = self.storage.connection().execute
        return bool(self._with_tables(kind, lambda: read(sql, ('":public"',)).fetchone()))

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
