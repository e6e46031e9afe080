"""The smallest project that `search` works in: no Wagtail, nothing of the project that it comes from."""

import os
from pathlib import Path

HERE = Path(__file__).parent
DATA_DIR = Path(os.environ["DATA_DIR"])
SECRET_KEY = "elsewhere"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
LANGUAGE_CODE = "zh-hans"
USE_TZ = True
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "shelf",
    "search",
    "django_tasks",
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.auth",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "elsewhere.sqlite3"}}
