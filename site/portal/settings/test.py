"""The suite: real engines, cheap password hashes, files in a folder of its own."""

import tempfile
from pathlib import Path

from .demo import *  # noqa: F403
from .demo import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
RATE_LIMITS = False
ACCOUNT_RATE_LIMITS = False
MEDIA_ROOT = Path(tempfile.gettempdir()) / "yinqiao-test-media"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATABASES["default"]["NAME"]).with_name("test.sqlite3"))}
SEARCH_SEES_OPEN_TRANSACTIONS = True  # tests roll back what they wrote, and clear the index file beside PostgreSQL
