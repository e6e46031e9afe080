"""Every read of the index. Views, APIs and other apps ask here.

found = find(kind="product", q="舟山 转贷", filters={"kind": ["loan"]}, ranges={"amount_max": (500000, None)},
             sort="rate", facets=["kind", "institution"], tokens=visibility_tokens(request.user), limit=20)
products = Product.objects.in_bulk(found.ids)          # in the order of found.ids
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from . import bulk, outbox, statistics, widening, words
from .analysis import Query, highlight, normalise, snippet
from .answering import Answering, answering
from .building import visible_ids
from .engines import Ask, Match, Stored, Suggestion, engine
from .engines.base import CANDIDATES
from .errors import UnknownField
from .registry import PUBLIC, DocumentType, get, types
from .results import Everything, FacetResult, FacetValue, Hit, Results
from .widening import ENOUGH

Number = Decimal | float | int | None
NEWEST = "newest"
BEST = "best"
EVERYBODY = frozenset({PUBLIC})


def find(
    kind: str,
    q: str = "",
    filters: Mapping[str, Iterable[str]] | None = None,
    ranges: Mapping[str, tuple[Number, Number]] | None = None,
    sort: str = "",
    facets: Sequence[str] = (),
    tokens: frozenset[str] = EVERYBODY,
    offset: int = 0,
    limit: int = 20,
    engine_name: str = "",
    nearly: bool = False,
    counting: bool = False,
) -> Results:
    """Documents of one kind.

    `filters`: facet name → values, any of which will do; several facets must all agree. `ranges`: range name →
    (low, high), inclusive, None is open; documents that do not know the number stay out unless the range says
    `keep_unknown`. `sort`: "" or "best" (by worth; without `q` the type's `standing` order, else the newest first),
    "newest", or a name of the type's `sorts`.
    `tokens`: what the reader may see, `visibility_tokens(user)`; by default what everybody may. `counting`: also how much
    of every kind holds the words, whatever the filters.

    Raises UnknownKind, or UnknownField for a filter, range, sort or facet that the kind has not declared.
    """
    outbox.settle()
    document_type = get(kind)
    ask = _ask(document_type, filters or {}, ranges or {}, sort, facets, tokens)
    query = _query(engine_name, q) if q.strip() else None
    if query is None and sort in ("", BEST) and document_type.standing is not None:
        standing = document_type.standing
        ask = replace(ask, order=(standing.by, standing.descending), spread=standing.spread)
    if query is not None and not query.groups:
        return Results(kind, [], 0, query=query)
    counters = _counters(tokens, query) if counting and query is not None else []
    index = answering([kind, *(each.kind for each in counters)], engine_name)
    shown, limit = limit, max(limit, ENOUGH) if nearly else limit
    # What is asked for without filters counts itself.
    others = [each for each in counters if each.kind != kind or ask.filters or ask.ranges]
    (found,), totals = _answers_and_totals(index, [ask], others, query, offset, limit, relaxed=False)
    if query is None:
        return _cut(found, shown)
    totals |= {found.kind: found.total}
    if not found.total:
        query = _mended(engine_name, query)
        if counters and not any(totals.values()):
            _held, counted = _relaxed(index, counters, query, 0, 0)
            totals = {each.kind: each.total for each in counted}
        held, nearest = _relaxed(index, [ask], query, offset, limit)
        found = nearest[0] if nearest else replace(found, query=held)
    found = replace(found, counts={each.kind: totals[each.kind] for each in counters if totals.get(each.kind)})
    if nearly and ask.order is None and not offset:
        found = replace(found, near=_near_ids(index, [ask], query, [found]))
    may_pin = shown > 0 and not (filters or ranges) and ask.order is None
    return _with_pins(found, query, tokens, shown, first=not offset) if may_pin else _cut(found, shown)


def _with_pins(found: Results, query: Query, tokens: frozenset[str], limit: int, *, first: bool = True) -> Results:
    """What editors put first for these very words, as far as the reader may see it, and then `limit` results; later pages
    leave out what stood on the first."""
    wanted = [pk for kind, pk in words.pins(query.text) if kind == found.kind]
    pinned = visible_ids(get(found.kind), wanted, tokens) if wanted else []
    cut = _cut(found, limit)
    if not pinned:
        return cut
    rest = [pk for pk in cut.ids if pk not in pinned]
    if not first:
        return replace(cut, ids=rest)
    new = 0 if found.total > len(found.ids) else sum(pk not in found.ids for pk in pinned)
    return replace(
        cut,
        ids=[*pinned, *rest],
        total=found.total + new,
        near=[each for each in found.near if each not in {(found.kind, pk) for pk in pinned}],
        pinned=pinned,
    )


def _cut(found: Results, limit: int) -> Results:
    ids = found.ids[:limit]
    return replace(found, ids=ids, scores=[each for each in found.scores if each.id in ids])


def _near_ids(index: Answering, asks: Sequence[Ask], query: Query, found: Sequence[Results]) -> list[tuple[str, int]]:
    if sum(each.total for each in found) >= ENOUGH:
        return []
    known = {(each.kind, pk) for each in found for pk in each.ids}
    frequencies = {ask.kind: statistics.frequencies(ask.kind) for ask in asks}
    return [(kind, each.id) for kind, each in widening.nearly(index, words.current(), asks, query, known, frequencies)]


def find_everywhere(
    q: str,
    tokens: frozenset[str] = EVERYBODY,
    kinds: Iterable[str] | None = None,
    limit: int = 5,
    engine_name: str = "",
    nearly: bool = False,
) -> Everything:
    """The best `limit` of each kind (of `kinds`, when given); 0 only counts. An empty `q` finds nothing."""
    shown, limit = limit, max(limit, ENOUGH) if nearly else limit
    outbox.settle()
    query = _query(engine_name, q)
    if not query.groups:
        return Everything([], {}, [], False, None)
    wanted = set(kinds) if kinds is not None else None
    asks = _counters(tokens, query, counting=not limit)
    index = answering([each.kind for each in asks], engine_name)
    found = _answers(index, asks, query, 0, limit, relaxed=False)
    if not any(each.total for each in found):
        query = _mended(engine_name, query)
        found = _relaxed(index, asks, query, 0, limit)[1] or found
    relaxed = any(each.relaxed for each in found)
    near = _near_ids(index, asks, query, found) if nearly else []
    if shown:
        found = [_with_pins(each, query, tokens, shown) for each in found]
        near = [(kind, pk) for kind, pk in near if all(pk not in each.pinned for each in found if each.kind == kind)]
    priority = {each.kind: place for place, each in enumerate(asks)}
    groups = [each for each in found if each.total and (wanted is None or each.kind in wanted)]
    groups.sort(key=lambda each: (not each.pinned, -each.best, priority[each.kind]))
    counts = {each.kind: each.total for each in found if each.total}
    return Everything(groups, counts, list(query.repairs) if counts else [], relaxed, query, near)


def hits(results: Results, engine_name: str = "") -> list[Hit]:
    """What to show for the ids of `results`, with marks on the original text."""
    stored = engine(engine_name).stored(results.kind, results.ids) if results.ids else {}
    shown = results.query.shown if results.query else []
    reader = words.current().reader
    return [_hit(stored[each], shown, reader) for each in results.ids if each in stored]


def near_hits(results: Results | Everything, engine_name: str = "") -> list[Hit]:
    """What to show for `results.near`."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in results.near:
        by_kind.setdefault(kind, []).append(pk)
    shown = {
        (hit.kind, hit.id): hit
        for kind, ids in by_kind.items()
        for hit in hits(Results(kind, ids, len(ids), query=results.query), engine_name)
    }
    return [shown[each] for each in results.near if each in shown]


def suggest(prefix: str, tokens: frozenset[str] = EVERYBODY, limit: int = 8, engine_name: str = "") -> list[Suggestion]:
    """Titles that begin with `prefix` (or have a word, pinyin or initials that do)."""
    prefix = "".join(normalise(prefix[:40]).text.split())
    if not prefix:
        return []
    outbox.settle()
    kinds = [each.kind for each in types() if each.suggest]
    return engine(engine_name).suggest(prefix, kinds, tokens, time.time(), limit)


def near_names(q: str, tokens: frozenset[str] = EVERYBODY, limit: int = 3, engine_name: str = "") -> list[str]:
    """Names that what was typed may have been meant to be, each of which finds something: 您是不是要找."""
    index = engine(engine_name)
    text = "".join(normalise(q[:40]).text.split())
    if not text:
        return []
    names = words.names(index, words.analyser())
    close = names.close(text, limit) or names.spelt(text, limit) or [each.meant for each in names.within(text, limit)]
    return [name for name in close if find_everywhere(name, tokens, limit=0, engine_name=engine_name).total]


def _counters(tokens: frozenset[str], query: Query, *, counting: bool = True) -> list[Ask]:
    """How much there is of each kind."""
    now = time.time()
    return [Ask(each.kind, query, tokens, now, counting=counting) for each in types()]


def _ask(
    document_type: DocumentType,
    filters: Mapping[str, Iterable[str]],
    ranges: Mapping[str, tuple[Number, Number]],
    sort: str,
    facets: Sequence[str],
    tokens: frozenset[str],
) -> Ask:
    _check("筛选", [*filters, *facets], document_type.facets)
    _check("范围", ranges, document_type.ranges)
    order, spread = None, ""
    if sort == NEWEST:
        order = ("date", True)
    elif sort and sort != BEST:
        _check("排序", [sort], document_type.sorts)
        chosen = document_type.sorts[sort]
        order, spread = (chosen.by, chosen.descending), chosen.spread
    return Ask(
        kind=document_type.kind,
        query=None,
        visibility=tokens,
        now=time.time(),
        filters={name: tuple(str(value) for value in values) for name, values in filters.items() if values},
        ranges={
            name: (
                None if low is None else float(low),
                None if high is None else float(high),
                document_type.ranges[name].keep_unknown,
            )
            for name, (low, high) in ranges.items()
            if low is not None or high is not None
        },
        facets=tuple(facets),
        order=order,
        spread=spread,
    )


def _check(what: str, names: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in names:
        if name not in known:
            raise UnknownField(what, name, known)


def _query(engine_name: str, q: str) -> Query:
    analyser = words.analyser()
    return analyser.query(q, words.names(engine(engine_name), analyser))


def _mended(engine_name: str, query: Query) -> Query:
    """The query with names one step away among the alternatives; only for queries that found nothing."""
    analyser = words.current()
    return analyser.mended(query, words.names(engine(engine_name), analyser))


def _answers(
    index: Answering, asks: Sequence[Ask], query: Query | None, offset: int, limit: int, *, relaxed: bool
) -> list[Results]:
    """A page of each kind asked about."""
    return _answers_and_totals(index, asks, [], query, offset, limit, relaxed=relaxed)[0]


def _answers_and_totals(
    index: Answering,
    asks: Sequence[Ask],
    counters: Sequence[Ask],
    query: Query | None,
    offset: int,
    limit: int,
    *,
    relaxed: bool,
) -> tuple[list[Results], dict[str, int]]:
    """A page of each kind asked about, and how much there is of others, in one go."""
    offset, limit = max(offset, 0), max(limit, 0)
    questions, ranked = [], []
    for ask in asks:
        by_worth = query if ask.order is None else None
        skip, take = offset, limit
        if by_worth is not None:
            # Of what follows the candidates only that much is fetched as reaches into this page.
            skip, take = max(offset - CANDIDATES, 0), min(limit, max(offset + limit - CANDIDATES, 0))
        questions.append(replace(ask, query=query, skip=skip, take=take))
        ranked.append(by_worth)
    matches = index.matches([*questions, *counters])
    results = [
        _results(ask, match, by_worth, query, offset, limit, relaxed, index.name)
        for ask, match, by_worth in zip(asks, matches[: len(asks)], ranked, strict=True)
    ]
    counted = {ask.kind: match.total for ask, match in zip(counters, matches[len(asks) :], strict=True)}
    return results, counted


def _relaxed(
    index: Answering, asks: Sequence[Ask], query: Query, offset: int, limit: int
) -> tuple[Query, list[Results]]:
    """What is nearest where nothing holds everything: the query less what nothing holds, and the answers, if any will do."""
    held, minimum = widening.relaxed(index, query, asks)
    if not minimum:
        return held, []
    nearest = [replace(ask, minimum=minimum) for ask in asks]
    return held, _answers(index, nearest, held, offset, limit, relaxed=minimum < len(query.groups))


def _results(
    ask: Ask,
    match: Match,
    ranked_by: Query | None,
    query: Query | None,
    offset: int,
    limit: int,
    relaxed: bool,
    name: str,
) -> Results:
    if ranked_by is None:
        ids, scores, best = list(match.ids), [], 1.0 if match.total else 0.0
    else:
        known = statistics.frequencies(ask.kind)
        ranked = bulk.rank(ranked_by, match.candidates, known, offset, offset + limit)
        scores, best = ranked.page, ranked.best
        ids = [each.id for each in scores] + list(match.ids[: max(limit - len(scores), 0)])
    return Results(
        kind=ask.kind,
        ids=ids,
        total=match.total,
        facets=[_facet(get(ask.kind), facet, match.facets[facet], ask) for facet in ask.facets],
        repairs=list(query.repairs) if query else [],
        relaxed=relaxed,
        query=query,
        scores=scores,
        best=best,
        engine=name,
    )


def _facet(document_type: DocumentType, name: str, counts: Mapping[str, int], ask: Ask) -> FacetResult:
    declared = document_type.facets[name]
    selected = ask.filters.get(name, ())
    values = list(counts) + [value for value in selected if value not in counts]
    labels = declared.labels(values)
    return FacetResult(
        name,
        declared.label,
        [FacetValue(value, labels[value], counts.get(value, 0), value in selected) for value in values],
    )


def _hit(stored: Stored, shown: list[str], reader: Any) -> Hit:
    summary = highlight(stored.summary, shown)
    within = [] if any(mark.hit for mark in summary) else snippet(stored.body, shown)
    return Hit(stored.kind, stored.id, stored.url, highlight(stored.title, shown, reader), summary, within, stored.meta)
