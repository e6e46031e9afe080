"""Work of the queue. A task may run twice, late or out of order."""

from django_tasks import task


@task()
def look_through() -> None:
    from .finding import look_through as look

    look()


@task()
def match_nightly(pk: int) -> None:
    from .nightly import run

    run(pk)


def sweep() -> None:
    """By the clock: what a crash left over."""
    from .finding import take_up as products
    from .nightly import take_up as nights

    products()
    nights()


def begin_nightly() -> None:
    """By the clock, every hour: the night's look at all open needs, once a day."""
    from .nightly import begin

    begin()
