"""What the queue does for the pages."""

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from .links import check


def check_links() -> None:
    """By the clock, once a week: which links stand where, then asks them all."""
    check.collect()
    go_on_checking.enqueue(timezone.now().isoformat())


@task()
def begin_checking() -> None:
    """The same, when an editor asks for it: every link is asked anew."""
    check.forget_when()
    check_links()


@task()
def go_on_checking(began: str) -> None:
    """Asks for some minutes, then hands the rest to the next task; at the end tells the editors."""
    start = datetime.fromisoformat(began)
    if check.check(start):
        check.tell(start)
    else:
        go_on_checking.enqueue(began)
