"""Work of the queue. A task may run twice, late or out of order."""

from django_tasks import task


@task()
def run_report(pk: int) -> None:
    from .running import run

    run(pk)


def sweep() -> None:
    """By the clock: a report that a crash left over."""
    from .running import take_up

    take_up()
