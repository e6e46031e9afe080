"""Teams of cases 7, 11 and 12 with fictional advisors, and some weeks of visits and requests, made by the real actions."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from accounts.demo import demo_user
from accounts.models import Enterprise, Institution, Region, User
from accounts.workdays import workdays_in
from catalogue.models import Product
from search.outbox import changes, suspended

from . import actions
from .models import Advisor, AdvisorTeam, ServiceRequest, TeamMember, Visit

DATA = Path(__file__).parent / "demo"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"yinqiao-demo-{name}")


def load() -> dict[str, int]:
    """Makes what is missing; what people changed since stays as they left it. Days count from the first loading."""
    people, weeks = _read("teams.toml"), _read("visits.toml")
    for row in people["team"]:
        _team(row, people["source"], people["as_of"])
    for row in people["advisor"]:
        _advisor(row)
    with suspended():  # the index's outbox keeps real time
        for row in weeks["visit"]:
            _visit(row)
        for row in weeks["request"]:
            _request(row)
    changes([("visit", pk) for pk in Visit.objects.filter(enterprise__is_demo=True).values_list("pk", flat=True)])
    demo_requests = ServiceRequest.objects.filter(enterprise__is_demo=True).values_list("pk", flat=True)
    changes([("request", pk) for pk in demo_requests])
    return {
        "teams": len(people["team"]),
        "advisors": len(people["advisor"]),
        "visits": len(weeks["visit"]),
        "requests": len(weeks["request"]) + sum(len(row.get("request", [])) for row in weeks["visit"]),
    }


def _team(row: dict, source: str, as_of: date) -> None:
    team, made = AdvisorTeam.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "name": row["name"],
            "summary": row["summary"],
            "introduction": row["introduction"].strip(),
            "host": Institution.objects.get(slug=row["host"]) if "host" in row else None,
            "source": f"{source}案例 {row['case']}",
            "as_of": as_of,
        },
    )
    if made:
        team.regions.set(row["regions"])


def _advisor(row: dict) -> None:
    user = demo_user(row["account"]) if "account" in row else None
    advisor, made = Advisor.objects.get_or_create(
        slug=row["slug"],
        defaults={name: row[name] for name in ("name", "title", "kinds", "purposes", "languages", "introduction")}
        | {
            "user": user,
            "institution": Institution.objects.get(slug=row["institution"]) if "institution" in row else None,
            "is_demo": True,
        },
    )
    if made:
        advisor.regions.set(Region.objects.filter(pk__in=row["regions"]))
        team = AdvisorTeam.objects.get(slug=row["team"])
        TeamMember.objects.get_or_create(team=team, advisor=advisor, defaults={"is_lead": row.get("lead", False)})


def _workday(offset: int) -> date:
    """The working day `offset` working days from today; 0 is today, or the next one when today is none."""
    today = timezone.localdate()
    if offset >= 0:
        return workdays_in(today, today + timedelta(days=offset * 2 + 20))[offset]
    return workdays_in(today + timedelta(days=offset * 2 - 20), today - timedelta(days=1))[offset]


@contextmanager
def _on(moment: datetime) -> Iterator[None]:
    """As if it were `moment` (never later than now), so that histories and clocks of the demo read as they would have."""
    real = timezone.now
    moment = min(moment, real())
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def _moment(offset: int, clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return timezone.make_aware(datetime.combine(_workday(offset), time(hours, minutes)))


def _visit(row: dict) -> None:
    key = _key(row["key"])
    advisor = Advisor.objects.select_related("user").get(slug=row["advisor"])
    if advisor.user is None or Visit.objects.filter(client_key=key).exists():
        return
    by, day = advisor.user, row["day"]
    enterprise = Enterprise.objects.get(uscc=row["enterprise"])
    other = _owner(enterprise) or by
    starts_at = _moment(day, row["at"])
    ends_at = starts_at + timedelta(hours=1)
    try:
        with _on(_moment(min(day, 0) - 3, "10:05")):
            visit = actions.plan_visit(
                by=by, advisor=advisor, enterprise=enterprise, starts_at=starts_at, ends_at=ends_at,
                purpose=row["purpose"], client_key=key, contact_name=row.get("contact", ""),
            )  # fmt: skip
    except actions.VisitOverlaps:  # somebody using the demo has taken this hour
        return
    if row.get("confirm"):
        with _on(_moment(min(day, 0) - 2, "15:20")):
            visit = actions.confirm_visit(visit, by=other)
    if "cancel" in row:
        with _on(_moment(min(day, 0) - 1, "09:10")):
            actions.cancel_visit(visit, by=other, reason=row["cancel"])
    if "log" in row:
        next_step_on = _workday(day + row["log"]["next_step_in"]) if "next_step_in" in row["log"] else None
        with _on(ends_at + timedelta(minutes=10)):
            _log(visit, by, row, next_step_on)
        if "rating" in row["log"]:
            with _on(ends_at + timedelta(hours=2)):
                actions.rate_visit(visit, by=other, mark=row["log"]["rating"], comment=row["log"].get("comment", ""))
        for request in row.get("request", []):
            found = ServiceRequest.objects.get(visit=visit, text=request["text"])
            _handle(found, request, since=day)


def _log(visit: Visit, by: User, row: dict, next_step_on: date | None) -> None:
    log = row["log"]
    visit.refresh_from_db()
    actions.log_visit(
        visit,
        by=by,
        notes=log["notes"],
        attendees=log.get("attendees", ""),
        products=Product.objects.filter(name__in=log.get("products", [])),
        next_step=log.get("next_step", ""),
        next_step_on=next_step_on,
        requests=[{"category": each["category"], "text": each["text"]} for each in row.get("request", [])],
        client_key=_key(f"{row['key']}-log"),
    )


def _request(row: dict) -> None:
    enterprise = Enterprise.objects.get(uscc=row["enterprise"])
    by = _owner(enterprise)
    if by is None or ServiceRequest.objects.filter(client_key=_key(row["key"])).exists():
        return
    with _on(_moment(row["day"], "16:30")):
        request = actions.raise_request(
            by=by, enterprise=enterprise, category=row["category"], text=row["text"], client_key=_key(row["key"])
        )
    _handle(request, row, since=row["day"])


def _handle(request: ServiceRequest, row: dict, *, since: int) -> None:
    """The steps that its row names, a working day apart."""
    owner = _owner(request.enterprise)
    handler: User | None = None
    if "unit" in row:
        unit = Institution.objects.get(slug=row["unit"])
        with _on(_moment(since + 1, "09:20")):
            actions.dispatch_request(request, by=demo_user("lead"), unit=unit)
        handler = demo_user("manager")
    elif "take" in row:
        handler = Advisor.objects.get(slug=row["take"]).user
        if handler is not None:
            with _on(_moment(since + 1, "09:20")):
                actions.take_request(request, by=handler)
    if handler is None or owner is None:
        return
    if "answer" in row:
        with _on(_moment(since + 2, "11:00")):
            actions.answer_request(request, by=handler, text=row["answer"])
    later = _moment(since + 2, "17:00")
    if row.get("confirm"):
        with _on(later):
            actions.confirm_request(request, by=owner)
    if "reopen" in row:
        with _on(later):
            actions.reopen_request(request, by=owner, reason=row["reopen"])
    if "rating" in row:
        with _on(later):
            actions.rate_request(request, by=owner, mark=row["rating"])
    if row.get("close"):
        with _on(_moment(since + 3, "09:00")):
            actions.close_request(request, by=handler)


def _owner(enterprise: Enterprise) -> User | None:
    member = enterprise.members.filter(is_active=True).select_related("user").order_by("pk").first()
    return member.user if member else None
