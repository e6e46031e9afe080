"""Work of the queue for reviews. Every task may run twice, late or out of order."""

from django_tasks import task


@task()
def go_on_deciding(pk: int) -> None:
    from . import actions

    actions.go_on_deciding(pk)


def take_up_decisions() -> None:
    """By the clock: decisions on many products that a crash left over."""
    from . import actions

    actions.take_up_decisions()
