"""Work of the queue. Every task may run twice, late or out of order."""

from django_tasks import task


@task()
def drain_outbox() -> None:
    from .outbox import drain

    drain()


@task()
def follow_outbox() -> None:
    from .engines import engine
    from .outbox import follow

    follow(engine())


@task()
def rebuild_index() -> None:
    from .maintenance import rebuild

    rebuild()
