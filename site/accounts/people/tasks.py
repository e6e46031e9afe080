"""Messages to people, sent by the queue."""

from django_tasks import task


@task()
def text(phone: str, words: str, url: str) -> None:
    from .messages import send_text

    send_text(phone, words, url)


@task()
def mail(address: str, subject: str, words: str) -> None:
    from .messages import send_mail

    send_mail(address, subject, words)
