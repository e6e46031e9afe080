"""What people search for, in counts per day, for those who edit. Nothing tells who searched.

The results page carries a signed note of its query and total; the browser sends it back once when the page is shown and once
when a result is opened (static/search/log.js). So pages stay cacheable, reading writes nothing, and only what was really
answered is counted. What may be somebody's telephone, identity number or address of mail is never kept, and editors see only
what was searched for at least SHOWN times.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db.models import F, OuterRef, Subquery, Sum
from django.utils import timezone

from .analysis import normalise
from .models import SearchedQuery

KEPT = timedelta(days=90)
LONGEST = 40
SHOWN = 2
ROWS_A_DAY = 20_000  # new texts beyond are not counted: nobody fills the table
NOTE_HOLDS = 24 * 3600  # seconds
SALT = "search.querylog"
PERSONAL = re.compile(r"\d[\d \-xX]{5,}|@|[0-9a-z]{15,}")


@dataclass(frozen=True)
class Searched:
    text: str
    times: int
    clicks: int
    results: int


def text_of(q: str) -> str:
    """Normal form, or "" for what is not to be kept."""
    text = " ".join(normalise(q[: LONGEST * 2]).text.split())
    return "" if len(text) > LONGEST or PERSONAL.search(text) else text


def note(q: str, total: int) -> str:
    """What the page carries; "" when the query is not to be kept."""
    text = text_of(q)
    return signing.dumps([text, total], salt=SALT) if text else ""


def forget(value: str) -> int:
    """Takes what holds `value` out of the log, for erasures; how many rows."""
    text = " ".join(normalise(value).text.split())
    return SearchedQuery.objects.filter(text__contains=text).delete()[0] if text else 0


def count(noted: str, *, opened: bool) -> bool:
    """Takes a note back: one search more, or one that led to a result. False when the note is not ours or too old."""
    try:
        text, total = signing.loads(noted, salt=SALT, max_age=NOTE_HOLDS)
    except signing.BadSignature:
        return False
    today = timezone.localdate()
    if not SearchedQuery.objects.filter(day=today, text=text).exists():
        if SearchedQuery.objects.filter(day=today).count() >= ROWS_A_DAY:
            return True
        SearchedQuery.objects.get_or_create(day=today, text=text)
    row = SearchedQuery.objects.filter(day=today, text=text)
    if opened:
        row.update(clicks=F("clicks") + 1)
    else:
        row.update(times=F("times") + 1, results=total)
    return True


def searched(days: int = 30, *, only: str = "", limit: int = 200) -> list[Searched]:
    """Of the last `days`, most often searched first. `only`: "empty" (no result the last time) or "unopened" (results, and
    nobody opened one)."""
    since = timezone.localdate() - timedelta(days=days)
    last = SearchedQuery.objects.filter(text=OuterRef("text")).order_by("-day").values("results")[:1]
    rows = (
        SearchedQuery.objects.filter(day__gt=since)
        .order_by()
        .values("text")
        .annotate(all_times=Sum("times"), all_clicks=Sum("clicks"), last=Subquery(last))
        .filter(all_times__gte=SHOWN)
        .order_by("-all_times", "text")
    )
    if only == "empty":
        rows = rows.filter(last=0)
    elif only == "unopened":
        rows = rows.filter(last__gt=0, all_clicks=0)
    return [Searched(row["text"], row["all_times"], row["all_clicks"], row["last"]) for row in rows[:limit]]


def prune(today: date | None = None) -> int:
    """Forgets what is older than KEPT; how many rows."""
    return SearchedQuery.objects.filter(day__lt=(today or timezone.localdate()) - KEPT).delete()[0]
