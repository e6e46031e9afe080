"""Reading and analysing on all cores: processes that make entries while one writes them. For `manage.py search rebuild` alone;
a web server and the queue build in the process that they are.

The processes are begun anew (spawn), so they share no connection and no lock with whoever began them; they read what is
committed, and end with it even when it is killed.
"""

import gc
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from threading import Thread

from django.db import connections, transaction

from . import reading
from .building import BATCH, entries
from .engines import Entry
from .registry import DocumentType, get

WORTH = 20_000  # rows from which on it is worth to begin processes
AHEAD = 2  # parts for each process that are asked for before they are needed

Part = tuple[list[Entry], dict[int, str]]


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def size(document_type: DocumentType, processes: int | None) -> int:
    """How many processes: those asked for, or (None) one for each core where it is worth it. 1 is this one alone."""
    if transaction.get_connection().in_atomic_block:
        return 1  # others do not see what is not committed
    if processes is None:
        return cores() if document_type.queryset().count() > WORTH else 1
    return max(processes, 1)


def parts(document_type: DocumentType, version: int, processes: int) -> Iterator[Part]:
    """Entries in the order of their keys, and those documents that could not be read."""
    pks = document_type.queryset().order_by("pk").values_list("pk", flat=True)
    ends = list(pks[::BATCH])  # the first of each part
    if not ends:
        return
    spans = zip(ends, [*ends[1:], None], strict=True)
    name = connections["default"].settings_dict["NAME"]
    waiting: deque[Future[Part]] = deque()
    crew = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (str(name),))
    try:
        for first, following in spans:
            waiting.append(crew.submit(_part, document_type.kind, version, first, following))
            if len(waiting) > AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        crew.shutdown(cancel_futures=True)


def _begin(name: str) -> None:
    import django

    Thread(target=_end_with_parent, daemon=True).start()
    django.setup()
    connections["default"].settings_dict["NAME"] = name  # a test run's is another than the settings say
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _part(kind: str, version: int, first: int, following: int | None) -> Part:
    from . import words  # has models, and this module is read before there are any

    document_type, unreadable = get(kind), dict[int, str]()
    rows = reading.span(document_type, first, following)
    return list(entries(document_type, rows, version, words.analyser(), unreadable)), unreadable
