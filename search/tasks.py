"""Work of the queue. Every task may run twice, late or out of order."""

from django_tasks import task


@task()
def drain_outbox() -> None:
    from .outbox import drain

    drain()


@task()
def follow_outbox() -> None:
    from .outbox import follow_everywhere

    follow_everywhere()


@task()
def heal_engine() -> None:
    from .maintenance import heal

    heal()


@task()
def bring_up_to_date() -> None:
    """Of several changes of the lexicon in a row, the first that finds the index outdated rebuilds it for all."""
    from .maintenance import bring_up_to_date

    bring_up_to_date()
