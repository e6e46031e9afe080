"""Work of the queue. A task may run twice, late or out of order."""

from django_tasks import task


@task()
def run_preview(pk: int) -> None:
    from .preview import run

    run(pk)


def sweep() -> None:
    """By the clock: previews that a crash left over, and those that nobody saved."""
    from .preview import forget, take_up

    take_up()
    forget()
