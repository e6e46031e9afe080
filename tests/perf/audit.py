"""The audit trail at 200,000 entries: a page of the supervisor's search, writing an entry, and `audit verify` by the row.

Floors: of a search the bare SQL that gives the same rows, named people and enterprises included; of its page that SQL and
an empty view through the same stack of middleware; of a write the same row inserted by SQL and committed, without the
chain; of verifying, every row read by SQL in order and its text hashed once.
"""

import hashlib
import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from tests.perf.catalogue import answered
from tests.perf.search import client, database, timed

ENTRIES = int(os.environ.get("BENCH_AUDIT", "200000"))
PEOPLE, FIRMS = 40, 2000
ROUNDS, WRITES, PER_PAGE = 15, 200, 50
CHUNK = 2000
FIELDS = ["联系人", "联系电话", "统一社会信用代码", "需求"]


def _fill(chance: random.Random) -> int:
    """Looks, changes and sign-ins of a year by staff at enterprises, chained as the site chains them; how many."""
    from accounts.audit import chain
    from accounts.bulk import insert
    from accounts.generation import enterprises
    from accounts.models import AuditEntry, Enterprise, User

    enterprises(FIRMS, chance)
    insert(User, [_person(number) for number in range(PEOPLE)])
    people = list(User.objects.filter(username__startswith="bench-").values_list("pk", flat=True))
    firms = list(Enterprise.objects.values_list("pk", flat=True))
    now, taken = timezone.now(), AuditEntry.objects.count()
    for start in range(0, ENTRIES - taken, CHUNK):
        size = min(CHUNK, ENTRIES - taken - start)
        insert(
            AuditEntry, [_entry(chance, people, firms, now, start + number) for number in range(size)], reserved=True
        )
        chain.seal()
    return ENTRIES - taken


def _person(number: int) -> dict:
    return {"username": f"bench-{number}", "name": f"测量员{number}", "password": "!", "phone": f"+8613700{number:06d}"}


def _entry(chance: random.Random, people: list[int], firms: list[int], now, number: int) -> dict:
    verb = chance.choices(("viewed", "changed", "created", "signed_in", "exported"), (60, 20, 10, 9, 1))[0]
    is_look = verb in ("viewed", "exported")
    return {
        "at": now - timedelta(days=365) + timedelta(days=365) * (number / ENTRIES),
        "actor_id": chance.choice(people),
        "actor_roles": "金融顾问",
        "verb": verb,
        "model": "accounts.user" if verb == "signed_in" else "matching.referral",
        "object_id": str(number),
        "enterprise_id": None if verb == "signed_in" else chance.choice(firms),
        "changes": {"state": ["submitted", "accepted"]} if verb == "changed" else {},
        "detail": {"fields": FIELDS, "purpose": "referral"} if is_look else {},
        "address": "203.0.113.7",
        "path": f"/desk/referrals/{number}/",
    }


def _supervisor():
    from accounts.models import RoleAssignment, User

    user, _made = User.objects.get_or_create(username="bench-supervisor")
    RoleAssignment.objects.get_or_create(user=user, role="supervisor", institution=None)
    return User.objects.get(pk=user.pk)


BARE = (
    "SELECT e.*, a.name, f.name, p.name, i.name FROM accounts_auditentry e"
    " LEFT JOIN accounts_user a ON a.id = e.actor_id LEFT JOIN accounts_enterprise f ON f.id = e.enterprise_id"
    " LEFT JOIN accounts_user p ON p.id = e.person_id LEFT JOIN accounts_institution i ON i.id = e.institution_id"
    " WHERE {where} ORDER BY e.id DESC LIMIT 51"
)


