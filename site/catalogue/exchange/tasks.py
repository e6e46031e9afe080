"""Work of the queue. Every task may run twice, late or out of order."""

from django_tasks import task


@task()
def run_import(pk: int) -> None:
    from .running import run

    run(pk)


@task()
def index_references(label: str, keys: list[int]) -> None:
    from .references import index

    index(label, keys)


def sweep() -> None:
    """By the clock: imports that a crash left over."""
    from .running import sweep as take_up

    take_up()


def forget() -> None:
    """By the clock: files and rows of imports older than 30 days."""
    from .actions import forget_old

    forget_old()
