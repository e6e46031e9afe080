"""The engine itself: one request for an answer, bulk requests to write."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from ...analysis.analyser import FIELDS
from ...errors import EngineDown, EngineRefused, IndexMissing, RebuildOvertaken
from ..base import Ask, Candidate, Coverage, Entry, Held, Match, Stored, Suggestion
from . import expression, schema, turns
from .bulk import BATCH, bulk, put, taken_out
from .client import connect, refusal, translated
from .indices import Indices

Reading = Callable[[str, Sequence[int]], Sequence[Candidate]]
Question = tuple[str | list[str], dict[str, Any]]  # kind or kinds, body
PAGE = 5000
WRITERS = 2  # requests under way at once while an index is being filled
KEEP_ALIVE = "2m"
WHOLE: dict[str, Any] = {"allow_partial_search_results": False}  # a part of an answer is none


class ElasticEngine:
    """`reading`: gives what ranking sees of documents; where none is given it comes with the answer, which costs more than
    to find them. `empty_when_missing`: a kind without an index is an empty kind, and is made when first written; else it is an
    index that has been lost. The site's own kinds are made by a rebuild."""

    name = "elastic"
    inline = False

    def __init__(
        self,
        urls: Sequence[str],
        prefix: str,
        *,
        shards: int = 1,
        replicas: int = 1,
        read_seconds: float = 30.0,
        reading: Reading | None = None,
        empty_when_missing: bool = False,
    ) -> None:
        self.urls, self.read_seconds = urls, read_seconds
        self.names_of = schema.Names(prefix)
        self.shards, self.replicas = shards, replicas
        self.reading = reading
        self.empty_when_missing = empty_when_missing

    @property
    def client(self) -> Elasticsearch:
        return connect(self.urls, self.read_seconds)[0]

    @property
    def writer(self) -> Elasticsearch:
        return connect(self.urls, self.read_seconds)[1]

    @property
    def indices(self) -> Indices:
        return Indices(self.writer, self.names_of, self.shards, self.replicas)

    # Writing

    def create(self, kinds: Iterable[str]) -> None:
        self.indices.create(kinds)

    def write(self, entries: Iterable[Entry]) -> int:
        """Seen at once by those who ask after it has returned."""
        written, touched, refused = 0, set(), dict[int, str]()
        entries = iter(entries)
        while batch := list(islice(entries, BATCH)):
            for kind in dict.fromkeys(each.kind for each in batch):
                touched.add(kind)
                try:
                    written += self._send(kind, [put(each) for each in batch if each.kind == kind])
                except EngineRefused as error:
                    refused |= error.documents
        self._refresh(touched)
        if refused:
            raise EngineRefused(f"{len(refused)} documents", refused)
        return written

    def delete(self, kind: str, versions: Mapping[int, int]) -> None:
        if versions:
            self._send(kind, [taken_out(row_id, version) for row_id, version in versions.items()])
            self._refresh([kind])

    @contextmanager
    def rebuilding(self, kind: str) -> Iterator["Filling"]:
        with self.indices.rebuilding(kind) as alias:
            yield Filling(self, kind, alias)

    def transaction(self) -> AbstractContextManager[object]:
        return nullcontext()  # versions keep order instead

    def clear(self, kind: str) -> None:
        with self.rebuilding(kind):
            pass

    def drop(self) -> None:
        """Takes away everything under the prefix."""
        with translated():
            self.indices.drop(self.writer.indices.get(index=f"{self.names_of.prefix}-*").body)

    def _send(self, kind: str, actions: list[dict[str, Any]]) -> int:
        """To the living index, and to the one that is being filled. The rows were read before: one whose filling began
        after this look reads them itself."""
        write, following = self.names_of.write(kind), self.names_of.next(kind)
        with translated():
            aliases = [write, following] if self.indices.has_next(kind) else [write]
        done, refused = 0, None
        for alias in aliases:
            try:
                taken = self._bulk(kind, alias, actions)
            except EngineRefused as error:
                refused = error
            else:
                done = done or taken
        if refused:
            raise refused
        return done

    def _bulk(self, kind: str, alias: str, actions: list[dict[str, Any]]) -> int:
        write = self.names_of.write(kind)
        try:
            with translated():
                return bulk(self.writer, alias, actions)
        except IndexMissing:
            if alias == write:
                if not self.empty_when_missing:
                    raise
                self.create([kind])
            # else it took the living one's place just now, with all that has been written to that
        with translated():
            return bulk(self.writer, write, actions)

    def _refresh(self, kinds: Iterable[str]) -> None:
        with translated():
            for kind in kinds:
                aliases = [self.names_of.write(kind), self.names_of.next(kind)]
                self.writer.indices.refresh(index=aliases, ignore_unavailable=True)

    # Reading

    def match(self, ask: Ask) -> Match:
        return self.matches([ask])[0]

    def matches(self, asks: Sequence[Ask]) -> list[Match]:
        """Those that only count the same thing in several kinds are one question."""
        counting = [ask for ask in asks if expression.merely_counts(ask)]
        together = [ask for ask in counting if ask == replace(counting[0], kind=ask.kind)]
        if len(together) < 2:
            return self._matches(asks)
        others, read = [ask for ask in asks if ask not in together], self.reading is None
        try:
            counted, *found = self._search(
                [([ask.kind for ask in together], expression.count(together[0])), *_questions(others, read=read)]
            )
        except IndexMissing:
            if self.empty_when_missing:
                return self._matches(asks)
            raise
        if counted is None:
            return self._matches(asks)
        buckets = counted["aggregations"]["kinds"]["buckets"]
        totals = {self.names_of.kind(each["key"]): each["doc_count"] for each in buckets}
        answers = iter(self._matched(ask, answer) for ask, answer in zip(others, found, strict=True))
        return [Match(totals.get(ask.kind, 0), (), (), {}) if ask in together else next(answers) for ask in asks]

    def _matches(self, asks: Sequence[Ask]) -> list[Match]:
        found = self._search(_questions(asks, read=self.reading is None))
        return [self._matched(ask, answer) for ask, answer in zip(asks, found, strict=True)]

    def _matched(self, ask: Ask, answer: dict[str, Any] | None) -> Match:
        if answer is None:
            return Match(0, (), (), {name: {} for name in ask.facets})
        total = answer["hits"]["total"]["value"]
        facets = {name: _facet(answer["aggregations"][f"facet:{name}"]) for name in ask.facets}
        hits = answer["hits"]["hits"]
        if ask.counting:
            return Match(total, (), (), facets)
        if expression.takes_turns(ask):
            return Match(
                total, self._in_turns(ask, answer["aggregations"]["turns"]["values"]["buckets"], total), (), facets
            )
        if ask.query is None or ask.order is not None:
            if ask.skip + ask.take <= expression.DEEPEST:
                ids = tuple(int(hit["_id"]) for hit in hits)
            else:
                ids = self._deep(ask, expression.matching(ask).to_dict(), expression.order(ask), total)
            return Match(total, ids, (), facets)
        candidates = self._candidates(ask, hits)
        rest: tuple[int, ...] = ()
        if total - len(candidates) > ask.skip and ask.take:
            query = expression.following(ask, [_id(hit) for hit in hits]).to_dict()
            rest = self._deep(ask, query, [expression.NEWEST], total - len(candidates))
        return Match(total, rest, candidates, facets)

    def _candidates(self, ask: Ask, hits: list[dict[str, Any]]) -> Sequence[Candidate]:
        if self.reading is None:
            return tuple(_candidate(hit) for hit in hits)
        found = self.reading(ask.kind, [_id(hit) for hit in hits])
        if len(found) == len(hits):
            return found
        (answer,) = self._search([(ask.kind, expression.match(ask, read=True))])  # this host does not have them all
        return tuple(_candidate(hit) for hit in answer["hits"]["hits"]) if answer else ()

    def _in_turns(self, ask: Ask, buckets: list[dict[str, Any]], total: int) -> tuple[int, ...]:
        if ask.skip >= total:
            return ()
        end = ask.skip + ask.take
        needed = turns.needed((each["doc_count"] for each in buckets), end)
        if needed > expression.MOST_TURNS:
            return self._in_many_turns(ask, total)
        if needed > expression.FIRST_TURNS:
            aggregated = expression.turns(ask, turns=needed)
            query = expression.matching(ask).to_dict()
            (more,) = self._search([(ask.kind, {"size": 0, "query": query, "aggs": {"values": aggregated}})])
            buckets = more["aggregations"]["values"]["buckets"] if more else []
        descending = ask.order is not None and ask.order[1]
        return tuple(turns.interleaved(buckets, descending=descending)[ask.skip : end])

    def _in_many_turns(self, ask: Ask, total: int) -> tuple[int, ...]:
        """A page so deep that all that comes before is read."""
        body: dict[str, Any] = {
            "query": expression.matching(ask).to_dict(), "sort": expression.order(ask), "_source": False,
            "docvalue_fields": [f"first.{ask.spread}"], "size": expression.DEEPEST, "track_total_hits": False,
        }  # fmt: skip
        seen: dict[str, int] = {}
        placed: list[tuple[int, int, int]] = []
        while len(placed) < total:
            (answer,) = self._search([(ask.kind, body)])
            hits = answer["hits"]["hits"] if answer else []
            if not hits:
                break
            for hit in hits:
                (value,) = hit["fields"][f"first.{ask.spread}"]
                placed.append((seen.get(value, 0), len(placed), int(hit["_id"])))
                seen[value] = seen.get(value, 0) + 1
            body["search_after"] = hits[-1]["sort"]
        return tuple(row_id for _turn, _place, row_id in sorted(placed)[ask.skip : ask.skip + ask.take])

    def _deep(self, ask: Ask, query: dict[str, Any], order: list[dict[str, Any]], total: int) -> tuple[int, ...]:
        """A page of ids at any depth: what one request can not leave out is walked over."""
        if ask.skip >= total:
            return ()
        body: dict[str, Any] = {"query": query, "sort": order, "_source": False, "track_total_hits": False}
        skip = ask.skip
        while skip + ask.take > expression.DEEPEST:
            step = min(skip, expression.DEEPEST)
            (answer,) = self._search([(ask.kind, {**body, "size": step})])
            hits = answer["hits"]["hits"] if answer else []
            if len(hits) < step:
                return ()
            body["search_after"] = hits[-1]["sort"]
            skip -= step
        body |= {"size": skip + ask.take}
        (answer,) = self._search([(ask.kind, body)])
        return tuple(int(hit["_id"]) for hit in answer["hits"]["hits"][skip:]) if answer else ()

    def coverage(self, ask: Ask) -> Coverage:
        return self.coverages([ask])[0]

    def coverages(self, asks: Sequence[Ask]) -> list[Coverage]:
        found = self._search([(ask.kind, expression.coverage(ask)) for ask in asks])
        covered = []
        for ask, answer in zip(asks, found, strict=True):
            hits = answer["hits"]["hits"] if answer else []
            held = answer["aggregations"]["groups"]["buckets"] if answer else []
            groups = len(ask.query.groups) if ask.query else 0
            covered.append(
                Coverage(
                    round(hits[0]["_score"]) if hits else 0,
                    tuple(each["doc_count"] > 0 for each in held) if held else (False,) * groups,
                )
            )
        return covered

    def stored(self, kind: str, ids: Iterable[int]) -> dict[int, Stored]:
        wanted = [str(int(each)) for each in ids]
        if not wanted:
            return {}
        try:
            with translated():
                answer = self.client.mget(index=self.names_of.read(kind), ids=wanted, source_includes=["shown"])
        except IndexMissing:
            if self.empty_when_missing:
                return {}
            raise
        docs = [each for each in answer["docs"] if each.get("found") or self._failed(each)]
        return {int(each["_id"]): _stored(kind, int(each["_id"]), each["_source"]["shown"]) for each in docs}

    def _failed(self, doc: dict[str, Any]) -> bool:
        error = doc.get("error")
        if error is None:
            return False
        if error.get("type") == "index_not_found_exception":
            if self.empty_when_missing:
                return False
            raise IndexMissing(str(error))
        raise EngineDown("failing", str(error))

    def suggest(
        self, prefix: str, kinds: Iterable[str], visibility: frozenset[str], now: float, limit: int
    ) -> list[Suggestion]:
        kinds = list(kinds)
        if not prefix or not kinds:
            return []
        body = expression.suggestions(prefix, visibility, now, limit)
        found = self._search([(kind, body) for kind in kinds])
        named = [
            (not hit["_source"]["name"].startswith(prefix), place, len(hit["_source"]["name"]), hit["_source"]["name"],
             int(hit["_id"]), hit["_source"]["shown"])
            for place, answer in enumerate(found)
            for hit in (answer["hits"]["hits"] if answer else [])
        ]  # fmt: skip
        chosen = sorted(named)[:limit]
        stored = [_stored(kinds[place], row_id, shown) for _starts, place, _length, _name, row_id, shown in chosen]
        return [Suggestion(each.kind, each.id, each.title, each.url) for each in stored]

    def names(self, kinds: Iterable[str]) -> tuple[str, list[str]]:
        found: set[str] = set()
        for kind in kinds:
            found |= {hit["_source"]["name"] for hit in self._walk(kind, expression.public(time.time()), ["name"])}
        return schema.digest(sorted(found)), sorted(found)

    def held(self, kind: str) -> Iterator[Held]:
        for hit in self._walk(kind, expression.everything(), ["fingerprint"]):
            yield Held(int(hit["_id"]), hit["_version"], hit["_source"]["fingerprint"])

    def count(self, kind: str) -> int:
        (answer,) = self._search([(kind, {"size": 0, "track_total_hits": True})])
        return answer["hits"]["total"]["value"] if answer else 0

    def frequencies(self, kind: str, limit: int) -> tuple[int, dict[str, float], dict[str, int]]:
        """Reads every document. The site counts in the embedded engine, which holds the same."""
        total, lengths, counted = 0, [0, 0], dict[str, int]()
        for hit in self._walk(kind, expression.everything(), [*FIELDS, "lengths"]):
            source = hit["_source"]
            total += 1
            lengths = [sum(each) for each in zip(lengths, source["lengths"], strict=True)]
            for token in {token for field in FIELDS for token in source[field].split()}:
                counted[token] = counted.get(token, 0) + 1
        common = sorted((each for each in counted.items() if each[1] > 1), key=lambda each: (-each[1], each[0]))
        means = [each / total if total else 0.0 for each in lengths]
        return total, {"keywords": means[0], "body": means[1]}, dict(common[:limit])

    def ping(self) -> None:
        """Raises EngineDown when nobody answers in the time that a reader has."""
        with translated():
            self.client.info()

    def probe(self, kinds: Iterable[str]) -> None:
        """Raises EngineDown when any part of any kind does not answer in the time that a reader has."""
        self._search([(kind, {"size": 0, "track_total_hits": True}) for kind in kinds])

    def get_mark(self, name: str) -> str:
        with translated():
            answer = self.writer.options(ignore_status=404).get(index=self.names_of.marks, id=name)
        return answer["_source"]["value"] if answer.get("found") else ""

    def set_mark(self, name: str, value: str) -> None:
        with translated():
            if not self.writer.indices.exists(index=self.names_of.marks):
                settings = {"number_of_shards": 1, "number_of_replicas": self.replicas}
                mappings = {"properties": {"value": {"type": "keyword", "index": False, "doc_values": False}}}
                self.writer.options(ignore_status=400).indices.create(
                    index=self.names_of.marks, settings=settings, mappings=mappings
                )
            self.writer.index(index=self.names_of.marks, id=name, document={"value": value})

    def _search(self, questions: Sequence[Question]) -> list[dict[str, Any] | None]:
        """Answers in the order of the questions; None for a kind (or one of several) that has no index."""
        if len(questions) == 1:
            kind, body = questions[0]
            try:
                with translated():
                    return [self.client.search(index=self._aliases(kind), body=body, **WHOLE).body]
            except IndexMissing:
                if self.empty_when_missing:
                    return [None]
                raise
        lines: list[Any] = []
        written: dict[int, str] = {}  # of bodies that come several times
        for kind, body in questions:
            if id(body) not in written:
                written[id(body)] = json.dumps(body, ensure_ascii=False)
            lines += [{"index": self._aliases(kind), **WHOLE}, written[id(body)]]
        if not lines:
            return []
        with translated():
            answers = self.client.msearch(searches=lines, max_concurrent_searches=len(questions))["responses"]
        return [self._whole(each) for each in answers]

    def _aliases(self, kinds: str | list[str]) -> str | list[str]:
        return self.names_of.read(kinds) if isinstance(kinds, str) else [self.names_of.read(kind) for kind in kinds]

    def _whole(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        error = answer.get("error")
        if error is None:
            return answer
        raised = refusal(answer.get("status", 500), str(error))
        if isinstance(raised, IndexMissing) and self.empty_when_missing:
            return None
        raise raised

    def _walk(self, kind: str, query: dict[str, Any], source: list[str]) -> Iterator[dict[str, Any]]:
        """Every document, in order of id, as they stood at one moment."""
        try:
            with translated():
                moment = self.writer.open_point_in_time(index=self.names_of.read(kind), keep_alive=KEEP_ALIVE)["id"]
        except IndexMissing:
            if self.empty_when_missing:
                return
            raise
        last: list[Any] | None = None
        try:
            while True:
                with translated():
                    hits = self.writer.search(
                        pit={"id": moment, "keep_alive": KEEP_ALIVE}, query=query, source_includes=source, version=True, size=PAGE,
                        sort=[{"id": "asc"}], track_total_hits=False, search_after=last, **WHOLE,
                    )["hits"]["hits"]  # fmt: skip
                yield from hits
                if len(hits) < PAGE:
                    return
                last = hits[-1]["sort"]
        finally:
            with translated():
                self.writer.options(ignore_status=404).close_point_in_time(id=moment)


class Filling:
    """A new index while it is being filled: only what it does not hold from a later write is taken."""

    def __init__(self, engine: ElasticEngine, kind: str, alias: str) -> None:
        self.engine, self.kind, self.alias = engine, kind, alias

    def write(self, entries: Iterable[Entry]) -> int:
        """Several requests are under way while the next documents are read and analysed; versions keep order."""
        done, refused = 0, dict[int, str]()
        entries = iter(entries)
        sending: deque[tuple[int, Future[int]]] = deque()
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="search-fill") as threads:
            while True:
                batch = [put(each) for each in islice(entries, BATCH)]
                if batch:
                    sending.append((len(batch), threads.submit(self._send, batch)))
                while sending and (not batch or len(sending) > WRITERS):
                    count, sent = sending.popleft()
                    try:
                        done += sent.result()
                    except EngineRefused as error:
                        done += count - len(error.documents)
                        refused |= error.documents
                if not batch:
                    break
        if refused:
            raise EngineRefused(f"{len(refused)} documents", refused)
        return done

    def _send(self, batch: list[dict[str, Any]]) -> int:
        try:
            with translated():
                return bulk(self.engine.writer, self.alias, batch)
        except IndexMissing as error:
            raise RebuildOvertaken(self.kind) from error


def _questions(asks: Sequence[Ask], *, read: bool) -> list[Question]:
    """The same body for those that ask the same of several kinds."""
    found: list[Question] = []
    last: Ask | None = None
    for ask in asks:
        same = last is not None and ask == replace(last, kind=ask.kind)
        found.append((ask.kind, found[-1][1] if same else expression.match(ask, read=read)))
        last = ask
    return found


def _id(hit: dict[str, Any]) -> int:
    """Of a hit that was sorted by worth: the last that it was sorted by."""
    return int(hit["sort"][-1])


def _candidate(hit: dict[str, Any]) -> Candidate:
    source = hit["_source"]
    fields = {field: source[field] for field in FIELDS}
    return Candidate(id=_id(hit), name=source["name"], lengths=tuple(source["lengths"]), **fields)


def _stored(kind: str, row_id: int, shown: str) -> Stored:
    title, summary, url, meta, body = json.loads(shown)
    return Stored(kind, row_id, title, summary, url, tuple(meta), tuple(body))


def _facet(counted: dict[str, Any]) -> dict[str, int]:
    buckets = counted["values"]["buckets"] if "values" in counted else counted["buckets"]
    found = {each["key"]: each["doc_count"] for each in buckets}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
