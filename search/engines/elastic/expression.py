"""Questions in Elasticsearch's language. Everything typed goes in as a value of `term`, `terms` or `prefix`: never as syntax."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from elasticsearch.dsl.query import (
    Bool,
    ConstantScore,
    Exists,
    Ids,
    MatchAll,
    Prefix,
    Range,
    Terms,
)
from elasticsearch.dsl.query import (
    Query as Clause,
)
from elasticsearch.dsl.query import (
    Term as TermClause,
)

from ...analysis import Alternative, Group, Query, Term
from ..base import CANDIDATES, Ask

MOST_VALUES = 10_000  # of one facet
DEEPEST = 10_000  # documents that one request can leave out and take
FIRST_TURNS, MOST_TURNS = 2, 100  # fetched with the answer, by one more request
CANDIDATE = ["name", "title", "grams", "pinyin", "keywords", "body", "lengths"]
NEWEST = {"id": "desc"}


def _term(term: Term, field: str) -> Clause:
    return Prefix("pinyin", {"value": term.text}) if term.prefix else TermClause(field, {"value": term.text})


def _alternative(alternative: Alternative, field: str) -> Clause:
    return Bool(filter=[_term(term, field) for term in alternative.terms])


def group(asked: Group, field: str = "everything") -> Clause:
    """Any of its alternatives; those of one word together."""
    words = dict.fromkeys(
        each.terms[0].text for each in asked.alternatives if len(each.terms) == 1 and not each.terms[0].prefix
    )
    others = [each for each in asked.alternatives if len(each.terms) > 1 or each.terms[0].prefix]
    clauses: list[Clause] = [Terms(field, list(words))] if words else []
    clauses += [_alternative(each, field) for each in others]
    return clauses[0] if len(clauses) == 1 else Bool(should=clauses, minimum_should_match=1)


def words(query: Query, minimum: int | None, field: str = "everything") -> Clause:
    """Documents that match at least `minimum` groups (None or more than there are: all)."""
    return _words(query.groups, minimum, field)


@lru_cache(64)  # one answer asks for the same several times
def _words(asked: tuple[Group, ...], minimum: int | None, field: str) -> Clause:
    groups = [group(each, field) for each in asked]
    if minimum is None or minimum >= len(groups):
        return Bool(filter=groups)
    return Bool(should=groups, minimum_should_match=max(minimum, 1))


def open_to(visibility: Iterable[str], now: float) -> Clause:
    return Bool(
        filter=[Terms("visibility", sorted(visibility))],
        must_not=[Range("since", {"gt": now}), Range("until", {"lte": now})],  # those without pass
    )


def _values(name: str, values: Iterable[str]) -> Clause:
    return Terms(f"facets.{name}", list(values))


def _within(name: str, low: float | None, high: float | None, unknown: bool) -> Clause:
    field = f"ranges.{name}"
    bounds = {key: value for key, value in (("gte", low), ("lte", high)) if value is not None}
    known: Clause = Range(field, bounds) if bounds else Exists(field=field)
    if not unknown:
        return known
    return Bool(should=[known, Bool(must_not=[Exists(field=field)])], minimum_should_match=1)


def passing(ask: Ask, *, without: str = "") -> list[Clause]:
    """Filters and bounds, less the filter of the facet `without`."""
    return [_values(name, values) for name, values in ask.filters.items() if name != without] + [
        _within(name, *bounds) for name, bounds in ask.ranges.items()
    ]


def matching(ask: Ask) -> Clause:
    """The match set itself."""
    clauses = [open_to(ask.visibility, ask.now), *passing(ask)]
    if ask.query is not None:
        clauses.append(words(ask.query, ask.minimum))
    return Bool(filter=clauses)


def match(ask: Ask, *, read: bool) -> dict[str, Any]:
    """The request of one answer: total, facets, and the candidates (to be `read`, or their ids) or a page of ids.

    A filter whose own facet is counted is applied after counting; all others are part of the query.
    """
    after = {name: values for name, values in ask.filters.items() if name in ask.facets}
    filters = [open_to(ask.visibility, ask.now)]
    filters += [_values(name, values) for name, values in ask.filters.items() if name not in after]
    filters += [_within(name, *bounds) for name, bounds in ask.ranges.items()]
    if ask.query is not None:
        filters.append(words(ask.query, ask.minimum))
    body: dict[str, Any] = {"size": 0, "track_total_hits": True, "_source": False}
    named: list[Clause] = []
    if not ask.counting:
        if ask.query is not None and ask.order is None:
            every = ask.minimum is None or ask.minimum >= len(ask.query.groups)
            named = [ConstantScore(filter=words(ask.query, None if every else 1, "names"))]
            body |= {"size": CANDIDATES, "sort": [{"_score": "desc"}, NEWEST]}
            body |= {"_source": CANDIDATE} if read else {"stored_fields": "_none_"}  # the order says the id
        elif ask.spread:
            pass  # comes with the aggregations
        elif ask.skip + ask.take <= DEEPEST:
            body |= {"from": ask.skip, "size": ask.take, "sort": order(ask)}
    body["query"] = Bool(filter=filters, should=named).to_dict()
    if after:
        body["post_filter"] = Bool(filter=[_values(name, values) for name, values in after.items()]).to_dict()
    if ask.facets:
        body["aggs"] = {f"facet:{name}": _counts(name, after) for name in ask.facets}
    if takes_turns(ask):
        body.setdefault("aggs", {})["turns"] = {
            "filter": Bool(filter=[_values(name, values) for name, values in after.items()]).to_dict(),
            "aggs": {"values": turns(ask, turns=FIRST_TURNS)},
        }
    return body


def merely_counts(ask: Ask) -> bool:
    return ask.counting and not (ask.facets or ask.filters or ask.ranges)


def count(ask: Ask) -> dict[str, Any]:
    """How many match in each of several kinds."""
    return {
        "size": 0,
        "track_total_hits": False,
        "query": matching(ask).to_dict(),
        "aggs": {"kinds": {"terms": {"field": "_index", "size": MOST_VALUES}}},
    }


def takes_turns(ask: Ask) -> bool:
    return bool(ask.spread) and not ask.counting and (ask.query is None or ask.order is not None)


def turns(ask: Ask, *, turns: int) -> dict[str, Any]:
    """The first `turns` documents of each value of the facet that is spread, and how many each has."""
    return {
        "terms": {"field": f"first.{ask.spread}", "size": MOST_VALUES, "shard_size": MOST_VALUES},
        "aggs": {"firsts": {"top_hits": {"size": turns, "sort": order(ask), "_source": False}}},
    }


def _counts(facet: str, after: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    counted = {"terms": {"field": f"facets.{facet}", "size": MOST_VALUES, "shard_size": MOST_VALUES}}
    others = [_values(name, values) for name, values in after.items() if name != facet]
    if not others:
        return counted
    return {"filter": Bool(filter=others).to_dict(), "aggs": {"values": counted}}


def order(ask: Ask) -> list[dict[str, Any]]:
    if ask.order is None:
        return [NEWEST]
    by, descending = ask.order
    field = "date" if by == "date" else f"ranges.{by}"
    way = "desc" if descending else "asc"
    return [{field: {"order": way, "missing": "_last", "unmapped_type": "double"}}, NEWEST]


def following(ask: Ask, chosen: Iterable[int]) -> Clause:
    """What comes after the candidates."""
    return Bool(filter=[matching(ask)], must_not=[Ids(values=[str(each) for each in chosen])])


def coverage(ask: Ask) -> dict[str, Any]:
    """The score of a document is the number of groups it matches."""
    groups = [group(each) for each in ask.query.groups] if ask.query else []
    base = [open_to(ask.visibility, ask.now), *passing(ask)]
    clauses = [ConstantScore(filter=each, boost=1.0) for each in groups]
    return {
        "size": 1,
        "_source": False,
        "track_total_hits": False,
        "query": Bool(filter=base, should=clauses, minimum_should_match=1).to_dict(),
        "sort": [{"_score": "desc"}],
        "aggs": {"groups": {"filters": {"filters": [each.to_dict() for each in groups]}}},
    }


def suggestions(prefix: str, visibility: Iterable[str], now: float, limit: int) -> dict[str, Any]:
    return {
        "size": limit,
        "track_total_hits": False,
        "_source": ["name", "shown"],
        "query": Bool(
            filter=[open_to(visibility, now), Prefix("keys", {"value": prefix})],
            should=[ConstantScore(filter=Prefix("name", {"value": prefix}))],
        ).to_dict(),
        "sort": [{"_score": "desc"}, {"name_length": "asc"}, {"name": "asc"}, {"id": "asc"}],
    }


def public(now: float) -> dict[str, Any]:
    """Open to everybody, or was once."""
    return Bool(
        filter=[TermClause("visibility", {"value": "public"})], must_not=[Range("since", {"gt": now})]
    ).to_dict()


def everything() -> dict[str, Any]:
    return MatchAll().to_dict()
