"""The connection, and what its errors mean to us."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError, UnsupportedProductError

from ...errors import EngineDown, EngineRefused, IndexMissing

WRITE_SECONDS = 30.0


def connect(urls: Sequence[str], read_seconds: float) -> tuple[Elasticsearch, Elasticsearch]:
    """A client to read and one to write with, sharing their connections."""
    return _connect(tuple(urls), read_seconds, os.getpid())


@cache
def _connect(urls: tuple[str, ...], read_seconds: float, _process: int) -> tuple[Elasticsearch, Elasticsearch]:
    # A node that refuses is left out for a while and another is asked; one that hangs is not asked twice: an answer is
    # wanted now, and the embedded engine has it.
    client = Elasticsearch(
        list(urls), request_timeout=read_seconds, max_retries=len(urls), retry_on_timeout=False, http_compress=False
    )
    return client, client.options(request_timeout=WRITE_SECONDS)


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever the client raises into errors of ours, each with a short reason for people and logs."""
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing(str(error)) from error
    except ApiError as error:
        raise refusal(error.status_code, str(error)) from error
    except UnsupportedProductError as error:
        raise EngineDown("unsupported", str(error)) from error
    except ConnectionTimeout as error:
        raise EngineDown("timeout", str(error)) from error
    except TransportError as error:
        raise EngineDown("unreachable", str(error)) from error


def refusal(status: int, text: str) -> EngineDown:
    """What an answer other than success means, of a request or of one item of many."""
    if status == 404:
        return IndexMissing(text)
    if "cluster_block" in text or "read-only" in text:
        return EngineDown("read_only", text)
    if status == 429:
        return EngineDown("overloaded", text)
    if status in (401, 403):
        return EngineDown("forbidden", text)
    if status >= 500:
        return EngineDown("failing", text)
    return EngineRefused(text)
