"""Where a person is signed in: devices in words, places only coarsely, and the end of any of them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import audit
from ..models import User

SEEN = "accounts.seen_at"
TOUCH_SECONDS = 300  # a session's last use is known to five minutes: a write each request would cost more than it tells

SYSTEMS = (
    ("HarmonyOS|OpenHarmony", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "Mac"),
    ("Linux", "Linux"),
)
PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("AlipayClient", "支付宝"),
    ("Edg", "Edge"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, text)), "")


def device_of(user_agent: str) -> str:
    """“iPhone · 微信”; what is not known is said so."""
    named = [each for each in (_first(SYSTEMS, user_agent), _first(PROGRAMS, user_agent)) if each]
    return " · ".join(named) or _("未知设备")


def coarse(address: str) -> str:
    """203.0.*.* and 2001:db8:*: the network, not the household."""
    if ":" in address:
        return ":".join([*address.split(":")[:2], "*"])
    return ".".join([*address.split(".")[:2], "*", "*"])


@dataclass(frozen=True)
class Place:
    """One signed-in device, as the page shows it."""

    pk: int
    device: str
    network: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


def places_of(user: User, session_key: str | None) -> list[Place]:
    """This device first, then by last use. Sessions that have ended are cleared away."""
    live = UserSession.objects.purge_and_list(user)
    places = [
        Place(
            each.pk,
            device_of(each.user_agent),
            coarse(each.ip),
            each.created_at,
            each.last_seen_at,
            each.session_key == session_key,
        )
        for each in live
    ]
    return sorted(places, key=lambda place: (not place.is_this, -place.last_seen_at.timestamp()))


@transaction.atomic
def end(user: User, pk: int | None, session_key: str | None) -> int:
    """Ends the named session, or all but the current one (`pk` None): it is out at its next request. How many ended."""
    chosen = UserSession.objects.filter(user=user).exclude(session_key=session_key)
    if pk is not None:
        chosen = chosen.filter(pk=pk)
    ended = list(chosen)
    for session in ended:
        session.end()
    if ended:
        audit.record("sessions_ended", user, detail={"count": len(ended)})
    return len(ended)


class SeenMiddleware:
    """Keeps each session's last use, to five minutes. Nothing is read or written in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and time.time() - request.session.get(SEEN, 0) > TOUCH_SECONDS:
            self.touch(request)
        return self.get_response(request)

    def touch(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        address = get_adapter(request).get_client_ip(request)
        known = UserSession.objects.filter(session_key=request.session.session_key, user=request.user)
        if not known.update(last_seen_at=timezone.now(), ip=address):
            UserSession.objects.create_from_request(request)
        request.session[SEEN] = time.time()
