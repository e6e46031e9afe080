"""Advisors and their visits for measurements: made up and marked so. See `manage.py generate`.

Each advisor has four times a working day; a run makes advisors of its own, so that no two visits can meet."""

import random
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.bulk import insert, next_pk
from accounts.generation import author, places
from accounts.models import Enterprise

from .models import Advisor, AdvisorTeam, TeamMember, Visit, VisitEvent, VisitLog, VisitState
from .states import visit_states

BATCH = 2000
EACH = 400  # visits of one advisor at most: a hundred working days
TEAM = 12  # advisors of one team at most
AHEAD = 10  # working days that are planned already
HOURS = (time(9), time(10, 30), time(14), time(15, 30))
LENGTH = timedelta(hours=1)
SOURCE = "为测量性能而生成的数据，并非真实服务团"
PURPOSES = (
    "了解融资需求",
    "春茶收购前的周转资金",
    "设备贷款怎么办",
    "到期续贷",
    "核对开户材料",
    "担保费怎么算",
    "政策宣讲",
)
NOTES = (
    "企业缺周转资金，讲了随借随还和按天计费的做法，请备齐近半年流水。",
    "看了车间和订单，设备款可以分期，已约银行下周上门。",
    "贷款下月到期，讲了无还本续贷的条件，资料基本齐全。",
    "暂时没有融资需求，留了联系方式。",
)
NEXT_STEPS = ("请企业备齐近半年流水", "约银行上门", "核对担保费率", "")


def visits(count: int, chance: random.Random) -> int:
    """Adds `count` visits with what happened to them, and advisors in teams to make them; how many rows were written.

    Raises Enterprise.DoesNotExist while no made-up enterprise is there."""
    firms = list(
        Enterprise.objects.filter(is_demo=True, members__isnull=True).order_by("pk").values_list("pk", "address")
    )
    if not firms:
        raise Enterprise.DoesNotExist("--enterprises comes first: visits are to made-up enterprises")
    by, now = author().pk, timezone.now()
    people, rows = _advisors(-(-count // EACH), chance)
    days = _working_days(timezone.localdate(), -(-count // len(people)) // len(HOURS) + 1)
    first = next_pk(Visit)
    for start in range(0, count, BATCH):
        made = [
            _visit(first + number, people[number % len(people)], number // len(people), days, firms, by, chance)
            for number in range(start, min(start + BATCH, count))
        ]
        rows += insert(Visit, made)
        rows += insert(VisitEvent, [event for visit in made for event in _events(visit, by, now)])
        done = [visit for visit in made if visit["state"] == VisitState.DONE.value]
        rows += insert(VisitLog, [_log(visit, by, chance) for visit in done])
    return rows


def _advisors(count: int, chance: random.Random) -> tuple[list[tuple[int, int]], int]:
    """[(advisor, team)] and how many rows were written."""
    counties, first, team = places(), next_pk(Advisor), next_pk(AdvisorTeam)
    number_of_teams = -(-count // TEAM)
    teams = [
        {
            "id": team + number,
            "name": f"虚构服务团 {team + number}",
            "slug": f"generated-team-{team + number}",
            "summary": "为测量性能而生成，不是真实的服务团",
            "source": SOURCE,
        }
        for number in range(number_of_teams)
    ]
    advisors = [
        {
            "id": first + number,
            "name": f"虚构顾问 {first + number}",
            "slug": f"generated-advisor-{first + number}",
            "title": "金融顾问",
            "kinds": [chance.choice(("loan", "guarantee", "insurance"))],
            "introduction": SOURCE,
            "is_demo": True,
        }
        for number in range(count)
    ]
    members = [
        {"team_id": team + number // TEAM, "advisor_id": first + number, "is_lead": number % TEAM == 0}
        for number in range(count)
    ]
    served = [{"advisorteam_id": each["id"], "region_id": chance.choice(counties).pk} for each in teams]
    rows = insert(AdvisorTeam, teams) + insert(Advisor, advisors) + insert(TeamMember, members)
    rows += insert(AdvisorTeam.regions.through, served)
    return [(each["advisor_id"], each["team_id"]) for each in members], rows


def _working_days(today: date, count: int) -> list[date]:
    """Monday to Friday, from some days ahead backwards."""
    found: list[date] = []
    day = today + timedelta(days=AHEAD * 7 // 5)
    while len(found) < count:
        if day.isoweekday() < 6:
            found.append(day)
        day -= timedelta(days=1)
    return found


def _visit(
    number: int,
    person: tuple[int, int],
    turn: int,
    days: list[date],
    firms: list[tuple[int, str]],
    by: int,
    chance: random.Random,
) -> dict[str, Any]:
    """The `turn`-th of this advisor, the latest first."""
    starts = timezone.make_aware(datetime.combine(days[turn // len(HOURS)], HOURS[turn % len(HOURS)]))
    firm, address = chance.choice(firms)
    if starts > timezone.now():
        state = chance.choice((VisitState.PLANNED, VisitState.CONFIRMED))
    else:
        state = chance.choices((VisitState.DONE, VisitState.CANCELLED, VisitState.NO_SHOW), (8, 1, 1))[0]
    planned = min(starts, timezone.now()) - timedelta(days=chance.randint(1, 10))
    return {
        "id": number,
        "advisor_id": person[0],
        "team_id": person[1],
        "enterprise_id": firm,
        "place": address,
        "starts_at": starts,
        "ends_at": starts + LENGTH,
        "purpose": chance.choice(PURPOSES),
        "state": state.value,
        "created_by_id": by,
        "client_key": uuid.uuid5(uuid.NAMESPACE_URL, f"generated/visit/{number}"),
        "created_at": planned,
        "updated_at": planned,
    }


STEPS = {
    VisitState.CONFIRMED: "confirm",
    VisitState.DONE: "log",
    VisitState.CANCELLED: "cancel",
    VisitState.NO_SHOW: "no_show",
}


def _events(visit: dict[str, Any], by: int, now: datetime) -> list[dict[str, Any]]:
    same = {"visit_id": visit["id"], "by_id": by}
    found = [same | {"step": "plan", "label": "计划走访", "note": visit["purpose"], "at": visit["created_at"]}]
    if step := STEPS.get(VisitState(visit["state"])):
        at = min(visit["ends_at"], now)
        found.append(same | {"step": step, "label": str(visit_states[step].label), "note": "", "at": at})
    return found


def _log(visit: dict[str, Any], by: int, chance: random.Random) -> dict[str, Any]:
    return {
        "visit_id": visit["id"],
        "author_id": by,
        "notes": chance.choice(NOTES),
        "attendees": "企业负责人",
        "next_step": chance.choice(NEXT_STEPS),
        "client_key": uuid.uuid5(uuid.NAMESPACE_URL, f"generated/log/{visit['id']}"),
        "written_at": visit["ends_at"],
    }
