"""Text messages: `send(phone, template, **parameters)` through the backend that SMS_BACKEND names."""

from django.conf import settings
from django.utils.module_loading import import_string

from .templates import TEMPLATES


def send(phone: str, template: str, **parameters: str) -> None:
    """Hands one message to the sender. `phone` is E.164. Raises SmsError when it was not accepted."""
    backend = import_string(settings.SMS_BACKEND)()
    backend.send(phone, template, {name: str(value) for name, value in parameters.items()})


def text_of(template: str, parameters: dict[str, str]) -> str:
    """The words that the person reads."""
    return str(TEMPLATES[template]) % parameters
