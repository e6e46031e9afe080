"""The default of `manage.py`: this machine, embedded engines, plain http. Nothing here suits the open net."""

from .base import *  # noqa: F403

ALLOWED_HOSTS = ["*"]
