"""How often one reader may ask what costs without a page: completing while typing, counting what was searched for.

Held in each process's memory: no round trip and no write for a key stroke. So it is a fence against runaway scripts, N processes
wide, not a count to rely on. `RATE_LIMITS = False` takes it away.

Readers are told apart by their connection's address; a project behind proxies, or with accounts, says better:

    @limits.readers_by
    def reader(request) -> str: ...
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

READERS = 10_000  # remembered at once; the one that has been quiet longest is forgotten first


@dataclass
class Limit:
    """A bucket of `burst` requests for each reader that fills again by `per_second`."""

    burst: int
    per_second: float
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, reader: str, now: float | None = None) -> float:
        """Seconds to wait; 0 when the request may pass, which counts it."""
        now = time.monotonic() if now is None else now
        with self._lock:
            left, then = self._left.pop(reader, (float(self.burst), now))
            left = min(self.burst, left + (now - then) * self.per_second)
            passes = left >= 1
            self._left[reader] = (left - 1 if passes else left, now)
            if len(self._left) > READERS:
                self._left.popitem(last=False)
        return 0.0 if passes else (1 - left) / self.per_second

    def forget(self) -> None:
        with self._lock:
            self._left.clear()


SUGGEST = Limit(burst=6_000, per_second=100)  # an office, or a hall with its telephones, behind one address
SEEN = Limit(burst=300, per_second=2)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


_reader: Callable[[HttpRequest], str] = _address


def readers_by(provider: Callable[[HttpRequest], str]) -> Callable[[HttpRequest], str]:
    """Has `provider` name the reader of a request from now on."""
    global _reader  # noqa: PLW0603 — said once, as apps load
    _reader = provider
    return provider


def limited(limit: Limit) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """429 with Retry-After for who asks too often."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            wait = limit.take(_reader(request)) if getattr(settings, "RATE_LIMITS", True) else 0
            if wait:
                seconds = str(math.ceil(wait))
                return JsonResponse({"error": "too_many_requests"}, status=429, headers={"Retry-After": seconds})
            return view(request, *args, **kwargs)

        return inner

    return decorate
