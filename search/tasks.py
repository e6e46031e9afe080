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
def rebuild_index() -> None:
    from .maintenance import rebuild

    rebuild()
