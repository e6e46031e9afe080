"""An order in which the values of a facet take turns: the first of each value, then the second of each, and so on."""

from collections.abc import Iterable, Mapping
from typing import Any


def needed(counts: Iterable[int], end: int) -> int:
    """How many turns hold the first `end` documents of values with so many documents."""
    left, held, turn = sorted(counts, reverse=True), 0, 0
    while left and held < end:
        left = [each for each in left if each > turn]
        held += len(left)
        turn += 1
    return turn


def interleaved(buckets: Iterable[Mapping[str, Any]], *, descending: bool) -> list[int]:
    """Ids of the top hits of each value, all first ones in their order, then all second ones …"""
    placed = [
        (turn, *_place(hit["sort"], descending), int(hit["_id"]))
        for bucket in buckets
        for turn, hit in enumerate(bucket["firsts"]["hits"]["hits"])
    ]
    return [each[-1] for each in sorted(placed)]


def _place(sort: list[Any], descending: bool) -> tuple[bool, float, int]:
    """As Elasticsearch sorts: unknown last, then the newer id. A sort by id alone has one value."""
    *values, row_id = sort
    number = float(values[0]) if values and values[0] is not None else 0.0
    unknown = bool(values) and (values[0] is None or abs(number) == float("inf"))
    return unknown, 0.0 if unknown else -number if descending else number, -int(row_id)
