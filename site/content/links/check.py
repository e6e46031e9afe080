"""The weekly look: gather, ask, write down, tell the editors what is newly broken."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import notify
from accounts.models import User
from accounts.roles import Role

from ..models import Link, LinkState, LinkUse
from . import gather
from .fetch import Answer, Asker

AT_ONCE = 4  # sites asked at the same time; one site gets one question at a time
BATCH = 100
BUDGET = 8 * 60  # seconds of one run; the queue ends a task after ten minutes
FRESH = timedelta(days=6)  # asked no sooner than this, so that a run that goes on later asks only the rest
WORDS = {
    "name": _("域名不存在"),
    "timeout": _("超时没有回答"),
    "connection": _("连不上"),
    "certificate": _("证书有问题"),
    "redirects": _("来回跳转太多"),
    "robots.txt": _("对方不让程序访问，请自己点开看"),
    "inner network": _("指向内部网络"),
    "scheme": _("不是网页地址"),
    "login": _("网址里有用户名或密码"),
    "port": _("端口不常见"),
    "gone": _("页面或文件已经删除或撤下"),
    "address": _("网址格式不对"),
}


def asker() -> Asker:
    agent = f"YinqiaoLinkCheck/1.0 (+{settings.PUBLIC_URL})"
    return Asker(agent, networks=settings.LINK_CHECK_NETWORKS)


@transaction.atomic
def collect() -> int:
    """Writes down which links stand where now; forgets those that stand nowhere. How many there are."""
    places: dict[str, dict[str, gather.Carried]] = defaultdict(dict)
    for found in gather.everything():
        url = found.url.partition("#")[0]
        if url and len(url) <= 1000:
            places[url][f"{found.title}{found.edit_url}"] = found
    Link.objects.exclude(url__in=places).delete()
    known = dict(Link.objects.values_list("url", "pk"))
    Link.objects.bulk_create([Link(url=url) for url in places if url not in known])
    known = dict(Link.objects.values_list("url", "pk"))
    LinkUse.objects.all().delete()
    LinkUse.objects.bulk_create(
        [
            LinkUse(link_id=known[url], title=found.title, edit_url=found.edit_url)
            for url, uses in places.items()
            for found in uses.values()
        ]
    )
    return len(places)


def forget_when() -> None:
    """Every link is to be asked anew."""
    Link.objects.update(checked_at=None)


def check(now: datetime | None = None, budget: float = BUDGET) -> bool:
    """Asks every link that was not asked lately, the longest ago first. False when the time ran out before the end."""
    now, until = now or timezone.now(), monotonic() + budget
    everyone, own = asker(), OwnSite()
    while monotonic() < until:
        waiting = Link.objects.exclude(checked_at__gt=now - FRESH).order_by("checked_at", "pk")
        links = list(waiting[:BATCH])
        if not links:
            return True
        _answer(links, everyone, own)
    return False


def _answer(links: list[Link], everyone: Asker, own: "OwnSite") -> None:
    sites: dict[str, list[Link]] = defaultdict(list)
    answers: dict[int, Answer] = {}
    for link in links:
        if is_own(link.url):
            answers[link.pk] = own.ask(link.url)
        else:
            sites[link.url.partition("://")[2].partition("/")[0]].append(link)

    def ask(group: list[Link]) -> list[tuple[int, Answer]]:
        return [(link.pk, everyone.ask(link.url)) for link in group]  # no database here: threads have no transaction

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(ask, sites.values()):
            answers |= dict(found)
    record(links, answers)


@transaction.atomic
def record(links: list[Link], answers: dict[int, Answer]) -> None:
    now = timezone.now()
    for link in links:
        answer = answers[link.pk]
        link.state, link.checked_at = LinkState(answer.kind), now
        link.detail = str(WORDS.get(answer.detail, answer.detail and gettext("对方回答 %s") % answer.detail))[:200]
        broken = link.state == LinkState.BROKEN
        link.broken_since = (link.broken_since or now) if broken else None
    Link.objects.bulk_update(links, ["state", "checked_at", "detail", "broken_since"])


def is_own(url: str) -> bool:
    base = settings.PUBLIC_URL
    return url.startswith(("/", "page:", "document:", f"{base}/", f"{base}?")) or url == base


class OwnSite:
    """Our own addresses, answered in this process as to a stranger; a trip to the sign-in page counts as there."""

    def __init__(self) -> None:
        base = urlsplit(settings.PUBLIC_URL)
        self.secure = base.scheme == "https"
        port = str(base.port or (443 if self.secure else 80))
        self.client = Client(raise_request_exception=False, SERVER_NAME=base.hostname or "localhost", SERVER_PORT=port)

    def ask(self, url: str) -> Answer:
        if url.startswith(("page:", "document:")):
            return Answer("broken", "gone")
        parts = urlsplit(url)
        response = self.client.get(parts.path or "/", secure=self.secure, QUERY_STRING=parts.query)
        return Answer("good" if response.status_code < 400 else "broken", str(response.status_code))


@transaction.atomic
def tell(since: datetime) -> int:
    """One notice to each editor when links broke since `since`; how many broke."""
    count = Link.objects.filter(state=LinkState.BROKEN, broken_since__gte=since).count()
    if count:
        text = ngettext("发现 %d 个打不开的链接，请看链接报告", "发现 %d 个打不开的链接，请看链接报告", count) % count
        editors = User.objects.filter(role_assignments__role=Role.EDITOR, is_active=True).distinct()
        for editor in editors:
            notify(editor, text, reverse("content_links"))
    return count