def _searches() -> dict[str, tuple[dict, str, list]]:
    """{name: (what is asked, the same as SQL, its parameters)}."""
    from accounts.models import AuditEntry, Enterprise, User

    firm = Enterprise.objects.order_by("pk")[FIRMS // 2]
    person = User.objects.filter(username__startswith="bench-").exclude(username="bench-supervisor")[PEOPLE // 2]
    middle = AuditEntry.objects.order_by("pk")[ENTRIES // 2].pk
    looks = "e.verb IN ('viewed', 'revealed', 'exported')"
    whose = "e.enterprise_id IN (SELECT id FROM accounts_enterprise WHERE {})"
    return {
        "newest": ({}, "1 = 1", []),
        "deep": ({"before": middle}, "e.id < %s", [middle]),
        "person": ({"who": person.name}, "e.actor_id = %s", [person.pk]),
        "enterprise": ({"enterprise": firm.pk, "verb": "looks"}, f"e.enterprise_id = %s AND {looks}", [firm.pk]),
        "named": ({"whom": firm.name, "verb": "looks"}, f"{whose.format('name LIKE %s')} AND {looks}", [f"%{firm.name}%"]),
        "code": ({"whom": firm.uscc}, whose.format("uscc = %s"), [firm.uscc]),
        "rare": ({"verb": "suspended"}, "e.verb = 'suspended'", []),
    }  # fmt: skip


def run() -> Iterator[dict]:
    from search.engines import engine

    call_command("prepare", verbosity=0)
    chance = random.Random(20261124)
    started = time.perf_counter()
    made = _fill(chance)
    base = {"n": ENTRIES, "engine": engine().name, "database": database()}

    def line(bench: str, value: float, unit: str, floor: float | None) -> dict:
        ratio = None if floor is None else round(value / floor, 2)
        return base | {"bench": f"audit.{bench}", "value": round(value, 3), "unit": unit, "floor": floor and round(floor, 3), "ratio": ratio}  # fmt: skip

    yield line("fill", round(made / (time.perf_counter() - started)), "rows/s", None)
    supervisor = _supervisor()
    with client() as browser:
        browser.force_login(supervisor, backend="allauth.account.auth_backends.AuthenticationBackend")
        empty = statistics.median(timed(partial(answered, browser, "/robots.txt"), ROUNDS))
        for name, (asked, where, params) in _searches().items():
            raw = statistics.median(timed(partial(_raw, BARE.format(where=where), params), ROUNDS))
            yield line(f"search.{name}", statistics.median(timed(partial(_rows, supervisor, asked), ROUNDS)), "ms", raw)
            page = statistics.median(timed(partial(answered, browser, f"/desk/audit/?{urlencode(asked)}"), ROUNDS))
            yield line(f"page.{name}", page, "ms", empty + raw)
    firm = chance.choice(_keys())
    floor = statistics.median(timed(partial(_insert, firm), WRITES))
    yield line("record", statistics.median(timed(partial(_record, firm), WRITES)), "ms", floor)
    yield line("verify", _verified(), "µs/row", _hashed())


def _raw(sql: str, params: list) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _rows(user, asked: dict) -> list:
    """What the page reads of the trail, without the page."""
    from django.http import QueryDict

    from accounts import keyset
    from accounts.audit import queries

    words = {name: value for name, value in asked.items() if name != "before"}
    found = queries.search(user, **words)
    return keyset.newest_first(found, QueryDict(urlencode(asked)), PER_PAGE).rows


def _keys() -> list[int]:
    from accounts.models import Enterprise

    return list(Enterprise.objects.values_list("pk", flat=True))


def _record(firm: int) -> None:
    """One look, committed and chained."""
    from accounts import audit
    from accounts.models import Enterprise

    audit.record("viewed", Enterprise, enterprise=firm, detail={"fields": FIELDS, "purpose": "referral"})


def _insert(firm: int) -> None:
    """The same columns in one statement, committed; no chain."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditentry (at, actor_roles, verb, model, object_id, label, enterprise_id, changes,"
            " detail, path, reason, previous_hash, hash) VALUES (%s, '', 'viewed', 'accounts.enterprise', '', '', %s,"
            " '{}', '{}', '', '', '', '')",
            [timezone.now(), firm],
        )


def _hashed() -> float:
    """Microseconds a row to read every row by SQL, in order, and hash its text once."""
    started, count, last = time.perf_counter(), 0, ""
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_auditentry WHERE sequence IS NOT NULL ORDER BY sequence")
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                last = hashlib.sha256(f"{last}{row}".encode()).hexdigest()
            count += len(rows)
    return (time.perf_counter() - started) / count * 1e6


def _verified() -> float:
    """Microseconds a row of `audit verify`, which has to find nothing."""
    from accounts.audit import chain, verification

    chain.seal()
    started = time.perf_counter()
    report = verification.verify()
    if not report.is_whole:
        raise RuntimeError(report.defects[0].text)
    return (time.perf_counter() - started) / report.entries * 1e6
