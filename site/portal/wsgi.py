"""The WSGI application of `make web`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
_django = get_wsgi_application()

from portal import addresses, translations  # noqa: E402  (they read settings)
from portal.page_cache import PageCache  # noqa: E402

addresses.remember()
translations.remember()
application = PageCache(_django)
