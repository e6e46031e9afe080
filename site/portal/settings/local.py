"""The default of `manage.py`: this machine, embedded engines, plain http. Nothing here suits the open net."""

from .base import *  # noqa: F403
from .base import STORAGES

ALLOWED_HOSTS = ["*"]
# Static files straight from where they are kept: nothing to collect after a change.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
