"""Anonymous pages from memory, right at once after a publish, in every worker.

A WSGI wrapper outside Django's handler: a hit costs one indexed read of the epoch and nothing else. A page is kept under
the epoch read *before* it was rendered, so a change that commits meanwhile makes it unreachable. Kept are only 200 answers
to GETs without a session cookie that set no cookie, carry no form token and do not forbid storing; `no-store` on a view
keeps it out.

The generation goes on with every other public GET too, under `GENERATION`: what readers who signed in see alike with all
others is rendered once as well (`{% kept %}`, portal.templatetags.yinqiao).
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from .memory import SECONDS, Memory

GENERATION = "yinqiao.generation"  # in the environ; no header of a request can set it
READ_EPOCH = "SELECT value FROM portal_epoch WHERE id = 1"
PRIVATE = (
    "/me/",
    "/desk/",
    "/accounts/",
    "/cms/",
    "/admin/",
    "/api/",
    "/door/",
    "/tickets/",
    "/demo/",
    "/static/",
    "/media/",
)
KEPT_TYPES = ("text/html", "text/calendar", "application/xml", "application/atom+xml", "image/svg+xml")
MAX_BYTES = 48 * 1024 * 1024
MAX_PAGE = 1024 * 1024
SESSION_COOKIES = ("sessionid=", "messages=")
VARIANT_COOKIES = ("django_language", "large")
FORM_TOKEN = b"csrfmiddlewaretoken"  # made for one visitor; no cookie is set for one who has it already

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(frozen=True)
class Stored:
    headers: list[tuple[str, str]]
    body: bytes
    zipped: bytes
    etag: str
    until: float

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)


def read_epoch() -> int | None:
    """The epoch as last committed; None when the database does not answer (then nothing is served from memory)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ_EPOCH)
            row = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return None
    return row[0] if row else None


@lru_cache(maxsize=512)
def language(cookie: str, accept: str) -> str:
    """The language that LocaleMiddleware will choose, from the cookie's value and the Accept-Language header."""
    for code in (cookie, *(code for code, _ in parse_accept_lang_header(accept.lower()[:200]))):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def is_public(environ: Environ) -> bool:
    """Asks for what stands at a public address."""
    return environ["REQUEST_METHOD"] == "GET" and not environ["PATH_INFO"].startswith(PRIVATE)


def key_of(environ: Environ) -> tuple | None:
    """What tells this public request's page from others, or None if it is not to be answered from memory."""
    path = environ["PATH_INFO"]
    cookies = environ.get("HTTP_COOKIE", "")
    if (
        "HTTP_HX_REQUEST" in environ
        or "HTTP_AUTHORIZATION" in environ
        or any(name in cookies for name in SESSION_COOKIES)
    ):
        return None
    variant = dict.fromkeys(VARIANT_COOKIES, "")
    if cookies:
        for part in cookies.split(";"):
            name, _, value = part.strip().partition("=")
            if name in variant:
                variant[name] = value[:20]
    tongue = language(variant.pop("django_language"), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    host = environ.get("HTTP_HOST", "")
    scheme = environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO", "")
    return (*scheme, host, path, environ.get("QUERY_STRING", ""), tongue, variant["large"] == "1")


def storable(status: str, headers: list[tuple[str, str]]) -> bool:
    if not status.startswith("200"):
        return False
    for name, value in headers:
        lowered = name.lower()
        if lowered == "set-cookie" or (lowered == "cache-control" and ("no-store" in value or "private" in value)):
            return False
        if lowered == "content-type" and not value.startswith(KEPT_TYPES):
            return False
        if lowered == "content-encoding":
            return False
    return True


class PageCache:
    """`application = PageCache(get_wsgi_application())`."""

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self.application = application
        self.memory: Memory[Stored] = Memory(MAX_BYTES)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        epoch = read_epoch() if is_public(environ) else None
        if epoch is None:
            return self.application(environ, start_response)
        generation = environ[GENERATION] = (epoch, timezone.localdate())
        key = key_of(environ)
        if key is None:
            return self.application(environ, start_response)
        stored = self.memory.get(generation, key)
        if stored is None:
            stored, answer = self._render(environ, start_response)
            if stored is None:
                return answer
            self.memory.put(generation, key, stored)
        return self._answer(stored, environ, start_response)

    def _render(self, environ: Environ, start_response: StartResponse) -> tuple[Stored | None, Iterable[bytes]]:
        """The page to keep; or None and the answer as it is, its start_response already called."""
        begun: list[Any] = []
        answer = self.application(environ, lambda status, headers, *more: begun.extend((status, headers, more)))
        status, headers, more = begun
        if getattr(answer, "streaming", False) or not storable(status, headers):
            start_response(status, headers, *more)
            return None, answer
        try:
            body = b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
        if len(body) > MAX_PAGE or FORM_TOKEN in body:
            start_response(status, headers, *more)
            return None, [body]
        kept = [
            (name, value) for name, value in headers if name.lower() not in {"content-length", "vary", "cache-control"}
        ]
        kept += [("Vary", "Accept-Encoding, Accept-Language, Cookie"), ("Cache-Control", "private, no-cache")]
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        zipped = gzip.compress(body, compresslevel=6, mtime=0)
        return Stored(kept, body, zipped, f'W/"{digest}"', time.monotonic() + SECONDS), ()

    def _answer(self, stored: Stored, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        headers = [*stored.headers, ("ETag", stored.etag)]
        if stored.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [each for each in headers if each[0].lower() != "content-type"])
            return []
        body = stored.body
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = stored.zipped
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [body]
