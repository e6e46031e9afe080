"""/healthz: the process answers. /readyz: it can serve; each part says so for itself."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_q.models import OrmQ

from search import circuit
from search.queries import find


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")


def _index() -> None:
    find("product", limit=1)


def _queue() -> None:
    """Down when a task has been due for `QUEUE_LATE`: nobody is taking tasks, or far too few."""
    if OrmQ.objects.filter(lock__lt=timezone.now() - QUEUE_LATE).exists():
        raise QueueIsLate


class QueueIsLate(Exception):
    """Tasks wait longer than they may."""


QUEUE_LATE = timedelta(minutes=15)
CHECKS: dict[str, Callable[[], None]] = {"database": _database, "index": _index, "queue": _queue}


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; the body names the parts, never why (that is in the log).

    Elasticsearch is "standby" while the embedded engine answers in its place: the site can serve.
    """
    answer = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:  # whatever the part raises means "not ready"; the traceback goes to the log
            logging.getLogger(__name__).exception("readyz: %s", name)
            answer[name] = "down"
        else:
            answer[name] = "ok"
    status = 200 if set(answer.values()) == {"ok"} else 503
    if settings.ELASTICSEARCH_URL and answer["database"] == "ok":
        answer["elasticsearch"] = "ok" if circuit.usable() else "standby"
    return JsonResponse(answer, status=status)
