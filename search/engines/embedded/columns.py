"""Filters, facets, bounds and orders of one kind as numpy columns, kept in memory and refreshed by what has changed.

Rows are sorted by id. Equality tokens (`facet:value`, and `:token` for visibility) are one compressed sparse matrix.
Objects are never changed after they are made, so threads share them freely.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .postings import Postings

Row = tuple[int, str, str, float | None, float | None, float | None]  # id, tokens, ranges, since, until, date
SPREAD = 4  # ids that are no sparser than this are looked up in a table
READERS = 16  # kinds of readers whose view is kept


@dataclass(frozen=True)
class Columns:
    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    tokens: NDArray[np.int32]
    codes: dict[str, int]  # token → its number; shared by successors, only ever added to
    ranges: Mapping[str, NDArray[np.float64]]
    since: NDArray[np.float64]
    until: NDArray[np.float64]
    date: NDArray[np.float64]
    postings: Postings = field(default_factory=Postings)
    seen_by: dict[frozenset[str], NDArray[np.bool_]] = field(default_factory=dict)  # kept as it is worked out

    @classmethod
    def of(cls, rows: Iterable[Row], codes: dict[str, int] | None = None) -> "Columns":
        codes = {} if codes is None else codes
        ids, lengths, tokens, bounds, since, until, date = [], [0], [], [], [], [], []
        for row_id, row_tokens, row_ranges, row_since, row_until, row_date in sorted(rows, key=lambda row: row[0]):
            own = [codes.setdefault(token, len(codes)) for token in json.loads(row_tokens)]
            ids.append(row_id)
            lengths.append(len(own))
            tokens += own
            bounds.append(json.loads(row_ranges))
            since.append(-np.inf if row_since is None else row_since)
            until.append(np.inf if row_until is None else row_until)
            date.append(np.nan if row_date is None else row_date)
        names = {name for each in bounds for name in each}
        return cls(
            ids=np.array(ids, dtype=np.int64),
            offsets=np.cumsum(lengths, dtype=np.int64),
            tokens=np.array(tokens, dtype=np.int32),
            codes=codes,
            ranges={
                name: np.array(
                    [np.nan if (value := each.get(name)) is None else value for each in bounds], dtype=np.float64
                )
                for name in names
            },
            since=np.array(since, dtype=np.float64),
            until=np.array(until, dtype=np.float64),
            date=np.array(date, dtype=np.float64),
        )

    def changed(self, rows: Iterable[Row], touched: Iterable[int]) -> "Columns":
        """These columns without the rows `touched`, and with `rows`."""
        fresh = Columns.of(rows, self.codes)
        kept = np.flatnonzero(~np.isin(self.ids, np.fromiter(touched, dtype=np.int64)))
        ids = np.concatenate([self.ids[kept], fresh.ids])
        order = np.argsort(ids, kind="stable")
        lengths = np.concatenate([np.diff(self.offsets)[kept], np.diff(fresh.offsets)])
        tokens = np.concatenate([self.tokens[self._ragged_places(kept)[0]], fresh.tokens])
        starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
        names = set(self.ranges) | set(fresh.ranges)
        unknown = np.full(len(self.ids), np.nan), np.full(len(fresh.ids), np.nan)

        def joined(old: NDArray, new: NDArray) -> NDArray:
            return np.concatenate([old[kept], new])[order]

        return Columns(
            ids=ids[order],
            offsets=np.concatenate([[0], np.cumsum(lengths[order])]),
            tokens=tokens[_ragged(starts[order], lengths[order])],
            codes=self.codes,
            ranges={
                name: joined(self.ranges.get(name, unknown[0]), fresh.ranges.get(name, unknown[1])) for name in names
            },
            since=joined(self.since, fresh.since),
            until=joined(self.until, fresh.until),
            date=joined(self.date, fresh.date),
        )

    def places(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of these ids, ascending; ids that are not here are left out."""
        if not len(self.ids) or not len(ids):
            return np.empty(0, dtype=np.int64)
        first, last = self.ids[0], self.ids[-1]
        if last - first < SPREAD * len(self.ids):
            found = self._place_of[ids[(ids >= first) & (ids <= last)] - first]
            return found[found >= 0]
        found = np.searchsorted(self.ids, ids)
        found[found == len(self.ids)] = 0
        return found[self.ids[found] == ids]

    @cached_property
    def _place_of(self) -> NDArray[np.int64]:
        places = np.full(self.ids[-1] - self.ids[0] + 1, -1, dtype=np.int64)
        places[self.ids - self.ids[0]] = self.everything()
        return places

    def everything(self) -> NDArray[np.int64]:
        return np.arange(len(self.ids), dtype=np.int64)

    def having(self, rows: NDArray[np.int64], tokens: Iterable[str]) -> NDArray[np.bool_]:
        """For each of `rows`, whether it carries any of `tokens`."""
        codes = [self.codes[token] for token in tokens if token in self.codes]
        wanted = np.zeros(len(self.codes), dtype=np.bool_)  # measured after: another thread may be adding codes
        wanted[codes] = True
        places, lengths = self._ragged_places(rows)
        hits = np.concatenate([[0], np.cumsum(wanted[self.tokens[places]])])
        ends = np.cumsum(lengths)
        return hits[ends] > hits[ends - lengths]

    def open_to(self, rows: NDArray[np.int64], visibility: frozenset[str]) -> NDArray[np.bool_]:
        """For each of `rows`, whether the holder of these tokens may see it."""
        tokens = [f":{token}" for token in visibility]
        if len(rows) * 4 < len(self.ids):
            return self.having(rows, tokens)
        known = self.seen_by.get(visibility)  # most readers hold the same few tokens
        if known is None:
            known = self.having(self.everything(), tokens)
            if len(self.seen_by) < READERS:
                self.seen_by[visibility] = known
        return known[rows]

    def current(self, rows: NDArray[np.int64], now: float) -> NDArray[np.bool_]:
        begun, ends = self._always
        if begun <= now < ends:
            return np.ones(len(rows), dtype=np.bool_)
        return (self.since[rows] <= now) & (self.until[rows] > now)

    @cached_property
    def _always(self) -> tuple[float, float]:
        """From when until when all rows are current."""
        return float(self.since.max(initial=-np.inf)), float(self.until.min(initial=np.inf))

    def within(
        self, rows: NDArray, name: str, low: float | None, high: float | None, unknown: bool
    ) -> NDArray[np.bool_]:
        values = self.ranges.get(name)
        if values is None:
            return np.full(len(rows), unknown)
        values = values[rows]
        passes = np.ones(len(rows), dtype=np.bool_)
        with np.errstate(invalid="ignore"):
            if low is not None:
                passes &= values >= low
            if high is not None:
                passes &= values <= high
        missing = np.isnan(values)
        return np.where(missing, unknown, passes)

    def counts(self, rows: NDArray[np.int64], facets: Iterable[str]) -> dict[str, dict[str, int]]:
        """How many of `rows` carry each value of each facet, most first."""
        found: dict[str, dict[str, int]] = {name: {} for name in facets}
        if not found:
            return found
        counted = np.bincount(self.tokens[self._ragged_places(rows)[0]])
        names = list(self.codes.copy())  # in the order of their numbers; a copy: another thread may be adding codes
        for code in np.flatnonzero(counted).tolist():
            facet, _colon, value = names[code].partition(":")
            if facet in found:
                found[facet][value] = int(counted[code])
        return {name: dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for name, own in found.items()}

    def spread(self, rows: NDArray[np.int64], facet: str) -> NDArray[np.int64]:
        """`rows` with the values of a facet taking turns: the first of each value in the order of `rows`, then the
        second of each, and so on. A row counts for the first of its values; rows without any are one value."""
        prefix = f"{facet}:"
        wanted = np.zeros(len(self.codes), dtype=np.bool_)
        wanted[
            [code for token, code in self.codes.copy().items() if token.startswith(prefix) and code < len(wanted)]
        ] = True
        places, lengths = self._ragged_places(rows)
        hits = np.flatnonzero(wanted[self.tokens[places]])
        owner = np.repeat(np.arange(len(rows)), lengths)[hits]
        value = np.full(len(rows), -1, dtype=np.int64)
        value[owner[::-1]] = self.tokens[places[hits]][::-1]  # the first one is written last
        together = np.argsort(value, kind="stable")
        starts = np.flatnonzero(np.diff(value[together], prepend=-2))
        turn = np.empty(len(rows), dtype=np.int64)
        turn[together] = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
        return rows[np.argsort(turn, kind="stable")]

    def ordered(self, rows: NDArray[np.int64], by: str, descending: bool) -> NDArray[np.int64]:
        """`rows` by a range or "date", unknown last, then the newer id first."""
        values = self.date if by == "date" else self.ranges.get(by)
        if values is None:
            return rows[::-1]
        values = values[rows]
        missing = np.isnan(values)
        key = np.where(missing, 0.0, -values if descending else values)
        return rows[np.lexsort((-self.ids[rows], key, missing))]

    def _ragged_places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        return _ragged(starts, lengths), lengths


def _ragged(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """[3, 10], [2, 3] → [3, 4, 10, 11, 12]."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)
