"""Messages about a registration, sent by the queue."""

from django_tasks import task


@task()
def tell(registration_id: int, about: str) -> None:
    from .messages import send

    send(registration_id, about)
