"""Two events of the cases, one to come and one that has been, with fictional people."""

import tomllib
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.demo import demo_user
from accounts.models import Region

from . import actions
from .models import Event, Registration

DATA = Path(__file__).parent / "demo" / "events.toml"
SOURCE = "浙里改《浙江省优化营商环境之获得金融服务优秀案例（二）》（2024 年）"
NAMESPACE = uuid.UUID("6f3c0b8e-6f0e-4d5b-9c53-6f1f6b9f0001")


def load() -> dict[str, int]:
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))["event"]
    for row in rows:
        if not Event.objects.filter(slug=row["slug"]).exists():
            _event(row)
    return {"events": len(rows), "registrations": Registration.objects.count()}


def _event(row: dict) -> None:
    organiser, door = demo_user("organiser"), demo_user("door")
    day = timezone.localdate() + timedelta(days=row["days"])
    start = timezone.make_aware(datetime.combine(day, time(row["hour"])))
    names = ("slug", "title", "kind", "venue", "hosts", "summary", "audience", "description", "capacity")
    event = Event(
        **{name: row[name] for name in names},
        region=Region.objects.get(pk=row["region"]),
        starts_at=start,
        ends_at=start + timedelta(hours=row["hours"]),
        source=SOURCE,
        state=Event.State.PUBLISHED,
    )
    sessions = [
        {"starts_at": time.fromisoformat(at), "title": title, "speaker": speaker, "room": ""}
        for at, title, speaker in row["sessions"]
    ]
    actions.save_event(event=event, by=organiser, sessions=sessions)
    event.door_staff.add(door)
    for number, name in enumerate(row.get("people", [])):
        # the event is over: its people are written as they had registered before
        registration = Registration.objects.create(
            event=event,
            name=name,
            phone=f"+861990000{number:04d}",
            organisation="示例企业（虚构）",
            consented_at=start - timedelta(days=3),
            state=Registration.State.CONFIRMED,
            code=f"{100001 + number}",
            client_key=uuid.uuid5(NAMESPACE, f"{event.slug}-{number}"),
        )
        if number != 4:
            scan = uuid.uuid5(NAMESPACE, f"scan-{event.slug}-{number}")
            actions.check_in(event=event, registration=registration, scan_id=scan, by=door, device="演示")
