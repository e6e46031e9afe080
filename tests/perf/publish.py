"""From the approval that publishes a change to the change on every worker: list, product, search and match, ≤ 2 s.

The production server with two workers and the queue run on the demo content. A second process approves, as the supervisor
at the desk does, and says when its transaction had committed. Then 10 connections at once, each new so that the system
spreads them over the workers (all on one: 1 in 512), ask for one page, again and again; the change is there at the beginning
of the first round in which every answer shows it. Pages may be kept in memory, as for any visitor.
"""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.conf import settings

from tests.perf.pages import PORT, line, ours

PROMISED, ROUNDS, CONNECTIONS, GIVE_UP = 2.0, 5, 10, 20
SLUG = "huidandai"
PLACES = {
    "list": "/products/?q=%E6%83%A0%E6%8B%85%E8%B4%B7",
    "product": f"/products/{SLUG}/",
    "search": "/search/?q=%E6%83%A0%E6%8B%85%E8%B4%B7",
    "match": "/needs/new/?text=%E8%8C%B6%E5%8F%B6%E5%90%88%E4%BD%9C%E7%A4%BE%E8%A6%81%E5%80%9F50%E4%B8%87%E5%91%A8%E8%BD%AC%EF%BC%8C%E8%A6%81%E6%8B%85%E4%BF%9D%E5%85%AC%E5%8F%B8%E6%8B%85%E4%BF%9D",
}


def amount(number: int) -> Decimal:
    """Highest amount of the change, 元: one that no other product has."""
    return Decimal(617_000 + number * 10_000)


def shown(number: int) -> bytes:
    return f"{amount(number) / 10_000:f}".rstrip("0").rstrip(".").encode()


def run() -> Iterator[dict]:
    worst = dict.fromkeys(PLACES, 0.0)
    with ours(["web", "queue"]) as (_port, environment), publisher(environment) as publish:
        for path in PLACES.values():
            everybody_shows(path, b"")  # each worker has started
        for number in range(ROUNDS * len(PLACES)):
            name = list(PLACES)[number % len(PLACES)]
            worst[name] = max(worst[name], arrival(publish, number, PLACES[name]))
    for name, seconds in worst.items():
        yield line(f"publish.{name}", seconds, "s", PROMISED, ROUNDS)
    if late := [name for name, seconds in worst.items() if seconds > PROMISED]:
        raise RuntimeError(f"published changes took more than {PROMISED} s to reach: {', '.join(late)}")


def arrival(publish, number: int, path: str) -> float:
    """Seconds from the commit until every connection is shown the change."""
    committed = publish(number)
    while (begun := time.time()) - committed < GIVE_UP:
        if everybody_shows(path, shown(number)):
            return max(begun - committed, 0.0)
    raise RuntimeError(f"after {GIVE_UP} s the change was not on {path}")


def everybody_shows(path: str, text: bytes) -> bool:
    """Whether each of the connections, all open at once, answers with the change."""
    connections = [http.client.HTTPConnection("127.0.0.1", PORT, timeout=30) for _number in range(CONNECTIONS)]
    try:
        for each in connections:
            each.request("GET", path)
        return all(text in each.getresponse().read() for each in connections)
    finally:
        for each in connections:
            each.close()


@contextmanager
def publisher(environment: dict[str, str]) -> Iterator:
    """A process beside the server: writes a number to it, reads when the change of that number was committed."""
    command = [sys.executable, "-m", "tests.perf.publish"]
    with subprocess.Popen(
        command, cwd=settings.ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def publish(number: int) -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            print(number, file=process.stdin, flush=True)
            return float(process.stdout.readline())

        yield publish
        process.stdin.close()  # type: ignore[union-attr]


def serve_approvals() -> None:
    """The other process: for each number on standard input drafts, submits, approves at both posts, prints the moment."""
    from accounts.roles import Role
    from catalogue import actions
    from catalogue.models import Product
    from tests.factories import user_with

    product = Product.objects.get(slug=SLUG)
    editor, reviewer = (
        user_with(role, product.institution, phone=None, username=f"bench-{role}")
        for role in (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER)
    )
    supervisor = user_with(Role.SUPERVISOR, phone=None, username="bench-supervisor")
    for text in sys.stdin:
        draft = Product.objects.get(pk=product.pk).get_latest_revision_as_object()
        draft.amount_max = amount(int(text))
        draft.save_revision(user=editor)
        actions.submit(product, editor)
        for person in (reviewer, supervisor):
            decided = actions.approve_many([product], person)
            if decided.refused:
                raise RuntimeError(decided.refused)
        print(time.time(), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
    import django

    django.setup()
    serve_approvals()
