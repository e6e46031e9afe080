"""/healthz: the process answers. /readyz: it can serve; each part says so for itself."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")


CHECKS: dict[str, Callable[[], None]] = {"database": _database}


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; the body names the parts, never why (that is in the log)."""
    answer = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:  # whatever the part raises means "not ready"; the traceback goes to the log
            import logging

            logging.getLogger(__name__).exception("readyz: %s", name)
            answer[name] = "down"
        else:
            answer[name] = "ok"
    return JsonResponse(answer, status=200 if set(answer.values()) == {"ok"} else 503)
