"""Text messages: `send(phone, template, **parameters)` through the backend that SMS_BACKEND names."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .templates import TEMPLATES


def send(phone: str, template: str, **parameters: str) -> None:
    """Hands one message to the sender. `phone` is E.164. Raises SmsError when it was not accepted."""
    _backend().send(phone, template, {name: str(value) for name, value in parameters.items()})


def send_soon(phone: str, template: str, **parameters: str) -> None:
    """As `send`, but does not wait for a provider's answer: the page takes as long as for a number that gets nothing.

    Raises SmsError where no sender is set up; what a provider refuses later is in the log.
    """
    check_ready()
    if not _backend().waits_for_a_provider:
        send(phone, template, **parameters)
        return
    _pool().submit(_send_and_log, phone, template, parameters)


def check_ready() -> None:
    """Raises SmsError where no sender is set up: the same for every number."""
    _backend().check_ready()


def _backend():
    return import_string(settings.SMS_BACKEND)()


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, thread_name_prefix="sms")


def _send_and_log(phone: str, template: str, parameters: dict[str, str]) -> None:
    try:
        send(phone, template, **parameters)
    except Exception:
        logging.getLogger(__name__).exception("A text message (%s) was not accepted", template)


def text_of(template: str, parameters: dict[str, str]) -> str:
    """The words that the person reads."""
    return str(TEMPLATES[template]) % parameters
