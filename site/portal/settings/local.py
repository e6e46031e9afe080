"""The default of `manage.py`: this machine, embedded engines, plain http. Nothing here suits the open net."""

from . import environment as env
from .base import *  # noqa: F403
from .base import STORAGES

ALLOWED_HOSTS = ["*"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
REQUIRE_STAFF_MFA = env.switch("REQUIRE_STAFF_MFA", default=False)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Static files straight from where they are kept: nothing to collect, and no folder to collect to.
STATIC_ROOT = None
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
