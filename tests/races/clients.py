"""N clients at once, each with a database connection of its own, let go at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """What each job gave or raised, in order."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=30)
            return job()
        except Exception as error:  # the test looks at what came of each
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
