"""Bulk requests: documents as they are kept, parts of a bounded size, and patience with a server that has no room."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from ...analysis.analyser import FIELDS
from ...errors import EngineDown, EngineRefused
from ..base import Entry, joined, name_of
from . import schema
from .client import refusal

BATCH = 500
CHUNK_BYTES = 8 * 1024 * 1024
TRIES = 8  # of what the server has no room for
PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between them, twice as long after each


def bulk(client: Elasticsearch, alias: str, actions: Iterable[dict[str, Any]]) -> int:
    """How many were taken; what is older than what is held is not. In parts of a bounded size; what the server has no
    room for is sent again after a while. Raises EngineRefused with those of the documents that it will never take, after
    all others were sent, and EngineDown for anything else."""
    waiting, done, pause = list(actions), 0, PAUSE
    refused: dict[int, str] = {}
    for _turn in range(TRIES):
        again: list[dict[str, Any]] = []
        for action, status, error in _sent(client, alias, waiting):
            if status < 300:
                done += 1
            elif status == 409 or (status == 404 and not error):
                continue  # something newer is held, or there was nothing to take out
            elif isinstance(raised := refusal(status, error), EngineRefused):
                refused[int(action["_id"])] = raised.detail
            elif raised.reason == "overloaded":
                again.append(action)
            else:
                raise raised
        if not again:
            break
        time.sleep(pause)
        waiting, pause = again, min(pause * 2, LONGEST_PAUSE)
    else:
        raise EngineDown("overloaded", f"{len(waiting)} documents were not taken")
    if refused:
        raise EngineRefused(f"{len(refused)} documents", refused)
    return done


def _sent(
    client: Elasticsearch, alias: str, actions: list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], int, str]]:
    """Each action with its status and error."""
    answers = streaming_bulk(
        client,
        ({**each, "_index": alias, "version_type": "external_gte"} for each in actions),
        chunk_size=BATCH,
        max_chunk_bytes=CHUNK_BYTES,
        raise_on_error=False,
        raise_on_exception=False,  # a part that is refused as a whole comes back as its items
        require_alias=True,  # else an index that was lost would come back by itself, with this one document
    )
    for action, (_good, item) in zip(actions, answers, strict=True):
        ((_way, result),) = item.items()
        yield action, result["status"], str(result.get("error") or "")


def put(entry: Entry) -> dict[str, Any]:
    tokens = {field: _joined(getattr(entry.tokens, field)) for field in FIELDS}
    name = name_of(entry.title)
    return {
        "_op_type": "index",
        "_id": str(entry.id),
        "version": entry.version,
        "_source": {
            "id": entry.id,
            "fingerprint": entry.fingerprint,
            **tokens,
            "lengths": [len(entry.tokens.keywords), len(entry.tokens.body)],
            "name": name,
            "name_length": len(name),
            "keys": list(entry.keys),
            "shown": json.dumps([entry.title, entry.summary, entry.url, entry.meta, entry.body], ensure_ascii=False),
            "visibility": list(dict.fromkeys(entry.visibility)),
            "since": entry.since,
            "until": entry.until,
            "date": entry.date,
            "facets": {name: list(dict.fromkeys(values)) for name, values in entry.facets.items() if values},
            "first": {name: next(iter(values), "") for name, values in entry.facets.items()},
            "ranges": {name: value for name, value in entry.ranges.items() if value is not None},
        },
    }


def taken_out(row_id: int, version: int) -> dict[str, Any]:
    return {"_op_type": "delete", "_id": str(row_id), "version": version}


def _joined(tokens: Sequence[str]) -> str:
    if tokens and max(map(len, tokens)) > schema.LONGEST_TOKEN:
        tokens = [each for each in tokens if len(each) <= schema.LONGEST_TOKEN]
    return joined(tokens)
