"""The engines and the one place that chooses between them.

`local` is always there: the embedded engine in the site's own SQLite database or, beside PostgreSQL, in a file of this
host. `remote` is Elasticsearch where `ELASTICSEARCH_URL` names one. Both are kept current; who answers is decided in
`search.answering`.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from ..errors import UnknownEngine
from .base import Ask, Candidate, Coverage, Engine, Entry, Held, Match, Stored, Suggestion

if TYPE_CHECKING:
    from .elastic import ElasticEngine
    from .embedded import EmbeddedEngine

NAMES = ("embedded", "elastic")
READ_SECONDS = 0.4  # an answer that has not come by then comes from the embedded engine


def engine(name: str = "") -> Engine:
    """The local engine, or the one called `name`. Raises UnknownEngine, also for one that is not configured."""
    if name in ("", "embedded"):
        return local()
    found = remote() if name == "elastic" else None
    if found is None:
        raise UnknownEngine(name, [each.name for each in configured()])
    return found


def configured() -> list[Engine]:
    far = remote()
    return [local()] if far is None else [local(), far]


@cache
def local() -> "EmbeddedEngine":
    from .embedded import EmbeddedEngine

    return EmbeddedEngine.for_site()


def remote() -> "ElasticEngine | None":
    urls = getattr(settings, "ELASTICSEARCH_URL", None)
    if not urls:
        return None
    return _elastic(
        tuple(urls),
        getattr(settings, "ELASTICSEARCH_PREFIX", "") or _prefix(str(connection.settings_dict["NAME"])),
        getattr(settings, "ELASTICSEARCH_SHARDS", 1),
        getattr(settings, "ELASTICSEARCH_REPLICAS", 1),
        float(getattr(settings, "ELASTICSEARCH_TIMEOUT", READ_SECONDS)),
    )


@cache
def _elastic(urls: Sequence[str], prefix: str, shards: int, replicas: int, read_seconds: float) -> "ElasticEngine":
    from .elastic import ElasticEngine

    return ElasticEngine(
        urls, prefix, shards=shards, replicas=replicas, read_seconds=read_seconds, reading=local().candidates
    )


def _prefix(database: str) -> str:
    """Sites that share a cluster are told apart by their database."""
    path = Path(database)
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_") or "site"
    return f"{name}_{hashlib.blake2b(str(path).encode(), digest_size=3).hexdigest()}" if path.is_absolute() else name


__all__ = [
    "NAMES",
    "Ask",
    "Candidate",
    "Coverage",
    "Engine",
    "Entry",
    "Held",
    "Match",
    "Stored",
    "Suggestion",
    "configured",
    "engine",
    "local",
    "remote",
]
