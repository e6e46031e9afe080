"""Mapping and names. All kinds have one mapping; facets and ranges come into it as documents bring them.

An index is called `<prefix>-<kind>-<hash of mapping and settings>-<number>` and is never spoken to by that name: readers
use the alias `<prefix>-<kind>`, writers `…-write` and, while a new index is being filled, `…-next` as well.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from elasticsearch.dsl import Double, Integer, Keyword, Long, Mapping, Object, Text

from ...registry import KIND

LONGEST_TOKEN = 255  # the whitespace analyzer cuts what is longer; no query has such a token
TOMBSTONES = "6h"  # how long a deletion refuses older writes; longer than any rebuild


@dataclass(frozen=True)
class Names:
    prefix: str

    def read(self, kind: str) -> str:
        if not KIND.fullmatch(kind):
            raise ValueError(f"search: a kind is lower-case letters, digits and _, not {kind!r}")
        return f"{self.prefix}-{kind}"

    def write(self, kind: str) -> str:
        return f"{self.read(kind)}-write"

    def next(self, kind: str) -> str:
        return f"{self.read(kind)}-next"

    def kind(self, index: str) -> str:
        """Of an index, by its name."""
        return index.removeprefix(f"{self.prefix}-").partition("-")[0]

    @property
    def marks(self) -> str:
        return f"{self.prefix}--marks"


@cache
def body(shards: int, replicas: int) -> dict[str, Any]:
    """Settings and mapping of a new index."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": "30s",  # whoever writes asks for the refresh; this is for what a crash left over
            "gc_deletes": TOMBSTONES,
        },
        "mappings": _mapping(),
    }


def fingerprint(shards: int) -> str:
    """Changes when an index has to be made anew. Replicas can be changed on a living one."""
    return digest(body(shards, 0))


def digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def _mapping() -> dict[str, Any]:
    kept: dict[str, Any] = {"index": False, "norms": False}  # only read back; what is searched is copied together
    searched: dict[str, Any] = {"analyzer": "whitespace", "norms": False, "index_options": "docs"}
    mapping = Mapping()
    mapping.meta("dynamic", "strict")
    mapping.meta(
        "dynamic_templates",
        [
            {"facets": {"path_match": "facets.*", "mapping": {"type": "keyword"}}},
            {"first": {"path_match": "first.*", "mapping": {"type": "keyword"}}},
            {"ranges": {"path_match": "ranges.*", "mapping": {"type": "double"}}},
        ],
    )
    mapping.field("id", Long())
    mapping.field("title", Text(**kept, copy_to=["everything", "names"]))
    mapping.field("grams", Text(**kept, copy_to=["everything", "names"]))
    mapping.field("pinyin", Text(**searched, copy_to=["everything", "names"]))
    mapping.field("keywords", Text(**kept, copy_to=["everything", "names"]))
    mapping.field("body", Text(**kept, copy_to=["everything"]))
    mapping.field("everything", Text(**searched))
    mapping.field("names", Text(**searched))
    mapping.field("lengths", Integer(index=False, doc_values=False))
    mapping.field("name", Keyword())
    mapping.field("name_length", Integer())
    mapping.field("keys", Keyword(doc_values=False))
    mapping.field("fingerprint", Keyword(index=False, doc_values=False))
    mapping.field("shown", Keyword(index=False, doc_values=False))
    mapping.field("visibility", Keyword())
    for moment in ("since", "until", "date"):
        mapping.field(moment, Double())
    mapping.field("facets", Object(dynamic=True))
    mapping.field("first", Object(dynamic=True))  # of a facet's values, "" without any: who takes turns
    mapping.field("ranges", Object(dynamic=True))
    return mapping.to_dict()
